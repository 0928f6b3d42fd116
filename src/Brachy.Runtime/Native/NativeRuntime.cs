using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Brachy.Telemetry;
using TorchSharp;

namespace Brachy.Native;

/// <summary>
/// The native libraries of this process. Makes TorchSharp's load on Linux systems whose C++ library is older than the one it was built with
/// (takes part only after the runtime's own search has failed), and fits libtorch to the machine: which kernels can be trusted on this
/// processor, and how many threads there are to be and how they wait.
/// </summary>
public static class NativeRuntime
{
    /// <summary>
    /// In the environment, <c>0</c> keeps libtorch from using oneDNN, and <c>1</c> lets it, whatever the processor says and without trying
    /// known convolutions first. Otherwise oneDNN is used unless the processor hides its caches or a known convolution comes out wrong.
    /// </summary>
    public const string OneDnnVariable = "BRACHY_ONEDNN";

    internal const string LibTorchSharp = "LibTorchSharp";

    private static readonly Lock s_gate = new();
    private static readonly Lock s_setupGate = new();
    private static readonly List<NativeEvent> s_events = [];
    private static volatile NativeRuntimeState s_state = new NativeRuntimeState.Untouched();
    private static volatile bool s_loaded;
    private static nint s_handle;

    /// <summary>What was done so far.</summary>
    internal static NativeRuntimeState State => s_state;

    /// <summary>What was decided so far about the native libraries, oldest first: for logs and reports.</summary>
    public static IReadOnlyList<NativeEvent> Events
    {
        get
        {
            lock (s_events)
            {
                return [.. s_events];
            }
        }
    }

    /// <summary>Raised for each new one of <see cref="Events"/>, on the thread that decides.</summary>
    public static event Action<NativeEvent>? Decided;

    /// <summary>
    /// The machine as libtorch sees it, in a few lines for logs and reports of faults: processor, caches, kernels in use, threads, and what
    /// was decided. Loads the libraries.
    /// </summary>
    /// <exception cref="NativeLibraryException">The libraries cannot be loaded.</exception>
    public static string Describe()
    {
        EnsureLoaded();
        return MachineDescription.Write();
    }

    /// <summary>
    /// Loads the native libraries now. Call it before TorchSharp's first use: TorchSharp hides the cause of a failed
    /// load behind a message of its own, and copies all of libtorch beside the application before it gives up.
    /// </summary>
    /// <exception cref="NativeLibraryException">The libraries cannot be loaded.</exception>
    public static void EnsureLoaded()
    {
        if (s_loaded)
        {
            return;
        }

        if (IsSupported)
        {
            // A NativeAOT program raises the event for calls only, not for this.
            var assembly = typeof(NativeRuntime).Assembly;
            if (!NativeLibrary.TryLoad(LibTorchSharp, assembly, searchPath: null, out _))
            {
                Resolve(assembly, LibTorchSharp);
            }
        }
        else
        {
            torch.TryInitializeDeviceType(DeviceType.CPU);
        }

        // No call of a class of TorchSharp in here: another thread may be initialising it, and wait for Resolve.
        lock (s_setupGate)
        {
            if (!s_loaded)
            {
                FitToMachine();
                Instruments.Publish();
                s_loaded = true;
            }
        }
    }

    internal static void Log(string subject, string message)
    {
        var happened = new NativeEvent(subject, message);
        lock (s_events)
        {
            s_events.Add(happened);
        }

        Decided?.Invoke(happened);
    }

    private static void FitToMachine()
    {
        OneDnn.OfProcess.Configure();
        Nnpack.Configure();
        ThreadSettings.LimitCount();
        ReusedMemory.Configure();
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
        LoadEnvironment.Set();
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

        lock (s_gate)
        {
            if (s_handle == 0)
            {
                try
                {
                    (s_handle, s_state) = new LibTorchSharpLoader(NativeFolders.OfApplication, CacheFolders.OfUser).Load();
                }
                catch (NativeLibraryException failure)
                {
                    s_state = new NativeRuntimeState.Failed(failure.Message);
                    throw;
                }
            }

            return s_handle;
        }
    }
}
