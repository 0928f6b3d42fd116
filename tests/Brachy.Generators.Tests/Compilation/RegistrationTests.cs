namespace Brachy.Generators.Tests;

/// <summary>Which types get a handler because calls of transforms mention them.</summary>
public class RegistrationTests
{
    [Theory]
    [InlineData("Options", true)]
    [InlineData("System.Collections.Generic.List<int>", true)]
    [InlineData("object", false)]
    [InlineData("Mutable", false)]
    public void OnlyValuesComparedByContentAreStatic(string type, bool isRegistered)
    {
        var result = TestCompilation.GenerateClean($$"""
            using Brachy;
            internal record Options(int Size);
            internal class Mutable { public int Size { get; set; } }
            internal static class Calls { public static object F() => Grad.ValueAndGrad<Tensor, {{type}}>(x => default!, _ => default!); }
            """);
        Assert.Equal(isRegistered, result.GeneratedTrees.Any(t => t.FilePath.EndsWith("Brachy.TreeRegistration.g.cs", StringComparison.Ordinal)));
    }
}
