using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>Variables of the C environment that libtorch and libgomp read when they are loaded.</summary>
internal static partial class LoadEnvironment
{
    /// <summary>
    /// libtorch asks for pages of 2 MB for tensors of 2 MB and more: the system clears and maps 4 KB at a time otherwise, which took a
    /// third of a training step of ResNet-18.
    /// </summary>
    public const string LargePagesVariable = "THP_MEM_ALLOC_ENABLE";

    /// <summary>What to set before libtorch is loaded.</summary>
    /// <param name="given">Reads a variable that the user may have set.</param>
    /// <param name="processors">See <see cref="ThreadSettings.Choose"/>; so is <paramref name="threads"/>.</param>
    /// <param name="threads">How many threads OpenMP would use.</param>
    public static IReadOnlyList<(string Name, string Value)> Choose(Func<string, string?> given, int processors, int threads) =>
    [
        .. ThreadSettings.Choose(given, processors, threads),
        .. string.IsNullOrEmpty(given(LargePagesVariable)) ? [(LargePagesVariable, "1")] : Array.Empty<(string, string)>(),
    ];

    /// <summary>Sets it, unless libtorch is in memory already. 64-bit x86 Linux only.</summary>
    public static void Set()
    {
        try
        {
            SetWhatIsFree();
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without /proc, or with another C library. Programs must start there too.
            NativeRuntime.Log("threads", $"wait as OpenMP has it, because its variables could not be set: {failure.Message}");
        }
    }

    private static void SetWhatIsFree()
    {
        if (File.ReadLines("/proc/self/maps").Any(line => line.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal)))
        {
            NativeRuntime.Log("threads", "TorchSharp loaded libtorch before Brachy could choose how long threads spin; "
                + $"set {ThreadSettings.SpinVariable}={ThreadSettings.Spins} and {LargePagesVariable}=1 in the environment where other "
                + "programs use the cores, or let the program touch Brachy first");
            return;
        }

        var settings = Choose(Environment.GetEnvironmentVariable, Environment.ProcessorCount, ThreadSettings.AllowedProcessors());
        foreach (var (name, value) in settings)
        {
            // Native code does not see what is set in .NET's copy of the environment. What is overwritten is empty.
            if (SetVariable(name, value, overwrite: 1) == 0)
            {
                NativeRuntime.Log(name == LargePagesVariable ? "memory" : "threads", name switch
                {
                    ThreadSettings.SpinVariable => $"spin for {value} rounds when they wait ({name})",
                    LargePagesVariable => $"large pages for large tensors ({name})",
                    _ => $"{value}, as many as .NET may use ({name})",
                });
            }
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
