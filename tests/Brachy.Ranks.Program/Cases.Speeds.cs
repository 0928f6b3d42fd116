using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Brachy.Ranks.Program;

/// <summary>How long collectives take; the first rank prints a line for each size: bytes and microseconds.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> Speeds => new()
    {
        ["speed"] = arguments => Speed(
            arguments, (memory, count) => Communicator.World.AllReduce(memory, count, DType.Float32, ReduceOp.Sum)),
        ["speed-of-mpi"] = SpeedOfMpi,
    };

    /// <summary>The same by MPI's own call that waits.</summary>
    private static unsafe void SpeedOfMpi(string[] arguments)
    {
        Rank.Barrier();
        var library = MpiLibrary.Load(Launcher.Find(Environment.GetEnvironmentVariable), null);
        var handles = library.Handles();
        var address = NativeLibrary.GetExport(library.Handle, "MPI_Allreduce");
        var function = (delegate* unmanaged<nint, nint, int, nint, nint, nint, int>)address;
        Speed(
            arguments,
            (memory, count) => Require(
                function(handles.InPlace, memory, (int)count, handles.Float32, handles.Sum, handles.World) == 0, "MPI_Allreduce"));
    }

    private static unsafe void Speed(string[] arguments, Action<nint, long> reduce)
    {
        foreach (var argument in arguments)
        {
            var count = long.Parse(argument, CultureInfo.InvariantCulture);
            var memory = (nint)NativeMemory.AllocZeroed((nuint)count, sizeof(float));
            var runs = (int)Math.Clamp(20_000_000 / (count + 100), 5, 20_000);
            var times = new List<double>();
            for (var run = 0; run < runs + (runs / 10) + 1; run++)
            {
                var start = Stopwatch.GetTimestamp();
                reduce(memory, count);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            times.RemoveRange(0, (runs / 10) + 1);
            times.Sort();
            if (Rank.IsFirst)
            {
                Console.WriteLine(FormattableString.Invariant(
                    $"{count * sizeof(float)} {times[times.Count / 2]:F2} {times[0]:F2} {times.Average():F2}"));
            }

            NativeMemory.Free((void*)memory);
        }
    }
}
