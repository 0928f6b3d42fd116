namespace Brachy.NN;

/// <summary>
/// A stack of decoder layers, with the params, arguments and masks of torch.nn.TransformerDecoder: <c>layers.0.multihead_attn…</c>,
/// <c>norm</c>. Source: pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html.
/// </summary>
[Module]
public partial class TransformerDecoder
{
    /// <summary>The layers.</summary>
    public partial ModuleList<TransformerDecoderLayer> Layers { get; set; }

    /// <summary>What is applied to the output of the last layer; null for nothing.</summary>
    public partial Module<Tensor, Tensor>? Norm { get; set; }

    /// <summary>A stack. As in PyTorch, all layers start with the values of the one that is given.</summary>
    /// <param name="decoderLayer">What the layers are copies of.</param>
    /// <param name="numLayers">The number of layers.</param>
    /// <param name="norm">What is applied to the output of the last layer, such as a <see cref="LayerNorm"/>; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numLayers"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is dropout, and no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public TransformerDecoder(TransformerDecoderLayer decoderLayer, int numLayers, Module<Tensor, Tensor>? norm = null) =>
        (Layers, Norm) = (LayerCopies.Of(decoderLayer, numLayers), norm);

    /// <summary>Applies the layers one after the other. Without a batch, inputs and outputs have no dim N.</summary>
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
        Tensor? memoryKeyPaddingMask = null, bool tgtIsCausal = false, bool memoryIsCausal = false)
    {
        var x = tgt;
        foreach (var layer in Layers)
        {
            x = layer.Call(x, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal);
        }

        return Norm?.Call(x) ?? x;
    }

    /// <summary>
    /// Applies the layers to new positions, which see themselves and all before them, whose keys and values are in a cache.
    /// </summary>
    /// <param name="tgt">The new positions, [T, N, E], or [N, T, E] if the batch comes first.</param>
    /// <param name="memory">What the encoder made, [S, N, E] or [N, S, E].</param>
    /// <param name="step">Where the new positions stand; the caller ends it.</param>
    /// <param name="memoryMask">[T, S] or [N · nhead, T, S]: what new positions must not see of the memory, or numbers to add.</param>
    /// <param name="memoryKeyPaddingMask">[N, S]: what nobody sees of the memory, or numbers to add.</param>
    /// <returns>In the shape of <paramref name="tgt"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Continue(
        Tensor tgt, Tensor memory, KeyValueStep step, Tensor? memoryMask = null, Tensor? memoryKeyPaddingMask = null)
    {
        var x = tgt;
        foreach (var layer in Layers)
        {
            x = layer.Continue(x, memory, step, memoryMask, memoryKeyPaddingMask);
        }

        return Norm?.Call(x) ?? x;
    }

    /// <summary>
    /// Applies the layers to new positions, beside keys and values of the memory that <see cref="Remember"/> has computed before.
    /// </summary>
    /// <inheritdoc cref="Continue(Tensor, Tensor, KeyValueStep, Tensor, Tensor)"/>
    /// <param name="memory">Keys and values of what the encoder made.</param>
    /// <param name="tgt"/><param name="step"/><param name="memoryMask"/><param name="memoryKeyPaddingMask"/>
    public Tensor Continue(
        Tensor tgt, KeyValueMemory memory, KeyValueStep step, Tensor? memoryMask = null, Tensor? memoryKeyPaddingMask = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (memory.Keys.Count != Layers.Count || memory.Values.Count != Layers.Count)
        {
            throw new ShapeException(
                $"TransformerDecoder: the memory has keys of {memory.Keys.Count} and values of {memory.Values.Count} layers, but there are "
                + $"{Layers.Count}; make it with Remember of this decoder.");
        }

        var (x, i) = (tgt, 0);
        foreach (var layer in Layers)
        {
            x = layer.Continue(x, memory.Keys[i], memory.Values[i++], step, memoryMask, memoryKeyPaddingMask);
        }

        return Norm?.Call(x) ?? x;
    }

    /// <summary>Keys and values of a memory for all layers, computed once for all steps that read a sequence.</summary>
    /// <param name="memory">What the encoder made, [S, N, E], or [N, S, E] if the batch comes first.</param>
    /// <exception cref="ShapeException">The shape does not fit.</exception>
    public KeyValueMemory Remember(Tensor memory)
    {
        var layers = Layers.Select(layer => layer.Remember(memory)).ToArray();
        return new(Array.ConvertAll(layers, layer => layer.Keys), Array.ConvertAll(layers, layer => layer.Values));
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
