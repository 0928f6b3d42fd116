using Brachy.Compilation;

namespace Brachy.Tests.Lowering;

/// <summary>Gradients of attention in vector code, against libtorch in float64: blocks of queries, masks, strides, threads.</summary>
public class AttentionGradientTests
{
    // Batch, heads, queries, keys, width.
    public static TheoryData<long[], bool, string> Rows => new()
    {
        { [2, 3, 64, 64, 32], true, "none" },
        { [1, 2, 129, 129, 16], true, "none" },
        { [1, 2, 65, 40, 7], true, "none" },
        { [2, 2, 70, 131, 33], true, "all" },
        { [2, 3, 130, 67, 5], false, "none" },
        { [2, 2, 100, 90, 24], false, "all" },
        { [2, 2, 100, 90, 24], false, "by key" },
        { [2, 2, 100, 90, 24], false, "hidden" },
        { [1, 1, 1, 300, 8], false, "none" },
        { [4, 8, 128, 128, 32], true, "none" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void TheyAreThoseOfLibtorch(long[] sizes, bool isCausal, string mask)
    {
        using var scope = TensorScope.Begin();
        var (b, h, l, s, e) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
        var settings = new FlashAttentionSettings(isCausal, 0.4);

        // As heads lie in a model: those of a row side by side.
        Tensor Heads(long length, int seed) => F.permute(Ops.Make.Real([b, length, h, e], DType.Float32, seed), 0, 2, 1, 3);
        Tensor[] masks = mask switch
        {
            "all" => [Ops.Make.Real([b, h, l, s], DType.Float32, 5)],
            "by key" => [Ops.Make.Real([b, 1, 1, s], DType.Float32, 5)],
            "hidden" => [F.where(F.eq(F.reshape(F.arange(l), 1, 1, l, 1) % 3, 1), double.NegativeInfinity, F.zeros([1, 1, l, s]))],
            _ => [],
        };
        Tensor[] operands = [Heads(l, 1), Heads(s, 2), Heads(s, 3), .. masks];
        var gradient = Heads(l, 4);
        var expected = Gradients(gradient.to(DType.Float64), [.. operands.Select(x => x.to(DType.Float64))]);
        var compiled = Jit.Compile(
            (Tensor gradient, Tensor q, Tensor k, Tensor v, Tensor mask) =>
            {
                var results = Gradients(gradient, masks.Length == 0 ? [q, k, v] : [q, k, v, mask]);
                return (results[0], results[1], results[2]);
            },
            backend: Backend.VectorCode);
        var (byQuery, byKey, byValue) = compiled.Invoke(gradient, operands[0], operands[1], operands[2], operands[^1]);
        Tensor[] actual = [byQuery, byKey, byValue];
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(expected[i].shape, actual[i].shape);
            var worst = F.max(F.abs(actual[i].to(DType.Float64) - expected[i])) / F.max(F.abs(expected[i]));
            Assert.InRange(worst.item<double>(), 0, 1e-5);
        }

        Tensor[] Gradients(Tensor g, Tensor[] x)
        {
            var y = F.FlashAttention.BindAll(settings, x);
            return F.FlashAttentionBackward.BindAll(settings, [g, x[0], x[1], x[2], y[0], y[1], .. x.Skip(3)]);
        }
    }
}
