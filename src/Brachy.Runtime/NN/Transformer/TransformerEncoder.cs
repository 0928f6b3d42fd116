namespace Brachy.NN;

/// <summary>
/// A stack of encoder layers, with the params, arguments and masks of torch.nn.TransformerEncoder: <c>layers.0.self_attn…</c>, <c>norm</c>.
/// Source: pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html.
/// </summary>
[Module]
public partial class TransformerEncoder
{
    /// <summary>The layers.</summary>
    public partial ModuleList<TransformerEncoderLayer> Layers { get; set; }

    /// <summary>What is applied to the output of the last layer; null for nothing.</summary>
    public partial Module<Tensor, Tensor>? Norm { get; set; }

    /// <summary>A stack. As in PyTorch, all layers start with the values of the one that is given.</summary>
    /// <param name="encoderLayer">What the layers are copies of.</param>
    /// <param name="numLayers">The number of layers.</param>
    /// <param name="norm">What is applied to the output of the last layer, such as a <see cref="LayerNorm"/>; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numLayers"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is dropout, and no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public TransformerEncoder(TransformerEncoderLayer encoderLayer, int numLayers, Module<Tensor, Tensor>? norm = null) =>
        (Layers, Norm) = (LayerCopies.Of(encoderLayer, numLayers), norm);

    /// <summary>Applies the layers one after the other. Without a batch, inputs and outputs have no dim N.</summary>
    /// <param name="src">[S, N, E], or [N, S, E] if the batch comes first.</param>
    /// <param name="mask">
    /// [S, S] or [N · nhead, S, S]: truth values, true where a position (row) must not see another, or numbers that
    /// are added to the scores.
    /// </param>
    /// <param name="srcKeyPaddingMask">[N, S]: truth values, true for positions that nobody sees, or numbers that are added.</param>
    /// <param name="isCausal">Whether a position sees only itself and earlier ones; it goes with any mask.</param>
    /// <returns>In the shape of <paramref name="src"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public Tensor Forward(Tensor src, Tensor? mask = null, Tensor? srcKeyPaddingMask = null, bool isCausal = false)
    {
        var x = src;
        foreach (var layer in Layers)
        {
            x = layer.Call(x, mask, srcKeyPaddingMask, isCausal);
        }

        return Norm?.Call(x) ?? x;
    }

    /// <summary>
    /// Applies the layers to new positions, which see themselves and all before them, whose keys and values are in a cache.
    /// </summary>
    /// <param name="src">The new positions, [S, N, E], or [N, S, E] if the batch comes first.</param>
    /// <param name="step">Where the new positions stand; the caller ends it.</param>
    /// <returns>In the shape of <paramref name="src"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Continue(Tensor src, KeyValueStep step)
    {
        var x = src;
        foreach (var layer in Layers)
        {
            x = layer.Continue(x, step);
        }

        return Norm?.Call(x) ?? x;
    }

    /// <summary>A cache for self-attention of all layers, in which nothing has been read.</summary>
    /// <param name="batch">N, the number of sequences.</param>
    /// <param name="capacity">The most positions of a sequence.</param>
    /// <param name="dtype">The element type that is kept; that of the weights by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public KeyValueCache EmptyCache(long batch, long capacity, DType? dtype = null)
    {
        var attention = Layers[0].SelfAttn;
        var weight = attention.OutProj.Weight;
        return KeyValueCache.Empty(
            Layers.Count, batch, attention.NumHeads, capacity, weight.shape[0] / attention.NumHeads, dtype: dtype ?? weight.dtype,
            device: weight.device);
    }
}
