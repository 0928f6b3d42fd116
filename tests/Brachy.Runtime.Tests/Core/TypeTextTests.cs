namespace Brachy.Tests.Core;

/// <summary>Types in messages are written as C# writes them.</summary>
public class TypeTextTests
{
    private static class Outer<T>
    {
        internal sealed class Inner;

        internal sealed class Pair<TOther>;
    }

    [Theory]
    [InlineData(typeof(int), "int")]
    [InlineData(typeof(float), "float")]
    [InlineData(typeof(nint), "nint")]
    [InlineData(typeof(DayOfWeek), "DayOfWeek")]
    [InlineData(typeof(int?), "int?")]
    [InlineData(typeof(object[]), "object[]")]
    [InlineData(typeof(int?[,][]), "int?[,][]")]
    [InlineData(typeof(List<Tensor>), "List<Tensor>")]
    [InlineData(typeof(Dictionary<string, List<Tensor[]>>), "Dictionary<string, List<Tensor[]>>")]
    [InlineData(typeof(List<>), "List<>")]
    [InlineData(typeof(Dictionary<,>), "Dictionary<,>")]
    [InlineData(typeof(Dictionary<string, int>.Enumerator), "Dictionary<string, int>.Enumerator")]
    [InlineData(typeof(Outer<int>.Inner), "Outer<int>.Inner")]
    [InlineData(typeof(Outer<int>.Pair<bool[]>), "Outer<int>.Pair<bool[]>")]
    [InlineData(typeof((Tensor, int)), "(Tensor, int)")]
    [InlineData(typeof(((Tensor, long) First, int?)?), "((Tensor, long), int?)?")]
    [InlineData(typeof((int, int, int, int, int, int, int, bool, Tensor)), "(int, int, int, int, int, int, int, bool, Tensor)")]
    [InlineData(typeof(ValueTuple), "ValueTuple")]
    [InlineData(typeof(ValueTuple<int>), "ValueTuple<int>")]
    [InlineData(typeof(Func<Tensor, (Tensor, int)>), "Func<Tensor, (Tensor, int)>")]
    public void AsInCode(Type type, string expected) => Assert.Equal(expected, TypeText.Of(type));

    [Fact]
    public void OfValues()
    {
        Assert.Equal("null", TypeText.OfValue(null));
        Assert.Equal("List<int>", TypeText.OfValue(new List<int>()));
        Assert.Equal("anonymous type", TypeText.OfValue(new { A = 1 }));
    }

    [Fact]
    public void TheWayOutOfAnUnknownTypeCompiles()
    {
        var error = Assert.Throws<NotSupportedException>(() => Wrap((List<Queue<int>> x) => 1.0));
        Assert.Contains("take a List<Queue<int>> apart", error.Message, StringComparison.Ordinal);
        Assert.Contains("TreeHandler.Register(TreeHandler.Static<List<Queue<int>>>())", error.Message, StringComparison.Ordinal);

        static object Wrap<T>(Func<T, Tensor> function) => Jit.Compile(function);
    }
}
