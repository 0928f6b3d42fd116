namespace Brachy.NN;

/// <summary>
/// An encoder and a decoder that attends to what it makes, with the params, arguments, masks and initial values of torch.nn.Transformer.
/// Source: pytorch.org/docs/stable/generated/torch.nn.Transformer.html.
/// </summary>
[Module]
public partial class Transformer
{
    /// <summary>The encoder.</summary>
    public partial TransformerEncoder Encoder { get; set; }

    /// <summary>The decoder.</summary>
    public partial TransformerDecoder Decoder { get; set; }

    /// <summary>
    /// An encoder and a decoder, each with a norm at its end. As in PyTorch, all weights of two dims are drawn from Xavier's uniform
    /// distribution; other params start as in their layers.
    /// </summary>
    /// <param name="dModel">E, the size of a position.</param>
    /// <param name="nhead">The number of heads; it divides <paramref name="dModel"/>.</param>
    /// <param name="numEncoderLayers">The layers of the encoder.</param>
    /// <param name="numDecoderLayers">The layers of the decoder.</param>
    /// <param name="dimFeedforward">The size inside the perceptrons.</param>
    /// <param name="dropout">The probability of dropout.</param>
    /// <param name="activation">What the perceptrons apply: <c>"relu"</c> or <c>"gelu"</c>.</param>
    /// <param name="layerNormEps">Added to the variance in norms.</param>
    /// <param name="batchFirst">Whether the batch comes before the positions: [N, S, E] instead of [S, N, E].</param>
    /// <param name="normFirst">Whether norms come before attention and perceptron; otherwise they come behind the sum.</param>
    /// <param name="bias">Whether projections, linear layers and norms have a bias.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or the probability not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the size, or there is no such activation.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Transformer(
        long dModel = 512, long nhead = 8, int numEncoderLayers = 6, int numDecoderLayers = 6, long dimFeedforward = 2048,
        double dropout = 0.1, string activation = "relu", double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false,
        bool bias = true, DType dtype = DType.Float32)
    {
        var encoderLayer = new TransformerEncoderLayer(
            dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype);
        Encoder = new(encoderLayer, numEncoderLayers, new LayerNorm(dModel, layerNormEps, bias: bias, dtype: dtype));
        var decoderLayer = new TransformerDecoderLayer(
            dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype);
        Decoder = new(decoderLayer, numDecoderLayers, new LayerNorm(dModel, layerNormEps, bias: bias, dtype: dtype));
        foreach (var (_, node) in Tree.Nodes())
        {
            foreach (var (key, weight) in node.Params.Where(param => param.Value is { IsTensor: true, Tensor.ndim: > 1 }).ToArray())
            {
                node.Params[key] = Init.XavierUniform(weight.Tensor.shape, dtype: dtype);
            }
        }
    }

    /// <summary>What the decoder makes of a target beside what the encoder makes of a source. Without a batch there is no dim N.</summary>
    /// <param name="src">The source, [S, N, E], or [N, S, E] if the batch comes first.</param>
    /// <param name="tgt">The target, [T, N, E] or [N, T, E].</param>
    /// <param name="srcMask">
    /// [S, S] or [N · nhead, S, S]: truth values, true where a position (row) must not see another, or numbers that
    /// are added to the scores.
    /// </param>
    /// <param name="tgtMask">[T, T] or [N · nhead, T, T]: the same for the target.</param>
    /// <param name="memoryMask">[T, S] or [N · nhead, T, S]: the same for what the target sees of the source.</param>
    /// <param name="srcKeyPaddingMask">
    /// [N, S]: truth values, true for positions that the source does not see, or numbers that are added.
    /// </param>
    /// <param name="tgtKeyPaddingMask">[N, T]: the same for the target.</param>
    /// <param name="memoryKeyPaddingMask">[N, S]: the same for what the target sees of the source.</param>
    /// <param name="srcIsCausal">Whether a position of the source sees only itself and earlier ones; it goes with any mask.</param>
    /// <param name="tgtIsCausal">Whether a position of the target sees only itself and earlier ones.</param>
    /// <param name="memoryIsCausal">Whether position i of the target sees only the positions 0 to i of the source.</param>
    /// <returns>In the shape of <paramref name="tgt"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public Tensor Forward(
        Tensor src, Tensor tgt, Tensor? srcMask = null, Tensor? tgtMask = null, Tensor? memoryMask = null,
        Tensor? srcKeyPaddingMask = null, Tensor? tgtKeyPaddingMask = null, Tensor? memoryKeyPaddingMask = null, bool srcIsCausal = false,
        bool tgtIsCausal = false, bool memoryIsCausal = false)
    {
        var memory = Encoder.Call(src, srcMask, srcKeyPaddingMask, srcIsCausal);
        return Decoder.Call(
            tgt, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal);
    }

    /// <summary>The mask that hides later positions: -∞ above the diagonal, 0 elsewhere. <c>tgtIsCausal</c> does the same faster.</summary>
    /// <param name="sz">The number of positions.</param>
    /// <param name="dtype">The element type.</param>
    /// <returns>[sz, sz].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sz"/> is negative.</exception>
    public static Tensor GenerateSquareSubsequentMask(long sz, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sz);
        return F.triu(F.full([sz, sz], double.NegativeInfinity, dtype), 1);
    }
}
