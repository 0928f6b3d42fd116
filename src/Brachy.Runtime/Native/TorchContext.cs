using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>
/// Switches of libtorch that TorchSharp does not offer: exported functions of its main library, called through their addresses.
/// </summary>
internal static unsafe class TorchContext
{
    private static readonly Lazy<nint> s_library = new(FindLibrary);

    /// <summary>Lets libtorch choose oneDNN's kernels, or not.</summary>
    /// <returns>False if this libtorch has no such switch.</returns>
    public static bool TrySetOneDnn(bool isOn) =>
        TrySet("_ZN2at7Context20setUserEnabledMkldnnEb", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z", isOn);

    /// <summary>Lets libtorch choose NNPACK's kernels, or not.</summary>
    /// <inheritdoc cref="TrySetOneDnn" path="/returns"/>
    public static bool TrySetNnpack(bool isOn) =>
        TrySet("_ZN2at7Context20setUserEnabledNNPACKEb", "?setUserEnabledNNPACK@Context@at@@QEAAX_N@Z", isOn);

    /// <summary>Whether libtorch may choose oneDNN's kernels, or null if it does not say.</summary>
    public static bool? IsOneDnnOn => TryGet("_ZNK2at7Context17userEnabledMkldnnEv", "?userEnabledMkldnn@Context@at@@QEBA_NXZ");

    /// <summary>Whether libtorch may choose NNPACK's kernels, or null if it does not say.</summary>
    public static bool? IsNnpackOn => TryGet("_ZNK2at7Context17userEnabledNNPACKEv", "?userEnabledNNPACK@Context@at@@QEBA_NXZ");

    /// <summary>
    /// Whether NNPACK works on this processor. libtorch asks the same at the first convolution, and prints a line when it does not.
    /// Null where libtorch has no NNPACK.
    /// </summary>
    public static bool? CanUseNnpack() =>
        TryFind("nnp_initialize", out var initialize) ? ((delegate* unmanaged[Cdecl]<int>)initialize)() == 0 : null;

    /// <summary>The address of an exported function.</summary>
    public static bool TryFind(string name, out nint function)
    {
        function = 0;
        return s_library.Value != 0 && NativeLibrary.TryGetExport(s_library.Value, name, out function);
    }

    private static bool TrySet(string name, string nameOnWindows, bool isOn)
    {
        if (!TryFindContext(out var context) || !TryFind(OperatingSystem.IsWindows() ? nameOnWindows : name, out var setter))
        {
            return false;
        }

        ((delegate* unmanaged[Cdecl]<nint, byte, void>)setter)(context, isOn ? (byte)1 : (byte)0);
        return true;
    }

    private static bool? TryGet(string name, string nameOnWindows) =>
        TryFindContext(out var context) && TryFind(OperatingSystem.IsWindows() ? nameOnWindows : name, out var getter)
            ? ((delegate* unmanaged[Cdecl]<nint, byte>)getter)(context) != 0
            : null;

    private static bool TryFindContext(out nint context)
    {
        var found = TryFind(
            OperatingSystem.IsWindows() ? "?globalContext@at@@YAAEAVContext@1@XZ" : "_ZN2at13globalContextEv", out var global);
        context = found ? ((delegate* unmanaged[Cdecl]<nint>)global)() : 0;
        return found;
    }

    /// <summary>The handle of the library, which is in memory already; 0 if it cannot be found.</summary>
    private static nint FindLibrary()
    {
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libtorch_cpu.so", out var loaded))
        {
            return loaded;
        }

        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            using (module)
            {
                if (Path.GetFileNameWithoutExtension(module.FileName) is "torch_cpu" or "libtorch_cpu"
                    && NativeLibrary.TryLoad(module.FileName, out loaded))
                {
                    return loaded;
                }
            }
        }

        return 0;
    }
}
