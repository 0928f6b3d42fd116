using Quickstart.Data;

namespace Sequence;

/// <summary>Series of a step.</summary>
/// <param name="Values">What is known of them in standard form, one after the other, padded with zeros behind their ends.</param>
/// <param name="Lengths">How many values each has; 0 for a row that only fills the batch.</param>
/// <param name="Width">The length that they are padded to.</param>
internal sealed record Batch(float[] Values, long[] Lengths, int Width);

/// <summary>
/// Puts series into batches of about equal lengths. The width of a batch is a multiple of the season, so that there are few widths, each
/// compiled once, and little padding.
/// </summary>
internal sealed class Batches(IReadOnlyList<Series> series, int size, int season, int seed)
{
    /// <summary>Batches of an epoch.</summary>
    public int PerEpoch => (series.Count + size - 1) / size;

    /// <summary>The batches of an epoch; they depend on the seed and the epoch only.</summary>
    public IEnumerable<Batch> Epoch(int epoch)
    {
        var random = new SplitMix64((ulong)seed).Fork(epoch);
        var order = Shuffled([.. Enumerable.Range(0, series.Count)], ref random);
        var batches = order.OrderBy(i => WidthOf(series[i])).Chunk(size).ToArray();
        return Shuffled(batches, ref random).Select(Make);
    }

    /// <summary>All series in batches, and which they are.</summary>
    public IEnumerable<(int[] Series, Batch Batch)> All() => Enumerable.Range(0, series.Count)
        .OrderBy(i => WidthOf(series[i])).Chunk(size).Select(numbers => (numbers, Make(numbers)));

    private Batch Make(int[] numbers)
    {
        var width = numbers.Max(i => WidthOf(series[i]));
        var batch = new Batch(new float[size * width], new long[size], width);
        for (var row = 0; row < numbers.Length; row++)
        {
            var one = series[numbers[row]];
            batch.Lengths[row] = one.Known;
            for (var t = 0; t < one.Known; t++)
            {
                batch.Values[(row * width) + t] = one.Standard(one.Values[t]);
            }
        }

        return batch;
    }

    private int WidthOf(Series one) => (one.Known + season - 1) / season * season;

    private static T[] Shuffled<T>(T[] items, ref SplitMix64 random)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }

        return items;
    }
}
