using Brachy;
using Brachy.Data;

namespace Sequence;

/// <summary>Series of a step.</summary>
/// <param name="Series">Which they are.</param>
/// <param name="Values">
/// float32 [batch, width]: what is known of them in standard form, padded with zeros behind their ends; rows at the end may only fill it.
/// </param>
/// <param name="Lengths">int64 [batch]: how many values each has; 0 for a row that only fills the batch.</param>
internal sealed record Batch(int[] Series, Tensor Values, Tensor Lengths);

/// <summary>
/// Puts series into batches of about equal lengths. The width of a batch is a multiple of the season, so that there are few widths, each
/// compiled once, and little padding.
/// </summary>
internal sealed class SeriesBatches : IDisposable
{
    private readonly IReadOnlyList<Series> _series;
    private readonly int _size;
    private readonly int _season;
    private readonly Batches<Batch> _training;

    public SeriesBatches(IReadOnlyList<Series> series, int size, int season, int seed)
    {
        (_series, _size, _season) = (series, size, season);
        int[] numbers = [.. Enumerable.Range(0, series.Count)];
        var order = BatchOrder.ByLength([.. series.Select(WidthOf)]);
        _training = Batches.Of(numbers, new() { Size = size, Key = Rng.Seed(seed), Order = order }, Make);
    }

    /// <summary>Batches of an epoch.</summary>
    public int PerEpoch => (int)_training.PerEpoch!.Value;

    /// <summary>The batch that comes next.</summary>
    public BatchPosition Position
    {
        get => _training.Position;
        set => _training.Position = value;
    }

    /// <summary>The batches that are left of the current epoch; they depend on the seed and the epoch only.</summary>
    public IEnumerable<Batch> Epoch() => _training.Epoch();

    /// <summary>All series in batches, by their widths.</summary>
    public IEnumerable<Batch> All()
    {
        int[] sorted = [.. Enumerable.Range(0, _series.Count).OrderBy(i => WidthOf(_series[i]))];
        using var batches = Batches.Of(sorted, new() { Size = _size }, Make);
        foreach (var batch in batches.Epoch())
        {
            yield return batch;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _training.Dispose();

    private Batch Make(BatchRows<int> numbers)
    {
        var values = numbers.New<float>(_size, numbers.Max(i => WidthOf(_series[i])));
        var lengths = numbers.New<long>(_size);
        for (var row = 0; row < numbers.Count; row++)
        {
            var one = _series[numbers[row]];
            lengths.Span[row] = one.Known;
            for (var t = 0; t < one.Known; t++)
            {
                values.Row(row)[t] = one.Standard(one.Values[t]);
            }
        }

        return new Batch([.. numbers], values.Tensor, lengths.Tensor);
    }

    private int WidthOf(Series one) => (one.Known + _season - 1) / _season * _season;
}
