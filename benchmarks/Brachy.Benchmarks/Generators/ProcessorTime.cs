using System.Globalization;

namespace Brachy.Benchmarks;

/// <summary>Seconds of processor time, as Linux tells them in /proc.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Of all processes that this one started and that have ended, and of those that they started and waited for.</summary>
    public static double OfChildren() => Fields("self", first: 13);

    /// <summary>Of a process.</summary>
    public static double Of(int process) => Fields(process.ToString(CultureInfo.InvariantCulture), first: 11);

    private static double Fields(string process, int first)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The processor time of a build is read from /proc, which only Linux has.");
        }

        // In user and in system mode; the name before the numbers may have blanks.
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        double Ticks(int i) => long.Parse(fields[i], CultureInfo.InvariantCulture);
        return (Ticks(first) + Ticks(first + 1)) / TicksPerSecond;
    }
}
