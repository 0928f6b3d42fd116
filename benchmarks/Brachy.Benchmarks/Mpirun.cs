using System.ComponentModel;
using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>This program, started several times by <c>mpirun</c>.</summary>
internal static class Mpirun
{
    /// <summary>Why a row is left out where there is none.</summary>
    public const string Missing = "there is no mpirun (Debian: openmpi-bin).";

    /// <summary>What the ranks print, line by line.</summary>
    /// <param name="ranks">How many processes.</param>
    /// <param name="variables">More environment variables.</param>
    /// <param name="arguments">The arguments of this program.</param>
    /// <returns>The lines; null where there is no <c>mpirun</c>.</returns>
    public static string[]? Run(int ranks, (string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("mpirun", ["-n", $"{ranks}", Environment.ProcessPath!, .. arguments])
        {
            RedirectStandardOutput = true,
        };

        // Open MPI gives its ranks a terminal, on which .NET would write a control sequence first.
        (string Name, string Value)[] always =
        [
            ("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
            ("TERM", "dumb"),
        ];
        foreach (var (name, value) in always.Concat(variables))
        {
            start.Environment[name] = value;
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : throw new InvalidOperationException($"mpirun ended with {process.ExitCode}.");
        }
    }
}
