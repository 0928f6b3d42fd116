using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Brachy.Ranks;

namespace Brachy.Benchmarks;

/// <summary>How fast two ranks on this machine add what each has: this program, started by <c>mpirun</c>.</summary>
internal static unsafe class AllReduceSpeed
{
    /// <summary>The first argument of such a process.</summary>
    public const string Command = "all-reduce";

    // One number, the gradients of a small layer, those of ResNet-18.
    private static readonly int[] s_counts = [1, 100_000, 11_250_000];

    /// <summary>Measures as one of the ranks; the first prints the microseconds of each size.</summary>
    public static int Run()
    {
        var world = Communicator.World;
        var (count, each) = (s_counts[^1], s_counts[^1] / Rank.Count);
        foreach (var few in s_counts)
        {
            Time(few, memory => world.AllReduce(memory, few, DType.Float32, ReduceOp.Sum));
        }

        Time(2 * count, memory => world.ReduceScatter(memory, memory + (nint)(count * sizeof(float)), each, DType.Float32, ReduceOp.Sum));
        Time(2 * count, memory => world.AllGather(memory + (nint)(count * sizeof(float)), memory, each * (long)sizeof(float)));
        return 0;
    }

    private static void Time(int count, Action<nint> exchange)
    {
        var memory = (nint)NativeMemory.AllocZeroed((nuint)count, sizeof(float));
        var runs = Math.Clamp(20_000_000 / (count + 100), 9, 20_000);
        var times = new double[runs];
        for (var run = -(runs / 10) - 1; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            exchange(memory);
            times[Math.Max(run, 0)] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        if (Rank.IsFirst)
        {
            Console.WriteLine(Interleaved.Median(times).ToString(CultureInfo.InvariantCulture));
        }

        NativeMemory.Free((void*)memory);
    }

    /// <returns>Gigabytes of gradients a second; nothing where there is no <c>mpirun</c>.</returns>
    public static IEnumerable<Measurement> Measure(string id)
    {
        if (Mpirun.Run(2, [], Command) is not { } lines)
        {
            Console.Error.WriteLine($"{id} is left out: {Mpirun.Missing}");
            return [];
        }

        var times = Array.ConvertAll(lines, line => double.Parse(line, CultureInfo.InvariantCulture));
        return
        [
            Measurement.Reported(
                id, s_counts[2] * sizeof(float) / times[2] / 1000, FormattableString.Invariant(
                    $"2 ranks: one number {times[0]:F1} µs, 400 kB {times[1]:F0} µs, 45 MB {times[2] / 1000:F0} ms; ")
                    + FormattableString.Invariant($"reduce-scatter {times[3] / 1000:F0} ms, all-gather {times[4] / 1000:F0} ms")),
        ];
    }
}
