using Brachy.Extending;
using Brachy.NN;
using Brachy.Tests.Ops;
using TorchSharp;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.NN;

/// <summary>What the layer table does not say about attention layers and embeddings.</summary>
[Trait("Category", "Quick")]
public class AttentionLayerTests
{
    [Fact]
    public void TheBatchMayComeFirstOrBeMissing()
    {
        using var rng = Rng.Scope(1);
        var layer = new MultiheadAttention(6, 2, dtype: DType.Float64);
        var first = MultiheadAttention.Bind(layer.Tree.Copy(), layer.Config);
        first.BatchFirst = true;
        var (q, k, v) = (Seeded(1, 3, 2, 6), Seeded(2, 4, 2, 6), Seeded(3, 4, 2, 6));
        var padding = Flags([false, true, false, false, false, false, false, true], 2, 4);
        foreach (var needWeights in new[] { true, false })
        {
            var (expected, weights) = layer.Call(q, k, v, padding, needWeights, isCausal: true);
            var (actual, sameWeights) = first.Call(
                F.transpose(q, 0, 1), F.transpose(k, 0, 1), F.transpose(v, 0, 1), padding, needWeights, isCausal: true);
            OpCheck.AssertClose(expected, F.transpose(actual, 0, 1), 1e-12, "batch first");
            foreach (var module in new[] { layer, first })
            {
                var (one, oneWeights) = module.Call(
                    F.select(q, 1, 1), F.select(k, 1, 1), F.select(v, 1, 1), F.select(padding, 0, 1), needWeights, isCausal: true);
                OpCheck.AssertClose(F.select(expected, 1, 1), one, 1e-12, "no batch");
                if (needWeights)
                {
                    OpCheck.AssertClose(weights!, sameWeights!, 1e-12, "weights, batch first");
                    OpCheck.AssertClose(F.select(weights!, 0, 1), oneWeights!, 1e-12, "weights, no batch");
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CausalIsTheMaskOfLaterKeysWithAnyOtherMask(bool addedKeys)
    {
        using var rng = Rng.Scope(1);
        var layer = new MultiheadAttention(6, 2, addBiasKv: addedKeys, addZeroAttn: addedKeys, dtype: DType.Float64);
        var x = Seeded(1, 4, 2, 6);
        var later = F.triu(F.ones([4, 4], DType.Bool), 1);
        var padding = Flags([false, false, false, true, false, true, false, false], 2, 4);
        var scores = Seeded(5, 4, 4);
        foreach (var needWeights in new[] { true, false })
        {
            OpCheck.AssertClose(
                layer.Call(x, x, x, null, needWeights, later).Output, layer.Call(x, x, x, null, needWeights, isCausal: true).Output, 1e-12,
                "alone");
            OpCheck.AssertClose(
                layer.Call(x, x, x, padding, needWeights, later).Output, layer.Call(x, x, x, padding, needWeights, isCausal: true).Output,
                1e-12, "with padding");
            OpCheck.AssertClose(
                layer.Call(x, x, x, padding, needWeights, F.where(later, double.NegativeInfinity, scores)).Output,
                layer.Call(x, x, x, padding, needWeights, scores, isCausal: true).Output,
                1e-12,
                "with scores");
        }
    }

    [Fact]
    public void KeysAndValuesMayHaveAnySize()
    {
        using var rng = Rng.Scope(1);
        var layer = new MultiheadAttention(6, 2, kdim: 5, vdim: 4, dtype: DType.Float64);
        Assert.Equal<Shape>([6, 5], layer.KProjWeight!.shape);
        Assert.Equal<Shape>([6, 4], layer.VProjWeight!.shape);
        layer.InProjBias = Seeded(4, 18);
        var (q, k, v) = (Seeded(1, 3, 2, 6), Seeded(2, 4, 2, 5), Seeded(3, 4, 2, 4));
        var same = new MultiheadAttention(6, 2, dtype: DType.Float64)
        {
            InProjWeight = F.cat([layer.QProjWeight!, F.eye(6).to(DType.Float64), F.eye(6).to(DType.Float64)]),
            InProjBias = layer.InProjBias,
        };
        same.OutProj.Weight = layer.OutProj.Weight;
        var expected = same.Call(q, F.linear(k, layer.KProjWeight), F.linear(v, layer.VProjWeight!));
        OpCheck.AssertClose(expected.Output, layer.Call(q, k, v).Output, 1e-12, "output");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AMaskMayBeBooleanOrAdditiveAndDifferByHead(bool addedKeys)
    {
        using var rng = Rng.Scope(1);
        var layer = new MultiheadAttention(6, 2, addBiasKv: addedKeys, addZeroAttn: addedKeys, dtype: DType.Float64);
        var (q, k) = (Seeded(1, 3, 2, 6), Seeded(2, 4, 2, 6));
        var hidden = F.logical_and(Make.Bools([4, 3, 4]), F.ne(F.arange(4), 0));
        var minus = F.where(hidden, double.NegativeInfinity, F.zeros([], DType.Float64));
        var (expected, weights) = layer.Call(q, k, k, attnMask: minus, averageAttnWeights: false);
        var shown = F.reshape(F.narrow(weights!, -1, 0, 4), 4, 3, 4);
        Assert.Equal(hidden.ToArray<bool>(), F.eq(shown, 0).ToArray<bool>());
        OpCheck.AssertClose(expected, layer.Call(q, k, k, attnMask: hidden, needWeights: true).Output, 1e-12, "boolean");
        OpCheck.AssertClose(expected, layer.Call(q, k, k, attnMask: hidden, needWeights: false).Output, 1e-12, "boolean, without weights");
        var padding = Flags([false, false, false, true, false, false, true, true], 2, 4);
        var additive = F.where(padding, double.NegativeInfinity, F.zeros([]));
        OpCheck.AssertClose(
            layer.Call(q, k, k, padding, attnMask: minus).Output, layer.Call(q, k, k, additive, attnMask: hidden).Output, 1e-12,
            "additive padding");
    }

    [Fact]
    public void WeightsAreReturnedForEachHeadOnDemand()
    {
        using var rng = Rng.Scope(1);
        var layer = new MultiheadAttention(6, 2, dtype: DType.Float64);
        var x = Seeded(1, 4, 2, 6);
        var (_, mean) = layer.Call(x, x, x);
        var (_, each) = layer.Call(x, x, x, averageAttnWeights: false);
        Assert.Equal<Shape>([2, 4, 4], mean!.shape);
        Assert.Equal<Shape>([2, 2, 4, 4], each!.shape);
        OpCheck.AssertClose(mean, F.mean(each, 1), 1e-12, "mean");
        Assert.Null(layer.Call(x, x, x, needWeights: false).Weights);
    }

    [Fact]
    public void AQueryWhoseKeysAreAllPaddingGivesTheBiasAndFiniteGradients()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new MultiheadAttention(6, 2, dtype: DType.Float64);
        var x = Seeded(1, 3, 2, 6);
        var padding = Flags([true, true, true, false, false, true], 2, 3);
        foreach (var needWeights in new[] { true, false })
        {
            var (output, gradients) = Pullback.Differentiate(
                [x], t => MultiheadAttention.Apply(tree, config, t[0], t[0], t[0], padding, needWeights).Output.Output,
                y => ([y], [F.ones_like(y)]));
            Assert.All(F.select(output, 1, 0).ToArray<double>(), v => Assert.Equal(0, v));
            Assert.All(gradients[0]!.ToArray<double>(), v => Assert.True(double.IsFinite(v)));
        }
    }

    [Fact]
    public void ACompiledStepDrawsNewDropoutEachTime()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new MultiheadAttention(8, 2, dropout: 0.5);
        var x = Make.Real([5, 2, 8], DType.Float32);
        var first = MultiheadAttention.JitApply(tree, config, x, x, x, needWeights: false);
        var second = MultiheadAttention.JitApply(first.Tree, config, x, x, x, needWeights: false);
        var again = MultiheadAttention.Apply(tree, config, x, x, x, needWeights: false);
        Assert.NotEqual(first.Output.Output.ToArray<float>(), second.Output.Output.ToArray<float>());
        OpCheck.AssertClose(again.Output.Output, first.Output.Output, 1e-5, "the same key");
        config = config.With("train_mode", false);
        Assert.Equal(
            MultiheadAttention.Apply(tree, config, x, x, x).Output.Output.ToArray<float>(),
            MultiheadAttention.Apply(second.Tree, config, x, x, x).Output.Output.ToArray<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CausalSelfAttentionIsMultiheadAttentionThatLooksBack(bool bias)
    {
        using var rng = Rng.Scope(1);
        var own = new CausalSelfAttention(6, 3, bias, dtype: DType.Float64);
        var general = new MultiheadAttention(6, 3, bias: bias, batchFirst: true, dtype: DType.Float64);
        general.InProjWeight = own.InProjection.Weight;
        general.InProjBias = own.InProjection.Bias;
        general.OutProj.Weight = own.OutProjection.Weight;
        general.OutProj.Bias = own.OutProjection.Bias;
        Assert.Equal(
            bias ? ["c_attn.weight", "c_attn.bias", "c_proj.weight", "c_proj.bias"] : ["c_attn.weight", "c_proj.weight"],
            own.Tree.Tensors().Select(t => t.Path));
        var x = Seeded(1, 2, 5, 6);
        var expected = general.Call(x, x, x, needWeights: false, isCausal: true).Output;
        OpCheck.AssertClose(expected, own.Call(x), 1e-12, "eager");
        OpCheck.AssertClose(expected, CausalSelfAttention.JitApply(own.Tree, own.Config, x).Output, 1e-12, "compiled");
    }

    [Fact]
    public void CausalSelfAttentionDropsOutInTrainingOnly()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new CausalSelfAttention(8, 2, dropout: 0.5);
        Assert.Contains("resid_dropout.key", tree.Tensors().Select(t => t.Path));
        var x = Make.Real([2, 5, 8], DType.Float32);
        var (next, first) = CausalSelfAttention.JitApply(tree, config, x);
        Assert.NotEqual(first.ToArray<float>(), CausalSelfAttention.JitApply(next, config, x).Output.ToArray<float>());
        config = config.With("train_mode", false);
        var still = CausalSelfAttention.Apply(tree, config, x).Output;
        Assert.Equal(still.ToArray<float>(), CausalSelfAttention.Apply(next, config, x).Output.ToArray<float>());
    }

    [Fact]
    public void AnEmbeddingMayBeGivenAndItsPaddingStaysAsItIs()
    {
        var weight = Seeded(1, 4, 3);
        var layer = Embedding.FromPretrained(weight, paddingIdx: -1);
        Assert.Equal(3, layer.PaddingIdx);
        Assert.Same(weight, layer.Weight);
        var gradient = Grad.Of((Tensor w) => F.sum(F.embedding(w, Whole([3, 3, 0], 3), 3)))(weight).ToArray<double>();
        Assert.Equal([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], gradient);
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        using var rng = Rng.Scope(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiheadAttention(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiheadAttention(4, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiheadAttention(4, 2, dropout: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiheadAttention(4, 2, kdim: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiheadAttention(long.MaxValue, 1));
        Assert.Contains("multiple", Assert.Throws<ArgumentException>(() => new MultiheadAttention(5, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CausalSelfAttention(4, 0));
        Assert.Throws<ShapeException>(() => new CausalSelfAttention(4, 2).Call(F.ones([3, 4])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(3, 1, paddingIdx: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(3, 1, paddingIdx: -4));
        Assert.Throws<ShapeException>(() => Embedding.FromPretrained(F.ones([3])));

        var layer = new MultiheadAttention(4, 2);
        var x = F.ones([3, 2, 4]);
        Assert.Throws<ShapeException>(() => layer.Call(x, x, F.ones([4, 2, 4])));
        Assert.Throws<ShapeException>(() => layer.Call(F.ones([3, 1, 4]), x, x));
        Assert.Throws<ShapeException>(() => layer.Call(F.ones([3, 4]), x, x));
        Assert.Throws<ShapeException>(() => layer.Call(F.ones([3, 2, 5]), x, x));
        Assert.Contains(
            "[2, 3]", Assert.Throws<ShapeException>(() => layer.Call(x, x, x, F.ones([3, 2], DType.Bool))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "[4, 3, 3]", Assert.Throws<ShapeException>(() => layer.Call(x, x, x, attnMask: F.ones([2, 3, 3], DType.Bool))).Message,
            StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => layer.Call(x, x, x, attnMask: F.ones([3, 3], DType.Int64)));
    }
}
