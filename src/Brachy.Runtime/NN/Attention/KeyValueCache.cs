namespace Brachy.NN;

/// <summary>
/// Keys and values of the positions that layers of attention have read, for a batch of sequences: what makes reading one more position
/// cheap. It is a value of fixed size that goes into a compiled step and comes back, donated, so that a step writes in place and one
/// compiled step serves all positions. All layers of a model share one. A step is read with <see cref="Begin"/>.
/// </summary>
/// <remarks>
/// What stands behind the length of a sequence is not seen, whatever it is. So a shorter length takes positions back:
/// <c>cache with { Lengths = … }</c>.
/// </remarks>
/// <param name="Keys">
/// For each layer [batch · capacity, heads, head_dim]: the places of the first sequence, of the second, and so on. What a position adds is
/// one row without gaps.
/// </param>
/// <param name="Values">For each layer [batch · capacity, heads, size of a value].</param>
/// <param name="Lengths">How many positions of each sequence have been read, int64[batch].</param>
[Tree]
public sealed partial record KeyValueCache(IReadOnlyList<Tensor> Keys, IReadOnlyList<Tensor> Values, Tensor Lengths)
{
    /// <summary>The number of layers.</summary>
    public int Layers => Keys.Count;

    /// <summary>The number of sequences.</summary>
    public long Batch => Lengths.shape[0];

    /// <summary>How many positions of a sequence there is room for.</summary>
    public long Capacity => Keys[0].shape[0] / Batch;

    /// <summary>A cache in which nothing has been read.</summary>
    /// <param name="layers">The number of layers of attention.</param>
    /// <param name="batch">The number of sequences.</param>
    /// <param name="heads">The heads of keys and values; they may be fewer than those of queries and divide them.</param>
    /// <param name="capacity">The most positions of a sequence.</param>
    /// <param name="headDim">The size of a key of one head.</param>
    /// <param name="valueDim">The size of a value of one head; <paramref name="headDim"/> by default.</param>
    /// <param name="dtype">The element type that is kept; keys and values of other types are converted.</param>
    /// <param name="device">The device; the CPU by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public static KeyValueCache Empty(
        int layers, long batch, long heads, long capacity, long headDim, long? valueDim = null, DType dtype = DType.Float32,
        Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headDim);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(valueDim ?? 1, nameof(valueDim));
        if (!dtype.IsFloatingPoint())
        {
            throw new DTypeException($"KeyValueCache: keys and values are floating-point numbers, so that {dtype} cannot hold them.");
        }

        return new([.. Places(headDim)], [.. Places(valueDim ?? headDim)], F.zeros([batch], DType.Int64, device));

        IEnumerable<Tensor> Places(long size) =>
            Enumerable.Range(0, layers).Select(_ => F.zeros([checked(batch * capacity), heads, size], dtype, device));
    }

    /// <summary>Begins to read positions that follow those that have been read, the same number of each sequence.</summary>
    /// <param name="count">How many.</param>
    /// <returns>What the layers write to and look up, one after the other.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    /// <exception cref="ShapeException">
    /// There is not that much room even when nothing has been read, or the tensors do not fit together.
    /// </exception>
    /// <exception cref="CheckFailedException">
    /// There is no room left for that many positions: at once, or after the call of the compiled function this is part of
    /// (<see cref="Checks.Require"/>).
    /// </exception>
    public KeyValueStep Begin(long count) => new(this, count);

    /// <summary>
    /// A cache of some of the sequences, in another order or several times: for beams, and for sequences that have ended.
    /// </summary>
    /// <param name="rows">The numbers of the sequences, int64[any number].</param>
    /// <exception cref="ShapeException"><paramref name="rows"/> has not one dim.</exception>
    /// <exception cref="NativeOpException">There is no such sequence.</exception>
    public KeyValueCache Select(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.ndim != 1)
        {
            throw new ShapeException($"KeyValueCache: rows is {rows.Type}, but must have one dim, the sequences.");
        }

        return new([.. Keys.Select(Chosen)], [.. Values.Select(Chosen)], F.index_select(Lengths, 0, rows));

        Tensor Chosen(Tensor places) => F.flatten(F.index_select(F.unflatten(places, 0, Batch, Capacity), 0, rows), 0, 1);
    }
}
