using System.Diagnostics;
using System.Globalization;

namespace Brachy.Benchmarks;

/// <summary>The largest resident set of a workload, in a process of its own: this program, started with the workload's name.</summary>
internal static class PeakMemory
{
    /// <summary>The first argument of such a process.</summary>
    public const string Command = "peak-memory-of";

    private static readonly Dictionary<string, Action> s_workloads = new()
    {
        ["resnet18.jitted"] = () => Repeat(ResNetSteps.Jitted()),
        ["resnet18.eager"] = () => Repeat(ResNetSteps.Eager()),
        ["lm.jitted"] = () => Repeat(LanguageModelSteps.Jitted()),
        ["lm.jitted.row"] = () => Repeat(LanguageModelSteps.Jitted(batch: 1)),
        ["lm.rematerialized"] = () => Repeat(LanguageModelSteps.Jitted(isRematerialized: true)),
        ["lm.rematerialized.row"] = () => Repeat(LanguageModelSteps.Jitted(isRematerialized: true, batch: 1)),
        ["lm.eager"] = () => Repeat(LanguageModelSteps.Eager()),

        // Without what TorchSharp leaves to the finalizer.
        ["resnet18.eager.collected"] = () => Repeat(ResNetSteps.Eager() + Collect),
        ["lm.eager.collected"] = () => Repeat(LanguageModelSteps.Eager() + Collect),
    };

    /// <summary>Runs a workload here and prints the peak in kilobytes.</summary>
    public static int Run(string workload)
    {
        s_workloads[workload]();
        Console.WriteLine(PeakOfThisProcess());
        return 0;
    }

    /// <returns>The peak of the jitted workload divided by that of the eager one.</returns>
    public static Measurement Ratio(string id, string model, double bound)
    {
        var (jitted, eager) = (Start($"{model}.jitted"), Start($"{model}.eager"));
        return Measurement.Under(
            id, jitted / eager, bound, FormattableString.Invariant($"jitted {jitted / 1024:F0} MB, TorchSharp {eager / 1024:F0} MB"));
    }

    /// <summary>
    /// What a batch takes when the insides of blocks are computed again, divided by what it takes when they are kept: each the peak beyond
    /// that of one row, which has the same params and code. The C library gives freed memory back here: otherwise the 512 MB that Brachy
    /// lets stay are a part of both.
    /// </summary>
    public static Measurement Activations(string id, double bound)
    {
        const bool GivesBack = true;
        var (again, againRow) = (Start("lm.rematerialized", GivesBack), Start("lm.rematerialized.row", GivesBack));
        var (kept, keptRow) = (Start("lm.jitted", GivesBack), Start("lm.jitted.row", GivesBack));
        return Measurement.AtMost(
            id, (again - againRow) / (kept - keptRow), bound, FormattableString.Invariant(
                $"kept {(kept - keptRow) / 1024:F0} MB beyond {keptRow / 1024:F0}, computed again {(again - againRow) / 1024:F0} MB"));
    }

    private static double Start(string workload, bool givesMemoryBack = false)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (givesMemoryBack)
        {
            start.Environment["MALLOC_MMAP_THRESHOLD_"] = "65536";
        }

        start.ArgumentList.Add(Command);
        start.ArgumentList.Add(workload);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output.Trim(), CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{workload} ended with {process.ExitCode}.");
    }

    private static long PeakOfThisProcess()
    {
        // The runtime's own figure is that of the moment on Linux.
        var line = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    // TorchSharp's optimizers leave each step's gradients to the finalizer, so that the eager side grows for about 30 steps.
    private static void Repeat(Action step)
    {
        for (var i = 0; i < 40; i++)
        {
            step();
        }
    }
}
