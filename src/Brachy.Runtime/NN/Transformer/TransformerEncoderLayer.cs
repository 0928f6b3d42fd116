namespace Brachy.NN;

/// <summary>
/// A layer of an encoder, or of a model that has a decoder alone when it is causal: self-attention and a perceptron, with the params,
/// arguments, masks and initial values of torch.nn.TransformerEncoderLayer.
/// Source: pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html.
/// </summary>
[Module]
public partial class TransformerEncoderLayer : TransformerLayer
{
    /// <summary>A layer of an encoder. The params start as those of <see cref="MultiheadAttention"/>, <see cref="Linear"/> and
    /// <see cref="LayerNorm"/>.</summary>
    /// <param name="dModel">E, the size of a position.</param>
    /// <param name="nhead">The number of heads; it divides <paramref name="dModel"/>.</param>
    /// <param name="dimFeedforward">The size inside the perceptron.</param>
    /// <param name="dropout">The probability of dropout of weights of attention, inside the perceptron, and behind both.</param>
    /// <param name="activation">What the perceptron applies: <c>"relu"</c> or <c>"gelu"</c>.</param>
    /// <param name="layerNormEps">Added to the variance in norms.</param>
    /// <param name="batchFirst">Whether the batch comes before the positions: [N, S, E] instead of [S, N, E].</param>
    /// <param name="normFirst">Whether norms come before attention and perceptron; otherwise they come behind the sum.</param>
    /// <param name="bias">Whether projections, linear layers and norms have a bias.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the probability not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the size, or there is no such activation.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public TransformerEncoderLayer(
        long dModel, long nhead, long dimFeedforward = 2048, double dropout = 0.1, string activation = "relu", double layerNormEps = 1e-5,
        bool batchFirst = false, bool normFirst = false, bool bias = true, DType dtype = DType.Float32)
        : base(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype)
    {
    }

    /// <summary>Applies the layer. Without a batch, inputs and outputs have no dim N.</summary>
    /// <param name="src">[S, N, E], or [N, S, E] if the batch comes first.</param>
    /// <param name="srcMask">
    /// [S, S] or [N · nhead, S, S]: truth values, true where a position (row) must not see another, or numbers that
    /// are added to the scores.
    /// </param>
    /// <param name="srcKeyPaddingMask">[N, S]: truth values, true for positions that nobody sees, or numbers that are added.</param>
    /// <param name="isCausal">Whether a position sees only itself and earlier ones; it goes with any mask.</param>
    /// <returns>In the shape of <paramref name="src"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public Tensor Forward(Tensor src, Tensor? srcMask = null, Tensor? srcKeyPaddingMask = null, bool isCausal = false) =>
        Run(src, x => SelfAttn.Call(
            x, x, x, srcKeyPaddingMask, needWeights: false, attnMask: srcMask, isCausal: isCausal).Output);

    /// <summary>
    /// Applies the layer to new positions, which see themselves and all before them, whose keys and values are in a cache: what
    /// <see cref="Forward"/> with <c>isCausal</c> computes for the whole sequence.
    /// </summary>
    /// <param name="src">The new positions, [S, N, E], or [N, S, E] if the batch comes first.</param>
    /// <param name="step">Where they stand.</param>
    /// <returns>In the shape of <paramref name="src"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Continue(Tensor src, KeyValueStep step) => Run(src, x => SelfAttn.Continue(x, step));

    private Tensor Run(Tensor src, Func<Tensor, Tensor> attend)
    {
        ArgumentNullException.ThrowIfNull(src);
        return Add(Add(src, Norm1, Dropout1, attend), Norm2, Dropout2, FeedForward);
    }
}
