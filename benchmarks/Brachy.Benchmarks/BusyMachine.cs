using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>How much longer a step takes where other programs use the cores: beside four processes that only compute.</summary>
internal static class BusyMachine
{
    /// <summary>The first argument of such a process.</summary>
    public const string Command = "busy";

    private const int Processes = 4;

    /// <summary>Computes until it is stopped, or the process that started it has ended, which closes its input.</summary>
    public static int Run()
    {
        var parent = Task.Run(Console.In.ReadToEnd);
        while (!parent.IsCompleted)
        {
            Thread.SpinWait(1 << 20);
        }

        return 0;
    }

    /// <returns>The median time of a step beside busy processes divided by that without.</returns>
    public static Measurement Slowdown(string id, Action step, int steps, double bound)
    {
        for (var i = 0; i < 3; i++)
        {
            step();
        }

        var quiet = Median(step, steps);
        var others = Enumerable.Range(0, Processes)
            .Select(_ => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Command]) { RedirectStandardInput = true })!)
            .ToArray();
        try
        {
            // Until they have started and their code is compiled.
            Thread.Sleep(1000);
            var busy = Median(step, steps);
            return Measurement.Under(
                id, busy / quiet, bound, FormattableString.Invariant(
                    $"{quiet:F0} ms, beside {Processes} busy processes on {Environment.ProcessorCount} cores {busy:F0} ms"));
        }
        finally
        {
            foreach (var other in others)
            {
                other.Kill();
                other.Dispose();
            }
        }
    }

    private static double Median(Action step, int steps) =>
        Interleaved.Median([.. Enumerable.Range(0, steps).Select(_ => Interleaved.Time(step))]);
}
