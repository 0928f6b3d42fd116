using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>
/// Times two actions in turn, so that noise from elsewhere hits both. A turn is a block of calls: libtorch's worker threads
/// spin for about a millisecond after a parallel kernel, which would otherwise slow the other side's next call.
/// </summary>
internal static class Interleaved
{
    private const int BlockSize = 25;

    /// <returns>The median of each in milliseconds, over all calls of all blocks.</returns>
    public static (double First, double Second) Medians(Action first, Action second, int blocks)
    {
        for (var i = 0; i < Math.Max(4, blocks / 2); i++)
        {
            Block(first, 0, new double[BlockSize]);
            Block(second, 0, new double[BlockSize]);
        }

        var times = (First: new double[blocks * BlockSize], Second: new double[blocks * BlockSize]);
        for (var i = 0; i < blocks; i++)
        {
            Block(first, i, times.First);
            Block(second, i, times.Second);
        }

        return (Median(times.First), Median(times.Second));
    }

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static void Block(Action action, int block, double[] times)
    {
        for (var i = 0; i < BlockSize; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times[(block * BlockSize) + i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }
}
