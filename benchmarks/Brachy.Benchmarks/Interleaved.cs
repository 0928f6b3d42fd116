using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>Times two actions in turn, so that noise from elsewhere hits both.</summary>
internal static class Interleaved
{
    /// <returns>The median of each in milliseconds.</returns>
    public static (double First, double Second) Medians(Action first, Action second, int warmup, int rounds)
    {
        for (var i = 0; i < warmup; i++)
        {
            first();
            second();
        }

        var times = (First: new double[rounds], Second: new double[rounds]);
        for (var i = 0; i < rounds; i++)
        {
            times.First[i] = Time(first);
            times.Second[i] = Time(second);
        }

        return (Median(times.First), Median(times.Second));
    }

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
