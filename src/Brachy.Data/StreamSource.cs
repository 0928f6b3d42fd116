using System.Runtime.CompilerServices;

namespace Brachy.Data;

/// <summary>Batches of sequences, which are read from their beginning.</summary>
internal sealed class StreamSource<T, TBatch>(
    BatchOptions options, long key, Func<long, IAsyncEnumerable<T>> items, BatchMaker<T, TBatch> maker) : IBatchSource<TBatch>
{
    public string Description { get; } =
        "a sequence, " + (options.Key is null ? "in order" : $"shuffled by key {key} among {options.ShuffleBuffer}")
        + $", {BatchText.Sizes(options)}";

    public long? PerEpoch => null;

    public async IAsyncEnumerable<BatchJob<TBatch>> Jobs(long epoch, long start, [EnumeratorCancellation] CancellationToken stop)
    {
        var source = items(epoch) ?? throw new InvalidOperationException($"There is no sequence for epoch {epoch}.");
        var shuffled = options.Key is null ? source : Shuffled(source, KeyMixing.Mix(key, epoch), stop);
        var number = 0L;
        await foreach (var (part, first) in Shares(shuffled, stop).ConfigureAwait(false))
        {
            var own = number++;
            if (own >= start)
            {
                yield return new(own, () => maker.Make(part, epoch, own, first, stop));
            }
        }
    }

    /// <summary>This rank's elements of each step, and where they stand.</summary>
    private async IAsyncEnumerable<(T[] Part, long Start)> Shares(
        IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken stop)
    {
        var shards = options.Shards;
        var (group, start) = (new List<T>(), 0L);

        // What is left over may have to be shared out together with the step before it.
        var kept = shards.World > 1 && !shards.DropLast ? 2 * shards.Step : shards.Step;
        await foreach (var item in source.WithCancellation(stop).ConfigureAwait(false))
        {
            group.Add(item);
            if (group.Count == kept)
            {
                yield return (Of(group, shards.Range(group.Count, 0)), start + ((long)shards.Rank * shards.Size));
                group.RemoveRange(0, (int)shards.Step);
                start += shards.Step;
            }
        }

        if (shards.WhyNot(group.Count) is { } reason)
        {
            throw new InvalidOperationException($"At the end of the sequence, {reason}.");
        }

        for (var step = 0L; step < shards.Steps(group.Count); step++)
        {
            var range = shards.Range(group.Count, step);
            yield return (Of(group, range), start + range.Start);
        }
    }

    private static T[] Of(List<T> group, (long Start, int Count) range) => [.. group.GetRange((int)range.Start, range.Count)];

    /// <summary>Each element comes from a buffer of those that are next.</summary>
    private async IAsyncEnumerable<T> Shuffled(IAsyncEnumerable<T> source, long epochKey, [EnumeratorCancellation] CancellationToken stop)
    {
        var (buffer, random) = (new List<T>(), new KeyStream(epochKey));
        await foreach (var item in source.WithCancellation(stop).ConfigureAwait(false))
        {
            if (buffer.Count < options.ShuffleBuffer)
            {
                buffer.Add(item);
                continue;
            }

            var at = random.Below(buffer.Count);
            yield return buffer[at];
            buffer[at] = item;
        }

        var rest = buffer.ToArray();
        random.Shuffle<T>(rest);
        foreach (var item in rest)
        {
            yield return item;
        }
    }
}
