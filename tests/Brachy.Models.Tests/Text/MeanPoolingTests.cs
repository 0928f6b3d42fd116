using Brachy.Models.Text;

namespace Brachy.Models.Tests.Text;

[Trait("Category", "Quick")]
public class MeanPoolingTests
{
    private static readonly Tensor s_hidden = Tensor.FromArray([1f, 2, 3, 4, 100, 100, 6, 8, 0, 0, 0, 0], [2, 3, 2]);

    [Fact]
    public void Only_positions_that_count_are_averaged()
    {
        var mask = Tensor.FromArray([1L, 1, 0, 1, 0, 0], [2, 3]);

        Assert.Equal([2f, 3, 6, 8], MeanPooling.Of(s_hidden, mask, normalize: false).ToArray<float>());
        Assert.Equal([2f, 3, 6, 8], MeanPooling.Of(s_hidden, F.ne(mask, 0), normalize: false).ToArray<float>());
        var unit = MeanPooling.Of(s_hidden, mask).ToArray<float>();
        Assert.Equal([2 / MathF.Sqrt(13), 3 / MathF.Sqrt(13), 0.6f, 0.8f], unit, (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Without_a_mask_all_count_and_with_none_there_are_zeros()
    {
        Assert.Equal([104f / 3, 106f / 3, 2, 8f / 3], MeanPooling.Of(s_hidden, normalize: false).ToArray<float>());
        Assert.Equal([0f, 0, 0, 0], MeanPooling.Of(s_hidden, F.zeros([2, 3], DType.Int64)).ToArray<float>());
    }

    [Fact]
    public void Half_precision_stays_and_shapes_must_fit()
    {
        Assert.Equal(DType.BFloat16, MeanPooling.Of(s_hidden.to(DType.BFloat16), F.ones([2, 3], DType.Int64)).dtype);
        Assert.Throws<ShapeException>(() => MeanPooling.Of(s_hidden, F.ones([2, 2])));
        Assert.Throws<ShapeException>(() => MeanPooling.Of(F.ones([2, 3])));
    }
}
