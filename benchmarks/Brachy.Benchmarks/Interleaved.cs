using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>
/// Times two actions in turn, so that noise from elsewhere hits both. A turn is a block of calls: libtorch's worker threads
/// spin for about a millisecond after a parallel kernel, which would otherwise slow the other side's next call.
/// </summary>
internal static class Interleaved
{
    /// <param name="first">One action.</param>
    /// <param name="second">The other.</param>
    /// <param name="blocks">Blocks of each that are timed, after half as many that are not.</param>
    /// <param name="blockSize">Calls of a block; 1 will do for actions of many milliseconds.</param>
    /// <returns>The median of each in milliseconds, over all calls of all blocks.</returns>
    public static (double First, double Second) Medians(Action first, Action second, int blocks, int blockSize = 25)
    {
        for (var i = 0; i < Math.Max(4, blocks / 2); i++)
        {
            Block(first, 0, new double[blockSize], blockSize);
            Block(second, 0, new double[blockSize], blockSize);
        }

        var times = (First: new double[blocks * blockSize], Second: new double[blocks * blockSize]);
        for (var i = 0; i < blocks; i++)
        {
            Block(first, i, times.First, blockSize);
            Block(second, i, times.Second, blockSize);
        }

        return (Median(times.First), Median(times.Second));
    }

    /// <summary>How long an action takes, in milliseconds.</summary>
    public static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static void Block(Action action, int block, double[] times, int blockSize)
    {
        for (var i = 0; i < blockSize; i++)
        {
            times[(block * blockSize) + i] = Time(action);
        }
    }
}
