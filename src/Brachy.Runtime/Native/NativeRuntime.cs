using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Brachy.Native;

/// <summary>
/// Makes TorchSharp's native library load on Linux systems whose C++ library is older than the one it was built with.
/// Takes part only after the runtime's own search has failed.
/// </summary>
internal static class NativeRuntime
{
    public const string LibTorchSharp = "LibTorchSharp";

    private static readonly Lock Gate = new();
    private static volatile NativeRuntimeState state = new NativeRuntimeState.Untouched();
    private static volatile bool loaded;
    private static nint handle;

    /// <summary>What was done so far.</summary>
    public static NativeRuntimeState State => state;

    /// <summary>
    /// Loads the native libraries now. Call it before TorchSharp's first use: TorchSharp hides the cause of a failed
    /// load behind a message of its own, and copies all of libtorch beside the application before it gives up.
    /// </summary>
    /// <exception cref="NativeLibraryException">The libraries cannot be loaded.</exception>
    public static void EnsureLoaded()
    {
        if (loaded || !IsSupported)
        {
            return;
        }

        // A NativeAOT program raises the event for calls only, not for this.
        var assembly = typeof(NativeRuntime).Assembly;
        if (!NativeLibrary.TryLoad(LibTorchSharp, assembly, searchPath: null, out _))
        {
            Resolve(assembly, LibTorchSharp);
        }

        loaded = true;
    }

    // TorchSharp has no libraries for other Linux architectures, and other systems bring no C++ library of their own.
    private static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

#pragma warning disable CA2255 // It must run before TorchSharp's first use, and no call of the user's comes before that.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Install()
    {
        if (!IsSupported)
        {
            return;
        }

        AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            LoadAtStart();
        }
    }

    /// <summary>
    /// For NativeAOT, where TorchSharp's own way of loading does not raise the event: it finds the library by name once it is loaded.
    /// </summary>
    private static void LoadAtStart()
    {
        try
        {
            EnsureLoaded();
        }
        catch (NativeLibraryException)
        {
            // A program may start without the libraries. The state keeps the reason, and the next call throws it.
        }
    }

    private static nint Resolve(Assembly assembly, string name)
    {
        if (name != LibTorchSharp)
        {
            return 0;
        }

        lock (Gate)
        {
            if (handle == 0)
            {
                try
                {
                    (handle, state) = new LibTorchSharpLoader(NativeFolders.OfApplication, CacheFolders.OfUser).Load();
                }
                catch (NativeLibraryException failure)
                {
                    state = new NativeRuntimeState.Failed(failure.Message);
                    throw;
                }
            }

            return handle;
        }
    }
}
