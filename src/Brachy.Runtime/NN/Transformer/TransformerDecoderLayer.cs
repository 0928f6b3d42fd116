namespace Brachy.NN;

/// <summary>
/// A layer of a decoder: self-attention, attention to what an encoder made (the memory) and a perceptron, with the params, arguments, masks
/// and initial values of torch.nn.TransformerDecoderLayer.
/// Source: pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html.
/// </summary>
[Module]
public partial class TransformerDecoderLayer : TransformerLayer
{
    /// <summary>Attention to the memory.</summary>
    public partial MultiheadAttention MultiheadAttn { get; set; }

    /// <summary>The norm of the perceptron.</summary>
    public partial LayerNorm Norm3 { get; set; }

    /// <summary>Dropout behind the perceptron; null when the probability is 0.</summary>
    public partial Dropout? Dropout3 { get; set; }

    /// <summary>A layer of a decoder. The params start as those of <see cref="MultiheadAttention"/>, <see cref="Linear"/> and
    /// <see cref="LayerNorm"/>.</summary>
    /// <param name="dModel">E, the size of a position.</param>
    /// <param name="nhead">The number of heads; it divides <paramref name="dModel"/>.</param>
    /// <param name="dimFeedforward">The size inside the perceptron.</param>
    /// <param name="dropout">The probability of dropout of weights of attention, inside the perceptron, and behind each part.</param>
    /// <param name="activation">What the perceptron applies: <c>"relu"</c> or <c>"gelu"</c>.</param>
    /// <param name="layerNormEps">Added to the variance in norms.</param>
    /// <param name="batchFirst">Whether the batch comes before the positions: [N, T, E] instead of [T, N, E].</param>
    /// <param name="normFirst">Whether norms come before attention and perceptron; otherwise they come behind the sum.</param>
    /// <param name="bias">Whether projections, linear layers and norms have a bias.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the probability not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the size, or there is no such activation.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public TransformerDecoderLayer(
        long dModel, long nhead, long dimFeedforward = 2048, double dropout = 0.1, string activation = "relu", double layerNormEps = 1e-5,
        bool batchFirst = false, bool normFirst = false, bool bias = true, DType dtype = DType.Float32)
        : base(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype)
    {
        MultiheadAttn = new(dModel, nhead, dropout, bias, batchFirst: batchFirst, dtype: dtype);
        Norm3 = new(dModel, layerNormEps, bias: bias, dtype: dtype);
        Dropout3 = DropoutOf(dropout);
    }

    /// <summary>Applies the layer. Without a batch, inputs and outputs have no dim N.</summary>
    /// <param name="tgt">[T, N, E], or [N, T, E] if the batch comes first.</param>
    /// <param name="memory">What the encoder made, [S, N, E] or [N, S, E].</param>
    /// <param name="tgtMask">
    /// [T, T] or [N · nhead, T, T]: truth values, true where a position (row) must not see another, or numbers that
    /// are added to the scores.
    /// </param>
    /// <param name="memoryMask">[T, S] or [N · nhead, T, S]: the same for the positions of the memory.</param>
    /// <param name="tgtKeyPaddingMask">[N, T]: truth values, true for positions that nobody sees, or numbers that are added.</param>
    /// <param name="memoryKeyPaddingMask">[N, S]: the same for the positions of the memory.</param>
    /// <param name="tgtIsCausal">Whether a position sees only itself and earlier ones; it goes with any mask.</param>
    /// <param name="memoryIsCausal">Whether position i sees only the positions 0 to i of the memory.</param>
    /// <returns>In the shape of <paramref name="tgt"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public Tensor Forward(
        Tensor tgt, Tensor memory, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? tgtKeyPaddingMask = null,
        Tensor? memoryKeyPaddingMask = null, bool tgtIsCausal = false, bool memoryIsCausal = false) =>
        Run(
            tgt,
            x => SelfAttn.Call(x, x, x, tgtKeyPaddingMask, needWeights: false, attnMask: tgtMask, isCausal: tgtIsCausal).Output,
            AttendTo(memory, memoryMask, memoryKeyPaddingMask, memoryIsCausal));

    /// <summary>
    /// Applies the layer to new positions, which see themselves and all before them, whose keys and values are in a cache: what
    /// <see cref="Forward"/> with <c>tgtIsCausal</c> computes for the whole sequence.
    /// </summary>
    /// <param name="tgt">The new positions, [T, N, E], or [N, T, E] if the batch comes first.</param>
    /// <param name="memory">What the encoder made, [S, N, E] or [N, S, E].</param>
    /// <param name="step">Where the new positions stand.</param>
    /// <param name="memoryMask">[T, S] or [N · nhead, T, S]: what new positions must not see of the memory, or numbers to add.</param>
    /// <param name="memoryKeyPaddingMask">[N, S]: what nobody sees of the memory, or numbers to add.</param>
    /// <returns>In the shape of <paramref name="tgt"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Continue(
        Tensor tgt, Tensor memory, KeyValueStep step, Tensor? memoryMask = null, Tensor? memoryKeyPaddingMask = null) =>
        Run(tgt, x => SelfAttn.Continue(x, step), AttendTo(memory, memoryMask, memoryKeyPaddingMask, isCausal: false));

    /// <summary>
    /// Applies the layer to new positions, beside keys and values of the memory that <see cref="Remember"/> has computed before.
    /// </summary>
    /// <param name="tgt">The new positions, [T, N, E], or [N, T, E] if the batch comes first.</param>
    /// <param name="keys">The keys of the memory.</param>
    /// <param name="values">The values of the memory.</param>
    /// <param name="step">Where the new positions stand.</param>
    /// <param name="memoryMask">[T, S] or [N · nhead, T, S]: what new positions must not see of the memory, or numbers to add.</param>
    /// <param name="memoryKeyPaddingMask">[N, S]: what nobody sees of the memory, or numbers to add.</param>
    /// <returns>In the shape of <paramref name="tgt"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Continue(
        Tensor tgt, Tensor keys, Tensor values, KeyValueStep step, Tensor? memoryMask = null, Tensor? memoryKeyPaddingMask = null) =>
        Run(
            tgt, x => SelfAttn.Continue(x, step),
            query => MultiheadAttn.Recall(query, keys, values, memoryKeyPaddingMask, memoryMask));

    /// <summary>Keys and values of a memory, for all steps.</summary>
    /// <param name="memory">What the encoder made, [S, N, E] or [N, S, E].</param>
    /// <returns>[N, nhead, S, size of a head], both.</returns>
    /// <exception cref="ShapeException">The shape does not fit.</exception>
    public (Tensor Keys, Tensor Values) Remember(Tensor memory) => MultiheadAttn.Remember(memory, memory);

    private Func<Tensor, Tensor> AttendTo(Tensor memory, Tensor? mask, Tensor? keyPaddingMask, bool isCausal)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return query => MultiheadAttn.Call(
            query, memory, memory, keyPaddingMask, needWeights: false, attnMask: mask, isCausal: isCausal).Output;
    }

    private Tensor Run(Tensor tgt, Func<Tensor, Tensor> attend, Func<Tensor, Tensor> attendToMemory)
    {
        ArgumentNullException.ThrowIfNull(tgt);
        var x = Add(tgt, Norm1, Dropout1, attend);
        x = Add(x, Norm2, Dropout2, attendToMemory);
        return Add(x, Norm3, Dropout3, FeedForward);
    }
}
