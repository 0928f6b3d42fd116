using CsCheck;

namespace Brachy.Data.Tests;

/// <summary>Batches of the numbers 0, 1, …, by every kind of source.</summary>
internal static class Numbers
{
    public enum Source
    {
        Tensors,
        List,
        Sequence,
        AsyncSequence,
    }

    /// <summary>Sizes that go together, for any number of ranks.</summary>
    public static Gen<(int Count, BatchOptions Options)> Cases(int maxWorld = 4) =>
        Gen.Select(
            Gen.Int[1, 60], Gen.Int[1, 9], Gen.Int[1, maxWorld], Gen.Bool, Gen.Bool, Gen.Int[0, 3], Gen.Int[1, 4])
        .SelectMany((count, size, world, drop, shuffle, workers, prefetch) => Gen.Int[0, world - 1].Select(rank => (
            count,
            new BatchOptions
            {
                Size = size,
                WorldSize = world,
                Rank = rank,
                DropLast = drop,
                Key = shuffle ? Rng.Seed(count + size) : null,
                Workers = workers,
                Prefetch = prefetch,
                ShuffleBuffer = 1 + (count / 3),
            })))
        .Where(one => one.Item2.Shards.WhyNot(one.count) is null);

    public static Batches<long[]> Of(Source source, int count, BatchOptions options)
    {
        // Read out of the batch's own memory, so that memory that is overwritten would show.
        static long[] Values(BatchRows<long> rows) => rows.Values(number => number).ToArray<long>();
        var numbers = Enumerable.Range(0, count).Select(i => (long)i).ToArray();
        return source switch
        {
            Source.List => Batches.Of(numbers, options, Values),
            Source.Sequence => Batches.Of(numbers.Where(_ => true), options, Values),
            Source.AsyncSequence => Batches.Of(Slowly(numbers), options, Values),
            _ => throw new ArgumentOutOfRangeException(nameof(source)),
        };
    }

    /// <summary>All batches of an epoch.</summary>
    public static long[][] Epoch(Source source, int count, BatchOptions options, long epoch = 0)
    {
        if (source == Source.Tensors)
        {
            using var data = Tensor.FromArray([.. Enumerable.Range(0, count).Select(i => (long)i)], [count]);
            using var tensors = Batches.OfTensors(data, options);
            tensors.Seek(epoch);
            return [.. tensors.Epoch().Select(batch => batch.ToArray<long>())];
        }

        using var batches = Of(source, count, options);
        batches.Seek(epoch);
        return [.. batches.Epoch()];
    }

    private static async IAsyncEnumerable<long> Slowly(long[] numbers)
    {
        foreach (var number in numbers)
        {
            if (number % 7 == 3)
            {
                await Task.Yield();
            }

            yield return number;
        }
    }
}
