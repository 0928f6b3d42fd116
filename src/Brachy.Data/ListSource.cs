using System.Runtime.CompilerServices;

namespace Brachy.Data;

/// <summary>Batches of elements that can be taken in any order.</summary>
internal sealed class ListSource<TBatch> : IBatchSource<TBatch>
{
    private readonly BatchOptions _options;
    private readonly int _count;
    private readonly int _drawn;
    private readonly long _key;
    private readonly BatchOrder? _order;
    private readonly Func<int[], long, long, long, CancellationToken, MadeBatch<TBatch>> _make;

    /// <param name="options">Sizes and order.</param>
    /// <param name="count">How many elements there are.</param>
    /// <param name="key">The number of the key.</param>
    /// <param name="make">From indices, epoch, number and start to a batch; several threads call it at once.</param>
    public ListSource(
        BatchOptions options, int count, long key, Func<int[], long, long, long, CancellationToken, MadeBatch<TBatch>> make)
    {
        (_options, _count, _key, _make) = (options, count, key, make);
        _order = options.Key is null ? null : options.Order ?? BatchOrder.Shuffled;
        if (_order?.Count is { } known && known != count)
        {
            throw new ArgumentException($"BatchOptions.Order is for {known} elements, and there are {count}.", nameof(options));
        }

        _drawn = _order?.Draws ?? count;
        if (options.Shards.WhyNot(_drawn) is { } reason)
        {
            throw new ArgumentException($"BatchOptions: {reason}.", nameof(options));
        }

        var how = _order is null ? "in order" : $"{_order.Description} by key {key}";
        Description = $"{count} elements, {how}, {BatchText.Sizes(options)}";
    }

    public string Description { get; }

    public long? PerEpoch => _options.Shards.Steps(_drawn);

    public async IAsyncEnumerable<BatchJob<TBatch>> Jobs(long epoch, long start, [EnumeratorCancellation] CancellationToken stop)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var order = _order?.Draw(_count, _options.Shards.Step, KeyMixing.Mix(_key, epoch));
        for (var number = start; number < PerEpoch; number++)
        {
            var own = number;
            var (first, count) = _options.Shards.Range(_drawn, own);
            yield return new(own, () =>
            {
                int[] indices = order is null ? [.. Enumerable.Range((int)first, count)] : order[(int)first..((int)first + count)];
                return _make(indices, epoch, own, first, stop);
            });
        }
    }
}
