using Brachy.Extending;
using TorchSharp;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops;

/// <summary>F.scaled_dot_product_attention beside libtorch's own, and beside its parts.</summary>
[Trait("Category", "Quick")]
public class AttentionTests
{
    private const double Never = double.NegativeInfinity;

    /// <summary>Query, key, value and mask of every case that libtorch has, too.</summary>
    private static readonly Dictionary<string, (Func<Tensor[]> Operands, Func<Tensor?> Mask, bool Causal)> s_cases = new()
    {
        ["heads"] = (() => Operands([2, 3], 4, 5, 3), () => null, false),
        ["heads, causal"] = (() => Operands([2, 3], 4, 4, 3), () => null, true),
        ["causal, long query"] = (() => Operands([2, 3], 6, 4, 3), () => null, true),
        ["causal, short query"] = (() => Operands([2, 3], 3, 5, 3), () => null, true),
        ["no batch"] = (() => Operands([], 4, 5, 3), () => null, false),
        ["no batch, causal"] = (() => Operands([], 4, 5, 3), () => null, true),
        ["three dims"] = (() => Operands([3], 4, 5, 3), () => null, false),
        ["five dims"] = (() => Operands([2, 1, 3], 4, 5, 3), () => null, true),
        ["batches that broadcast"] = (() => [Seeded(1, 2, 1, 4, 3), Seeded(2, 1, 3, 5, 3), Seeded(3, 3, 5, 3)], () => null, false),
        ["values of another size"] = (() => [Seeded(1, 2, 1, 4, 3), Seeded(2, 2, 1, 5, 3), Seeded(3, 2, 1, 5, 4)], () => null, true),
        ["any strides"] = (
            () => [SeededStrided(1, 2, 2, 4, 3), SeededStrided(2, 2, 2, 5, 3), SeededStrided(3, 2, 2, 5, 3)], () => null, false),
        ["additive mask"] = (() => Operands([2, 3], 4, 5, 3), () => Seeded(9, 4, 5), false),
        ["additive mask by head"] = (() => Operands([2, 3], 4, 5, 3), () => Seeded(9, 3, 1, 5), false),
        ["additive mask of each"] = (() => Operands([2, 3], 4, 5, 3), () => Seeded(9, 2, 3, 4, 5), false),
        ["additive mask, three dims"] = (() => Operands([3], 4, 5, 3), () => Seeded(9, 4, 5), false),
        ["additive mask, five dims"] = (() => Operands([2, 1, 3], 4, 5, 3), () => Seeded(9, 2, 1, 1, 4, 5), false),
        ["boolean mask"] = (() => Operands([2, 3], 4, 5, 3), () => Seen(4, 5), false),
        ["boolean mask by batch"] = (() => Operands([2, 3], 4, 5, 3), () => Seen(2, 1, 4, 5), false),
        ["boolean mask, values of another size"] = (
            () => [Seeded(1, 2, 1, 4, 3), Seeded(2, 2, 1, 5, 3), Seeded(3, 2, 1, 5, 4)], () => Seen(4, 5), false),
        ["boolean mask, no batch"] = (() => Operands([], 4, 5, 3), () => Seen(4, 5), false),
        ["a query that sees nothing"] = (
            () => Operands([2, 3], 4, 5, 3), () => F.logical_and(Seen(4, 5), F.ne(F.reshape(F.arange(4), 4, 1), 2)), false),
        ["a query that sees nothing, five dims"] = (
            () => Operands([2, 1, 3], 4, 5, 3), () => F.logical_and(Seen(4, 5), F.ne(F.reshape(F.arange(4), 4, 1), 2)), false),
        ["no keys"] = (() => Operands([2, 3], 4, 0, 3), () => null, false),
        ["no queries"] = (() => Operands([2, 3], 0, 4, 3), () => null, false),
        ["no batches"] = (() => Operands([0, 3], 4, 4, 3), () => null, true),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void OutputAndGradientsAreThoseOfLibtorch(string name)
    {
        var (make, makeMask, causal) = s_cases[name];
        var (x, mask) = (make(), makeMask());
        var leaves = x.Select(t => t.AsTorch().clone().requires_grad_()).ToArray();
        var expected = torch.nn.functional.scaled_dot_product_attention(
            leaves[0], leaves[1], leaves[2], mask?.AsTorch(), is_casual: causal);
        var weights = Make.Real((Shape)expected.shape, seed: 7);
        expected.backward([weights.AsTorch()]);

        var (actual, gradients) = Pullback.Differentiate(
            x, t => F.scaled_dot_product_attention(t[0], t[1], t[2], mask, is_causal: causal), y => ([y], [weights]));
        OpCheck.AssertClose(expected.detach(), actual, 1e-12, name);
        for (var i = 0; i < 3; i++)
        {
            OpCheck.AssertClose(leaves[i].grad!, gradients[i]!, 1e-12, $"gradient {i} of {name}");
        }

        var jitted = Jit.Compile((Tensor[] t) => F.scaled_dot_product_attention(t[0], t[1], t[2], mask, is_causal: causal), name: name);
        OpCheck.AssertClose(actual, jitted.Invoke(x), 1e-12, $"{name}, compiled");
        jitted.ClearCache();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheFusedKernelAndTheSingleStepsAgree(string name)
    {
        var (make, makeMask, causal) = s_cases[name];
        var (x, mask) = (make(), makeMask());
        var fused = F.scaled_dot_product_attention(x[0], x[1], x[2], mask, is_causal: causal, scale: -0.8);
        var (output, weights) = F.attention_and_weights(x[0], x[1], x[2], mask, 0, causal, -0.8, null);
        OpCheck.AssertClose(output, fused, 1e-12, name);
        Assert.Equal((x[0].shape[^2], x[1].shape[^2]), (weights.shape[^2], weights.shape[^1]));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(2, 1, 3)]
    public void AMaskHasTheGradientOfLibtorch(params int[] batch)
    {
        var x = Operands([.. batch.Select(b => (long)b)], 4, 5, 3);
        var mask = F.where(F.eq(F.reshape(F.arange(4), 4, 1), 2), Never, Seeded(9, 4, 5));
        var leaf = mask.AsTorch().clone().requires_grad_();
        var expected = torch.nn.functional.scaled_dot_product_attention(x[0].AsTorch(), x[1].AsTorch(), x[2].AsTorch(), leaf);
        var weights = Make.Real((Shape)expected.shape, seed: 7);
        expected.backward([weights.AsTorch()]);
        var (_, gradients) = Pullback.Differentiate(
            [mask, .. x], t => F.scaled_dot_product_attention(t[1], t[2], t[3], t[0]), y => ([y], [weights]));
        OpCheck.AssertClose(leaf.grad!, gradients[0]!, 1e-12, "gradient of the mask");
        Assert.All(gradients, g => Assert.All(g!.ToArray<double>(), v => Assert.True(double.IsFinite(v))));
    }

    [Fact]
    public void SecondDerivativesAreThoseOfFiniteDifferences()
    {
        var x = Operands([1, 2], 3, 4, 2);
        var weights = Make.Real([1, 2, 3, 2], seed: 7);
        Tensor[] First(Tensor[] t) => [.. Pullback.Differentiate(
            t, u => F.scaled_dot_product_attention(u[0], u[1], u[2], is_causal: true), y => ([y], [weights])).Gradients.Select(g => g!)];
        var directions = OpCheck.Weights(First(x), seed: 23);
        var expected = OpCheck.Differences(x, [0, 1, 2], t => OpCheck.WeightedSum(First(t), directions));
        var (_, actual) = Pullback.Differentiate(x, First, first => (first, directions));
        for (var i = 0; i < 3; i++)
        {
            OpCheck.AssertClose(expected[i], actual[i]!, 1e-6, $"second derivative by operand {i}");
        }
    }

    [Fact]
    public void WhereAQuerySeesNothingTheOutputAndTheGradientsAre0()
    {
        var x = Operands([2, 3], 4, 5, 3);
        foreach (var mask in new[] { F.zeros([4, 5], DType.Bool), F.full([4, 5], Never, DType.Float64), F.full([], Never) })
        {
            var (y, gradients) = Pullback.Differentiate(
                x, t => F.scaled_dot_product_attention(t[0], t[1], t[2], mask), y => ([y], [F.ones_like(y)]));
            Assert.All(gradients.Append(y), t => Assert.All(t!.ToArray<double>(), v => Assert.Equal(0, v)));
        }
    }

    [Theory]
    [InlineData(4, 2, 2)]
    [InlineData(6, 3, 1)]
    [InlineData(6, 2, 3)]
    public void FewerHeadsOfKeysServeMoreQueries(int heads, int keyHeads, int valueHeads)
    {
        Tensor[] x = [Seeded(1, 2, heads, 4, 3), Seeded(2, 2, keyHeads, 5, 3), Seeded(3, 2, valueHeads, 5, 3)];
        var leaves = x.Select(t => t.AsTorch().clone().requires_grad_()).ToArray();
        var expected = torch.nn.functional.scaled_dot_product_attention(
            leaves[0], leaves[1].repeat_interleave(heads / keyHeads, 1), leaves[2].repeat_interleave(heads / valueHeads, 1));
        expected.sum().backward();
        var (actual, gradients) = Pullback.Differentiate(
            x, t => F.scaled_dot_product_attention(t[0], t[1], t[2], enable_gqa: true), y => ([y], [F.ones_like(y)]));
        OpCheck.AssertClose(expected.detach(), actual, 1e-12, "output");
        for (var i = 0; i < 3; i++)
        {
            OpCheck.AssertClose(leaves[i].grad!, gradients[i]!, 1e-12, $"gradient {i}");
        }
    }

    [Fact]
    public void DropoutTakesWeightsAwayAndKeepsTheMean()
    {
        var (q, k, v) = (F.zeros([1, 1, 50, 4]), F.zeros([1, 1, 200, 4]), F.ones([1, 1, 200, 4]));
        var key = Rng.Seed(3);
        var y = F.scaled_dot_product_attention(q, k, v, dropout_p: 0.5, dropout_key: key);
        Assert.InRange((double)y.mean(), 0.97, 1.03);
        Assert.True((double)y.var() > 1e-4);
        Assert.Equal(y.ToArray<float>(), F.scaled_dot_product_attention(q, k, v, dropout_p: 0.5, dropout_key: key).ToArray<float>());
        var jitted = Jit.Compile(
            (Tensor[] t) => F.scaled_dot_product_attention(t[0], t[1], t[2], dropout_p: 0.5, dropout_key: new RngKey(t[3])));
        OpCheck.AssertClose(y, jitted.Invoke([q, k, v, key.Tensor]), 1e-6, "compiled");
        Assert.All(F.scaled_dot_product_attention(q, k, v, dropout_p: 1, dropout_key: key).ToArray<float>(), x => Assert.Equal(0, x));
        using var rng = Rng.Scope(1);
        Assert.NotEqual(y.ToArray<float>(), F.scaled_dot_product_attention(q, k, v, dropout_p: 0.5).ToArray<float>());
    }

    [Theory]
    [InlineData(DType.Float32, 1e-6)]
    [InlineData(DType.BFloat16, 0.02)]
    [InlineData(DType.Float16, 0.003)]
    public void EveryFloatingPointTypeWorksWithAndWithoutAMask(DType dtype, double tolerance)
    {
        var exact = Operands([2, 3], 4, 5, 3);
        var x = exact.Select(t => t.to(dtype)).ToArray();
        foreach (var mask in new Tensor?[] { null, Seen(4, 5), Seeded(9, 4, 5).to(dtype), Seeded(9, 4, 5).to(DType.Float32) })
        {
            var wide = mask is { dtype: not DType.Bool } ? mask.to(DType.Float64) : mask;
            var y = F.scaled_dot_product_attention(x[0], x[1], x[2], mask);
            var (steps, _) = F.attention_and_weights(x[0], x[1], x[2], mask, 0, false, 1 / Math.Sqrt(3), null);
            var expected = F.scaled_dot_product_attention(exact[0], exact[1], exact[2], wide);
            Assert.Equal((dtype, dtype), (y.dtype, steps.dtype));
            OpCheck.AssertClose(expected, y.to(DType.Float64), tolerance, $"{dtype}");
            OpCheck.AssertClose(expected, steps.to(DType.Float64), tolerance * 2, $"{dtype}, single steps");
        }
    }

    [Fact]
    public void ANumbersScaleAndAnInfiniteOneStayInTheKernel()
    {
        var x = Operands([1, 1], 2, 3, 2);
        foreach (var scale in new[] { 0, -0.0, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var y = F.scaled_dot_product_attention(x[0], x[1], x[2], scale: scale);
            var jitted = Jit.Compile((Tensor[] t) => F.scaled_dot_product_attention(t[0], t[1], t[2], scale: scale));
            OpCheck.AssertClose(y, jitted.Invoke(x), 1e-12, $"scale {scale}");
        }
    }

    private static Tensor[] Operands(long[] batch, long queries, long keys, long size) =>
        [Seeded(1, [.. batch, queries, size]), Seeded(2, [.. batch, keys, size]), Seeded(3, [.. batch, keys, size])];

    /// <summary>Truth values; every query sees its first key.</summary>
    private static Tensor Seen(params long[] shape) => F.logical_or(Make.Bools(shape), F.eq(F.arange(shape[^1]), 0));
}
