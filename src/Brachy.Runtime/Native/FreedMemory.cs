using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>
/// Memory that native code has freed and the C library keeps. glibc gives each thread a heap of its own: what a thread has used once stays with the
/// process when it ends, so that the first runs of a training step, on a thread of their own, would add their peak to that of all later ones.
/// </summary>
internal static unsafe class FreedMemory
{
    private static readonly delegate* unmanaged<nuint, int> s_trim = Find();

    /// <summary>Gives free memory of all heaps back to the system; nothing where the C library has no call for it.</summary>
    public static void GiveBack()
    {
        if (s_trim is not null)
        {
            _ = s_trim(0);
        }
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out var trim)
            ? (delegate* unmanaged<nuint, int>)trim
            : null;
}
