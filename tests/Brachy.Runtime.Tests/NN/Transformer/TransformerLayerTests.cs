using Brachy.NN;
using Brachy.Tests.Ops;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.NN;

/// <summary>What neither the layer table nor PyTorch 1.13 says about encoders and decoders.</summary>
[Trait("Category", "Quick")]
public class TransformerLayerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CausalIsTheMaskOfLaterPositions(bool normFirst)
    {
        using var rng = Rng.Scope(1);
        var model = new Transformer(6, 2, 2, 2, 8, dropout: 0, batchFirst: true, normFirst: normFirst, dtype: DType.Float64);
        var (src, tgt) = (Seeded(1, 2, 4, 6), Seeded(2, 2, 4, 6));
        var later = F.triu(F.ones([4, 4], DType.Bool), 1);
        var expected = model.Call(src, tgt, srcMask: later, tgtMask: later, memoryMask: later);
        OpCheck.AssertClose(
            expected, model.Call(src, tgt, srcIsCausal: true, tgtIsCausal: true, memoryIsCausal: true), 1e-12, "causal");
        var additive = Transformer.GenerateSquareSubsequentMask(4, DType.Float64);
        OpCheck.AssertClose(expected, model.Call(src, tgt, additive, additive, additive), 1e-12, "additive");
    }

    [Fact]
    public void WithoutBiasIsWithABiasOfZero()
    {
        using var rng = Rng.Scope(1);
        var (bare, config) = new Transformer(6, 2, 1, 1, 8, dropout: 0, bias: false, dtype: DType.Float64);
        Assert.DoesNotContain(bare.Tensors(), t => t.Path.EndsWith("bias", StringComparison.Ordinal));
        var (whole, _) = new Transformer(6, 2, 1, 1, 8, dropout: 0, dtype: DType.Float64);
        whole = whole.MapParamsBuffers(
            (path, t) => path.EndsWith("bias", StringComparison.Ordinal) ? F.zeros_like(t) : bare[path].Tensor);
        var (src, tgt) = (Seeded(1, 4, 2, 6), Seeded(2, 5, 2, 6));
        OpCheck.AssertClose(
            Transformer.Apply(whole, config, src, tgt).Output, Transformer.Apply(bare, config, src, tgt).Output, 1e-12, "output");
    }

    [Fact]
    public void LayersStartAlikeAndGoTheirOwnWays()
    {
        using var rng = Rng.Scope(1);
        var layer = new TransformerEncoderLayer(6, 2, 8, dropout: 0.5);
        var stack = new TransformerEncoder(layer, 2, new LayerNorm(6));
        var (first, second) = (stack.Layers[0], stack.Layers[1]);
        Assert.Equal(first.Linear1.Weight.ToArray<float>(), second.Linear1.Weight.ToArray<float>());
        Assert.Equal(layer.Linear1.Weight.ToArray<float>(), second.Linear1.Weight.ToArray<float>());
        Assert.NotSame(first.Linear1.Weight, second.Linear1.Weight);
        Assert.NotEqual(first.Dropout1!.Key.Tensor.ToArray<long>(), second.Dropout1!.Key.Tensor.ToArray<long>());
        Assert.NotEqual(first.SelfAttn.Key!.Tensor.ToArray<long>(), second.SelfAttn.Key!.Tensor.ToArray<long>());

        // In a Transformer each is drawn anew.
        var whole = new Transformer(6, 2, 2, 2, 8, dropout: 0);
        Assert.NotEqual(
            whole.Encoder.Layers[0].Linear1.Weight.ToArray<float>(), whole.Encoder.Layers[1].Linear1.Weight.ToArray<float>());
    }

    [Fact]
    public void ACompiledStepDrawsNewDropoutEachTimeAndNoneInEvaluation()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new TransformerDecoder(new TransformerDecoderLayer(6, 2, 8, dropout: 0.3), 2);
        var (tgt, memory) = (F.ones([3, 1, 6]), F.ones([2, 1, 6]));
        var (next, first) = TransformerDecoder.JitApply(tree, config, tgt, memory);
        var (_, second) = TransformerDecoder.JitApply(next, config, tgt, memory);
        Assert.NotEqual(first.ToArray<float>(), second.ToArray<float>());
        OpCheck.AssertClose(TransformerDecoder.Apply(tree, config, tgt, memory).Output, first, 1e-5, "the same key");
        config = config.With("train_mode", false);
        Assert.Equal(
            TransformerDecoder.Apply(tree, config, tgt, memory).Output.ToArray<float>(),
            TransformerDecoder.Apply(next, config, tgt, memory).Output.ToArray<float>());
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        using var rng = Rng.Scope(1);
        Assert.Contains(
            "dModel 5 must be a multiple of nhead 2", Assert.Throws<ArgumentException>(() => new TransformerEncoderLayer(5, 2)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "\"relu\" or \"gelu\"", Assert.Throws<ArgumentException>(() => new TransformerDecoderLayer(4, 2, activation: "tanh")).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerEncoderLayer(4, 2, dropout: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerEncoderLayer(4, 2, dimFeedforward: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerEncoder(new TransformerEncoderLayer(4, 2, 8), 0));
        Assert.Throws<ArgumentNullException>(() => new TransformerDecoder(null!, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Transformer.GenerateSquareSubsequentMask(-1));
        var model = new Transformer(4, 2, 1, 1, 8, dropout: 0);
        Assert.Throws<ShapeException>(() => model.Call(F.ones([3, 2, 5]), F.ones([3, 2, 4])));
        Assert.Throws<ShapeException>(() => model.Call(F.ones([3, 2, 4]), F.ones([3, 1, 4])));
        var refused = Assert.Throws<ShapeException>(() => model.Call(F.ones([3, 2, 4]), F.ones([5, 2, 4]), tgtMask: F.ones([3, 3])));
        Assert.Contains("decoder.layers.0.self_attn", refused.Message, StringComparison.Ordinal);
    }
}
