namespace Brachy.NN;

/// <summary>
/// New positions that are being read with a <see cref="KeyValueCache"/>. The layers of a model use it one after the other, in the order in
/// which they run: each writes its keys and values and attends to all that it has. Then <see cref="End"/> gives the cache for the next
/// step. It belongs to one run of the model, and is nothing that a function could be given or give.
/// </summary>
public sealed class KeyValueStep
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly Tensor _lengths;
    private readonly Tensor _places;
    private readonly long _capacity;
    private int _next;

    internal KeyValueStep(KeyValueCache cache, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        RequireWhole(cache);
        (_keys, _values, _lengths, _capacity) = ([.. cache.Keys], [.. cache.Values], cache.Lengths, cache.Capacity);
        Count = count;
        var batch = cache.Batch;
        if (count > _capacity)
        {
            throw new ShapeException($"KeyValueCache: {count} positions do not fit, since its capacity is {_capacity}.");
        }

        Checks.Require(
            _lengths <= _capacity - count,
            $"KeyValueCache: there is no room for {count} more positions; its capacity is {_capacity}. Read a later part of the sequence "
            + "into an empty cache, or make a larger one");
        Positions = F.unsqueeze(_lengths, 1);
        Positions = count == 1 ? Positions : Positions + F.arange(count, device: _lengths.device);
        Mask = F.arange(_capacity, device: _lengths.device) <= F.reshape(Positions, batch, 1, count, 1);

        // A compiled check is looked at when the call has ended: until then nothing is written elsewhere.
        var inside = F.minimum(Positions, _capacity - 1);
        inside = batch == 1 ? inside : inside + F.unsqueeze(F.arange(batch, device: _lengths.device) * _capacity, 1);
        _places = F.reshape(inside, batch * count);
    }

    /// <summary>The number of new positions of each sequence.</summary>
    public long Count { get; }

    /// <summary>Where the new positions stand in their sequences, int64[batch, count]: for embeddings and rotations.</summary>
    public Tensor Positions { get; }

    /// <summary>
    /// What the new positions may see of the cache, bool[batch, 1, count, capacity]: themselves and what came before them.
    /// </summary>
    public Tensor Mask { get; }

    /// <summary>
    /// Attention of new positions to themselves and all before them, in the next layer. Queries may have more heads than keys and values:
    /// each of these serves several then (grouped-query attention), and is not copied for it.
    /// </summary>
    /// <param name="query">[batch, heads, count, head_dim].</param>
    /// <param name="key">[batch, heads of the cache, count, head_dim].</param>
    /// <param name="value">[batch, heads of the cache, count, size of a value].</param>
    /// <param name="scale">What scores are multiplied with; 1/√head_dim by default.</param>
    /// <param name="dropout_p">The probability with which a weight is set to zero.</param>
    /// <param name="dropout_key">The key that dropout uses up; <see cref="Rng.NextKey"/> by default.</param>
    /// <returns>[batch, heads, count, size of a value].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="InvalidOperationException">The cache has fewer layers.</exception>
    public Tensor Attend(
        Tensor query, Tensor key, Tensor value, double? scale = null, double dropout_p = 0, RngKey? dropout_key = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (keys, values) = Write(key, value);
        var (batch, shared) = (keys.shape[0], keys.shape[1]);
        if (query.ndim != 4 || query.shape[0] != batch || query.shape[2] != Count || query.shape[1] % shared != 0)
        {
            throw new ShapeException(
                $"KeyValueCache: the query is {query.Type}, but must be [{batch}, a multiple of {shared}, {Count}, {keys.shape[3]}]: "
                + "sequences, heads, new positions, size of a head.");
        }

        // Heads that share a key stand below each other, as if they were positions, so that keys need not be repeated.
        var (heads, groups) = (query.shape[1], query.shape[1] / shared);
        var grouped = groups == 1 ? query : F.reshape(query, batch, shared, groups * Count, query.shape[3]);
        var mask = groups == 1 ? Mask : F.flatten(F.expand(F.unsqueeze(Mask, 2), batch, 1, groups, Count, _capacity), 2, 3);
        var y = F.scaled_dot_product_attention(
            grouped, keys.to(query.dtype), values.to(query.dtype), mask, dropout_p, scale: scale, dropout_key: dropout_key);
        return groups == 1 ? y : F.reshape(y, batch, heads, Count, y.shape[3]);
    }

    /// <summary>Writes keys and values of the next layer, and gives all that the cache has of it, for attention of one's own.</summary>
    /// <param name="key">[batch, heads of the cache, count, head_dim].</param>
    /// <param name="value">[batch, heads of the cache, count, size of a value].</param>
    /// <returns>
    /// [batch, heads of the cache, capacity, head_dim] and [batch, heads of the cache, capacity, size of a value], in the cache's element
    /// type; <see cref="Mask"/> says what of it counts.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="InvalidOperationException">The cache has fewer layers.</exception>
    public (Tensor Keys, Tensor Values) Write(Tensor key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (_next == _keys.Length)
        {
            throw new InvalidOperationException(
                $"KeyValueCache: a layer asks for keys and values, but the cache was made for {_keys.Length} layers, and each has had its "
                + "turn. Make it for as many layers as there are, and begin a new step for each run of the model.");
        }

        _keys[_next] = Put(_keys[_next], key, nameof(key));
        _values[_next] = Put(_values[_next], value, nameof(value));
        return (Seen(_keys[_next]), Seen(_values[_next++]));
    }

    /// <summary>The cache with the new positions, for the next step. All layers have had their turn.</summary>
    /// <param name="counts">
    /// How many of the new positions count, int64, one for each sequence or for all, when the others are padding at the end; null for all.
    /// The next step writes over the padding.
    /// </param>
    /// <exception cref="InvalidOperationException">A layer has written nothing.</exception>
    /// <exception cref="ShapeException"><paramref name="counts"/> is not int64[batch] or int64[].</exception>
    /// <exception cref="CheckFailedException">There are negative counts, or ones above that of the new positions.</exception>
    public KeyValueCache End(Tensor? counts = null)
    {
        if (_next < _keys.Length)
        {
            throw new InvalidOperationException(
                $"KeyValueCache: the cache was made for {_keys.Length} layers, but only {_next} have written to it in this step.");
        }

        if (counts is null)
        {
            return new(_keys, _values, _lengths + Count);
        }

        if (counts.dtype != DType.Int64 || counts.ndim > 1 || (counts.ndim == 1 && counts.shape != _lengths.shape))
        {
            throw new ShapeException(
                $"KeyValueCache: counts is {counts.Type}, but must be int64{_lengths.shape}, one for each sequence, or int64[].");
        }

        Checks.Require(
            F.logical_and(counts >= 0, counts <= Count), $"KeyValueCache: of {Count} new positions, 0 to {Count} may count");
        return new(_keys, _values, _lengths + counts);
    }

    private Tensor Put(Tensor places, Tensor x, string name)
    {
        Shape expected = [_lengths.shape[0], places.shape[1], Count, places.shape[2]];
        if (x.shape != expected)
        {
            throw new ShapeException(
                $"KeyValueCache: the {name} is {x.Type}, but must be {expected}: sequences, heads of the cache, new positions, size.");
        }

        var rows = F.reshape(F.transpose(x, 1, 2), expected[0] * Count, expected[1], expected[3]);
        return F.index_put(places, [_places], rows.to(places.dtype));
    }

    private Tensor Seen(Tensor places) => F.transpose(F.unflatten(places, 0, _lengths.shape[0], _capacity), 1, 2);

    private static void RequireWhole(KeyValueCache cache)
    {
        if (cache.Lengths.ndim != 1 || cache.Lengths.dtype != DType.Int64 || cache.Batch == 0)
        {
            throw new ShapeException($"KeyValueCache: Lengths is {cache.Lengths.Type}, but must be int64[batch].");
        }

        if (cache.Keys.Count == 0 || cache.Keys.Count != cache.Values.Count)
        {
            throw new ShapeException(
                $"KeyValueCache: there are {cache.Keys.Count} tensors of keys and {cache.Values.Count} of values, but must be one of each "
                + "for each layer.");
        }

        var count = cache.Keys[0].shape[0];
        foreach (var (name, tensors) in new[] { (nameof(cache.Keys), cache.Keys), (nameof(cache.Values), cache.Values) })
        {
            for (var i = 0; i < tensors.Count; i++)
            {
                if (tensors[i].ndim != 3 || tensors[i].shape[0] != count || count % cache.Batch != 0 || count == 0)
                {
                    throw new ShapeException(
                        $"KeyValueCache: {name}[{i}] is {tensors[i].Type}, but must be [{cache.Batch} · capacity, heads, size] with one "
                        + "capacity for all layers.");
                }
            }
        }
    }
}
