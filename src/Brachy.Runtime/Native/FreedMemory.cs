using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>
/// Memory that native code has freed and the C library keeps. glibc gives each thread a heap of its own: what a thread has used once stays
/// with the process when it ends, so that the first runs of a training step, on a thread of their own, would add their peak
/// to that of all later ones.
/// </summary>
internal readonly unsafe struct FreedMemory
{
    // Giving back goes through all heaps, so that only much memory is worth it.
    private const long Much = 64L << 20;

    private static readonly delegate* unmanaged<nuint, int> s_trim = Find();

    private readonly long _before;

    private FreedMemory(long before) => _before = before;

    /// <summary>The memory of the process now.</summary>
    public static FreedMemory Mark() => new(Environment.WorkingSet);

    /// <summary>
    /// Gives free memory of all heaps back to the system, if there is much more since the mark; nothing where the C
    /// library has no call for it.
    /// </summary>
    public void GiveBackIfGrown()
    {
        if (s_trim is not null && Environment.WorkingSet - _before > Much)
        {
            _ = s_trim(0);
        }
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out var trim)
            ? (delegate* unmanaged<nuint, int>)trim
            : null;
}
