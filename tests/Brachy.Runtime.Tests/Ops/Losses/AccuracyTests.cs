namespace Brachy.Tests.Ops;

public class AccuracyTests
{
    // The highest scores: 1, 0, 2 along dim 1; 1, 0, 2 along dim 0.
    private static readonly Tensor s_scores = Tensor.FromArray([1f, 2, 0, 3, 1, 2, 0, 0, 9], [3, 3]);

    [Fact]
    public void ItIsTheShareOfHighestScores()
    {
        Assert.Equal(2f / 3, F.accuracy(s_scores, Whole(1, 0, 1)).item<float>());
        Assert.Equal(1f / 3, F.accuracy(s_scores, Whole(1, 1, 1).to(DType.UInt8), axis: 0).item<float>());
        Assert.Equal(1f, F.accuracy(s_scores[2], F.tensor(2)).item<float>());
        Assert.Equal(new TensorType([], DType.Float32), F.accuracy(s_scores.to(DType.Float64), Whole(1, 0, 1)).Type);
    }

    [Fact]
    public void ClassesAreInDim1ByDefault()
    {
        var images = Make.Real([2, 4, 3]);
        var best = F.argmax(images, 1);
        Assert.Equal(1f, F.accuracy(images, best).item<float>());
        Assert.Throws<ShapeException>(() => F.accuracy(images, best, axis: -1));
    }

    [Fact]
    public void IgnoredTargetsDoNotCount()
    {
        Assert.Equal(0.5f, F.accuracy(s_scores, Whole(1, 1, -100)).item<float>());
        Assert.Equal(1f, F.accuracy(s_scores, Whole(1, 2, 2), ignore_index: 2).item<float>());
        Assert.True(float.IsNaN(F.accuracy(s_scores, Whole(-100, -100, -100)).item<float>()));
        Assert.True(float.IsNaN(F.accuracy(F.zeros([0, 3]), F.zeros([0], DType.Int64)).item<float>()));
    }

    [Fact]
    public void SamplesCountByTheWeightOfTheirClass()
    {
        var weight = F.tensor([1.0, 2.0, 4.0]);
        Assert.Equal((2.0 + 4) / (2 + 2 + 4), F.accuracy(s_scores, Whole(1, 1, 2), weight).item<double>());
        Assert.Equal(2.0 / 4, F.accuracy(s_scores, Whole(1, 1, -100), weight).item<double>());
        Assert.Equal((2.0 + 1) / (2 + 1 + 2), F.accuracy(s_scores, Whole(1, 0, 1), weight).item<double>());
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        Assert.Throws<ShapeException>(() => F.accuracy(s_scores, Whole(1, 0)));
        Assert.Throws<ShapeException>(() => F.accuracy(s_scores, Whole(1, 0, 1), F.ones([2])));
        Assert.Throws<ShapeException>(() => F.accuracy(s_scores, Whole(1, 0, 1), axis: 5));
        Assert.Throws<DTypeException>(() => F.accuracy(s_scores, s_scores));
        Assert.Throws<ArgumentNullException>(() => F.accuracy(s_scores, null!));
    }

    private static Tensor Whole(params long[] values) => Tensor.FromArray(values, [values.Length]);
}
