namespace Sequence;

/// <summary>What is foretold of a series, in its units: for each value the 10th, 50th and 90th of a hundred equal parts.</summary>
/// <param name="Low">One of ten is expected to be less.</param>
/// <param name="Median">One of two is expected to be less.</param>
/// <param name="High">One of ten is expected to be more.</param>
internal sealed record Forecast(float[] Low, float[] Median, float[] High)
{
    /// <summary>Sums up paths.</summary>
    /// <param name="drawn">[horizon, series, paths], in standard form.</param>
    /// <param name="series">The series.</param>
    /// <param name="number">Its number in <paramref name="drawn"/>.</param>
    /// <param name="rows">How many series there are.</param>
    /// <param name="paths">How many paths there are.</param>
    public static Forecast Of(ReadOnlySpan<float> drawn, Series series, int number, int rows, int paths)
    {
        var horizon = drawn.Length / (rows * paths);
        var forecast = new Forecast(new float[horizon], new float[horizon], new float[horizon]);
        var sorted = new float[paths];
        for (var t = 0; t < horizon; t++)
        {
            drawn.Slice(((t * rows) + number) * paths, paths).CopyTo(sorted);
            Array.Sort(sorted);
            forecast.Low[t] = (float)series.Real(Quantile(sorted, 0.1));
            forecast.Median[t] = (float)series.Real(Quantile(sorted, 0.5));
            forecast.High[t] = (float)series.Real(Quantile(sorted, 0.9));
        }

        return forecast;
    }

    /// <summary>The value below which a share lies, between the two nearest.</summary>
    private static double Quantile(float[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - (double)sorted[below]));
    }
}
