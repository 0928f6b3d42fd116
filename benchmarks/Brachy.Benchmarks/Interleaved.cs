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
    /// <param name="pause">Milliseconds before each block, in which threads of the other side that wait for work go to sleep.</param>
    /// <returns>The median of each in milliseconds, over all calls of all blocks.</returns>
    public static (double First, double Second) Medians(Action first, Action second, int blocks, int blockSize = 25, int pause = 0)
    {
        for (var i = 0; i < Math.Max(4, blocks / 2); i++)
        {
            Block(first, 0, new double[blockSize], blockSize, pause);
            Block(second, 0, new double[blockSize], blockSize, pause);
        }

        var times = (First: new double[blocks * blockSize], Second: new double[blocks * blockSize]);
        for (var i = 0; i < blocks; i++)
        {
            Block(first, i, times.First, blockSize, pause);
            Block(second, i, times.Second, blockSize, pause);
        }

        return (Median(times.First), Median(times.Second));
    }

    /// <summary>Measures two things in turn that tell themselves what they took; each comes first as often as the other.</summary>
    /// <param name="first">Does one, and gives what it took.</param>
    /// <param name="second">The same for the other.</param>
    /// <param name="warmups">Turns that do not count.</param>
    /// <param name="runs">Turns that do.</param>
    /// <returns>The median of each.</returns>
    public static (double First, double Second) Medians(Func<double> first, Func<double> second, int warmups, int runs)
    {
        var times = (First: new double[runs], Second: new double[runs]);
        for (var i = -warmups; i < runs; i++)
        {
            var isFirst = i % 2 == 0;
            var before = isFirst ? first() : 0;
            var other = second();
            var own = isFirst ? before : first();
            if (i >= 0)
            {
                (times.First[i], times.Second[i]) = (own, other);
            }
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

    private static void Block(Action action, int block, double[] times, int blockSize, int pause)
    {
        Thread.Sleep(pause);
        for (var i = 0; i < blockSize; i++)
        {
            times[(block * blockSize) + i] = Time(action);
        }
    }
}
