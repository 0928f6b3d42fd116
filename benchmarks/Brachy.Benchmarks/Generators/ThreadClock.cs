using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brachy.Benchmarks;

/// <summary>The processor time of the calling thread, which other programs on the machine do not change much.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Milliseconds; those of the whole process where the system does not tell of threads.</summary>
    public static double Milliseconds()
    {
        if (OperatingSystem.IsLinux() && GetTime(ThreadCpuTime, out var time) == 0)
        {
            return (time.Seconds * 1e3) + (time.Nanoseconds / 1e6);
        }

        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalMilliseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
