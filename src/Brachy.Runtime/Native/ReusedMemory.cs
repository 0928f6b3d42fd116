using System.Collections;
using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>
/// Lets glibc keep memory that libtorch frees for the next call. By its defaults it gives the top of the heap, and each large tensor, back
/// to the system, which must clear the pages again for the next step: an LSTM's training step of 130 ms spent 11 ms so (4,100 page faults),
/// one of ResNet-18 on 32 images almost half of its time (280,000).
/// </summary>
internal static unsafe class ReusedMemory
{
    // From malloc.h.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    // Larger tensors are mapped each time. Before 2.35 glibc allows no more than the second.
    private const int LargestFromHeap = 128 << 20;
    private const int LargestFromOldHeap = 32 << 20;
    private const int MostKept = 512 << 20;

    // Of the memory that the process may have.
    private const int KeptShare = 16;

    private static readonly string[] s_tunables =
        ["glibc.malloc.trim_threshold", "glibc.malloc.mmap_threshold", "glibc.malloc.top_pad"];

    /// <summary>Sets it, unless the user has set something.</summary>
    public static void Configure()
    {
        if (OperatingSystem.IsLinux() && !IsSetBy(Environment.GetEnvironmentVariables())
            && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallopt", out var address))
        {
            var set = (delegate* unmanaged<int, int, int>)address;
            _ = set(MapThreshold, LargestFromHeap) != 0 ? 0 : set(MapThreshold, LargestFromOldHeap);
            _ = set(TrimThreshold, (int)Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / KeptShare, MostKept));
        }
    }

    /// <summary>Whether an environment says when glibc gives memory back.</summary>
    public static bool IsSetBy(IDictionary environment) => environment.Keys.Cast<string>().Any(name =>
        name is "MALLOC_TRIM_THRESHOLD_" or "MALLOC_MMAP_THRESHOLD_" or "MALLOC_TOP_PAD_"
        || (name == "GLIBC_TUNABLES" && environment[name] is string tunables && s_tunables.Any(tunables.Contains)));
}
