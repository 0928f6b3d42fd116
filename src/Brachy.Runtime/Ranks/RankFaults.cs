using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>What happens to all ranks when this one's program ends: by an exception, by an exit code, or as it should.</summary>
internal static unsafe class RankFaults
{
    /// <summary>Watches over the end of this process.</summary>
    public static void Watch(MpiCommunicator communicator)
    {
        var rank = $"rank {communicator.Index} of {communicator.Count}";
        AppDomain.CurrentDomain.UnhandledException += (_, happened) =>
        {
            Say($"{rank} failed: {happened.ExceptionObject}");
            communicator.Abort(1);
        };
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Environment.ExitCode is var code and not 0)
            {
                Say($"{rank} ended with exit code {code}");
                communicator.Abort(code);
            }

            try
            {
                communicator.Finish();
            }
            catch (RankException failure)
            {
                Say($"{rank} failed: {failure.Message}");
                communicator.Abort(1);
            }
        };
    }

    /// <summary>Writes a message to standard error, all at once.</summary>
    public static void Say(string message)
    {
        Console.Out.Flush();
        Console.Error.Write(message + Environment.NewLine);
        Console.Error.Flush();
    }

    /// <summary>Ends this process at once, without what .NET does at the end.</summary>
    public static void Leave(int exitCode)
    {
        if (!OperatingSystem.IsWindows()
            && NativeLibrary.TryLoad(OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6", out var system)
            && NativeLibrary.TryGetExport(system, "_exit", out var exit))
        {
            ((delegate* unmanaged<int, void>)exit)(exitCode);
        }

        using var process = Process.GetCurrentProcess();
        process.Kill();
    }
}
