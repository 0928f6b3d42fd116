using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy.Tests.Native;

/// <summary>
/// A process of its own for what can happen once per process only. It runs this test assembly as a program: where the
/// command line asks for a probe, the module initializer carries it out and ends the process before Main.
/// </summary>
internal static class ProbeProcess
{
    private const string Flag = "--native-probe";

    // What decides how the libraries are found and used: only what a test sets counts.
    private static readonly string[] s_ownedByProbes =
        [
            "LD_LIBRARY_PATH", NativeRuntime.OneDnnVariable, "GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
            "DOTNET_PROCESSOR_COUNT"
        ];

    public static Process Start(string assembly, IReadOnlyDictionary<string, string> environment, params string[] probe)
    {
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var start = new ProcessStartInfo(host, ["exec", assembly, Flag, .. probe]) { RedirectStandardOutput = true };
        foreach (var name in s_ownedByProbes)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs a probe and returns what it printed.</summary>
    public static string Run(string assembly, IReadOnlyDictionary<string, string> environment, params string[] probe) =>
        Output(Start(assembly, environment, probe));

    public static string Output(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"The probe ended with {process.ExitCode}: {output}");
            return output;
        }
    }

#pragma warning disable CA2255 // It must run before any test and before Main.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize()
    {
        // Installs Brachy's loader, because some tests use TorchSharp before they use Brachy.
        _ = NativeRuntime.State;
        var arguments = Environment.GetCommandLineArgs();
        if (arguments.Length > 2 && arguments[1] == Flag)
        {
            try
            {
                Probes.Run(arguments[2..]);
            }
            catch (NativeLibraryException failure)
            {
                Console.WriteLine($"{nameof(NativeLibraryException)}: {failure.Message}");
            }

            Console.WriteLine(NativeRuntime.State);
            Environment.Exit(0);
        }
    }
}
