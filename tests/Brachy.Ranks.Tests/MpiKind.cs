using System.Diagnostics;

namespace Brachy.Ranks.Tests;

/// <summary>An MPI that starts programs.</summary>
public enum MpiKind
{
    OpenMpi,
    Mpich,
}

/// <summary>Which of them are installed here, as Debian's packages have them.</summary>
public static class MpiKinds
{
    private static readonly Dictionary<MpiKind, string?> s_launchers = new()
    {
        [MpiKind.OpenMpi] = Find("(Open MPI)", "mpirun.openmpi", "mpirun"),
        [MpiKind.Mpich] = Find("HYDRA", "mpirun.mpich", "mpiexec.hydra", "mpiexec"),
    };

    /// <summary>The rows of tests that want each one that is installed.</summary>
    public static TheoryData<MpiKind> Installed => [.. All];

    private static IEnumerable<MpiKind> All => s_launchers.Where(pair => pair.Value is not null).Select(pair => pair.Key);

    /// <summary>The rows of tests that want each one that is installed with each of some values.</summary>
    public static TheoryData<MpiKind, T> With<T>(params T[] values)
    {
        var rows = new TheoryData<MpiKind, T>();
        foreach (var kind in All)
        {
            foreach (var value in values)
            {
                rows.Add(kind, value);
            }
        }

        return rows;
    }

    /// <summary>The program that starts ranks, or null where it is not installed.</summary>
    public static string? Launcher(MpiKind kind) => s_launchers[kind];

    /// <summary>Why tests with it are skipped, or null.</summary>
    public static string? Missing(MpiKind kind) =>
        Launcher(kind) is not null ? null : $"{kind} is not installed (Debian: {(kind == MpiKind.OpenMpi ? "openmpi-bin" : "mpich")}).";

    private static string? Find(string sign, params string[] programs)
    {
        foreach (var program in programs)
        {
            try
            {
                var start = new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true };
                using var process = Process.Start(start)!;
                var error = process.StandardError.ReadToEndAsync();
                var version = process.StandardOutput.ReadToEnd();
                version += error.Result;
                process.WaitForExit();
                if (version.Contains(sign, StringComparison.Ordinal))
                {
                    return program;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        return null;
    }
}
