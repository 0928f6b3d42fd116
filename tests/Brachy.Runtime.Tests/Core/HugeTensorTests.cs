namespace Brachy.Tests.Core;

/// <summary>Tensors of more elements than an int counts; expanded, so that they take no memory.</summary>
public class HugeTensorTests
{
    private const long Rows = (1L << 31) + 5;

    [Fact]
    public void ToArraySaysWhatAndHowMany()
    {
        var x = F.expand(F.ones([1, 2]), Rows, 2);
        var error = Assert.Throws<ShapeException>(() => x.ToArray<float>());
        Assert.Contains($"float32[{Rows}, 2] has {2 * Rows} elements", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Array.MaxLength} at most", error.Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => F.expand(F.tensor(new[] { true }), Rows).ToArray<bool>());
        Assert.Throws<ShapeException>(() => F.expand(F.ones([1], DType.Float64), Array.MaxLength + 1L).ToArray<double>());
    }

    [Fact]
    public void ElementsBehindTheLimitAreRead()
    {
        var x = F.expand(F.tensor(new[] { 3f, 4f }), Rows, 2);
        Assert.Equal([3f, 4f], x[Rows - 1].ToArray<float>());
        Assert.Equal(4f, (float)x[Rows - 1, 1]);
        Assert.Equal(4f, (float)x[^1][1]);
        Assert.Equal([3, 2], x[TensorIndex.Slice(Rows - 3)].shape.ToArray());
        Assert.Equal($"float32[{Rows}, 2]", x.ToString());
        Assert.Equal(2 * Rows, x.numel());
    }
}
