using System.Runtime.InteropServices;

namespace Brachy.Compilation;

/// <summary>Memory in pages of 2 MB, of which the processor remembers more than of those of 4 KB.</summary>
internal static unsafe class LargePages
{
    private const nint PageSize = 2 << 20;
    private const int Advice = 14;

    private static readonly nint s_advise = OperatingSystem.IsLinux()
        && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "madvise", out var address) ? address : 0;

    /// <summary>Asks for them for memory that nothing was written to; what does not help does no harm.</summary>
    public static void Prefer(byte* start, nint length)
    {
        var first = ((nint)start + PageSize - 1) / PageSize * PageSize;
        var size = ((nint)start + length - first) / PageSize * PageSize;
        if (s_advise != 0 && size > 0)
        {
            _ = ((delegate* unmanaged[Cdecl]<nint, nint, int, int>)s_advise)(first, size, Advice);
        }
    }
}
