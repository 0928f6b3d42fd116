namespace Brachy.Data;

/// <summary>How elements become batches.</summary>
public sealed record BatchOptions
{
    /// <summary>Elements of a batch on one rank, at least 1.</summary>
    public required int Size { get; init; }

    /// <summary>
    /// Decides the order, by its number alone: the same on every machine, whatever the number of workers. Each epoch has an order of its
    /// own. Null, the default, leaves the elements in their order.
    /// </summary>
    public RngKey? Key { get; init; }

    /// <summary>
    /// How elements of lists and tensors are drawn and grouped; it needs a <see cref="Key"/>. Null, the default, takes each once per epoch.
    /// </summary>
    public BatchOrder? Order { get; init; }

    /// <summary>Whether what is left over at the end of an epoch is left out. By default it makes a smaller batch.</summary>
    public bool DropLast { get; init; }

    /// <summary>
    /// How many threads make batches, 1 by default. With 0 they are made when they are asked for, on the thread that reads.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>How many batches are ready or being made at most, beside the one in use; 2 by default, at least 1.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Which share of the elements is read here, from 0 to <see cref="WorldSize"/> - 1; 0 by default.</summary>
    public int Rank { get; init; }

    /// <summary>
    /// Among how many readers the elements are shared out, 1 by default. Their shares have no element in common, and as many batches each.
    /// </summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>Elements of a sequence that wait to be drawn from, where there is a <see cref="Key"/>; 1024 by default.</summary>
    public int ShuffleBuffer { get; init; } = 1024;

    /// <summary>
    /// Whether the tensors of a batch are freed when the next one is asked for, and their memory is used again; true by default. With false
    /// they are the reader's, in memory of their own.
    /// </summary>
    public bool Reuse { get; init; } = true;

    /// <summary>
    /// The same for a training step of all ranks of the program: this rank reads its own share, of <see cref="Size"/> divided by the number
    /// of ranks, and what does not fill a step of all ranks is left out, so that all have batches of one size. With one rank nothing
    /// changes.
    /// </summary>
    /// <exception cref="ArgumentException">The size is no multiple of the number of ranks.</exception>
    /// <exception cref="RankException">MPI cannot be used.</exception>
    public BatchOptions Shard()
    {
        var ranks = Brachy.Rank.Count;
        if (Size % ranks != 0)
        {
            throw new ArgumentException($"A batch of {Size} cannot be given to {ranks} ranks equally; make it a multiple of them.");
        }

        return ranks == 1 ? this : this with { Size = Size / ranks, Rank = Brachy.Rank.Index, WorldSize = ranks, DropLast = true };
    }

    internal Shards Shards => new(Size, Rank, WorldSize, DropLast);

    /// <summary>Throws on values that make no sense.</summary>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1, $"{nameof(BatchOptions)}.{nameof(Size)}");
        ArgumentOutOfRangeException.ThrowIfNegative(Workers, $"{nameof(BatchOptions)}.{nameof(Workers)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(Prefetch, 1, $"{nameof(BatchOptions)}.{nameof(Prefetch)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(WorldSize, 1, $"{nameof(BatchOptions)}.{nameof(WorldSize)}");
        ArgumentOutOfRangeException.ThrowIfNegative(Rank, $"{nameof(BatchOptions)}.{nameof(Rank)}");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Rank, WorldSize, $"{nameof(BatchOptions)}.{nameof(Rank)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(ShuffleBuffer, 1, $"{nameof(BatchOptions)}.{nameof(ShuffleBuffer)}");
        if (Order is not null && Key is null)
        {
            throw new ArgumentException("BatchOptions.Order draws by a key, and there is none; give BatchOptions.Key.", "options");
        }
    }
}
