namespace Brachy.Data;

/// <summary>What batches are made of.</summary>
internal interface IBatchSource<TBatch>
{
    /// <summary>What decides which elements a batch has.</summary>
    string Description { get; }

    /// <summary>Batches of an epoch on each rank; null when it is not known before its end.</summary>
    long? PerEpoch { get; }

    /// <summary>The batches of an epoch from one on. Used by one thread after the other.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="start">The first batch.</param>
    /// <param name="stop">Cancelled when no more are needed.</param>
    IAsyncEnumerable<BatchJob<TBatch>> Jobs(long epoch, long start, CancellationToken stop);
}

/// <summary>Makes batches of elements.</summary>
internal sealed class BatchMaker<T, TBatch>(BatchOptions options, long key, BufferRing ring, Func<BatchRows<T>, TBatch> make)
{
    /// <summary>A batch.</summary>
    /// <param name="items">Its elements.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="number">The number of the batch.</param>
    /// <param name="start">Where its elements stand in the order of the epoch.</param>
    /// <param name="stop">Cancelled when nobody waits for it.</param>
    public MadeBatch<TBatch> Make(T[] items, long epoch, long number, long start, CancellationToken stop)
    {
        var memory = new BatchMemory(ring, options.Reuse);
        var rows = new BatchRows<T>(items, memory, epoch, number, KeyMixing.Mix(key, ~epoch), start, stop);
        return memory.Fill(() => make(rows));
    }
}
