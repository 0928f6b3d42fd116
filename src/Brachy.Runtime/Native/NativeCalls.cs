namespace Brachy.Native;

/// <summary>Counts the calls that compute something in libtorch: eager kernels and runs of compiled functions.</summary>
internal static class NativeCalls
{
    [ThreadStatic]
    private static long s_count;

    /// <summary>Calls made by this thread so far, and by others for it.</summary>
    public static long OfThisThread => s_count;

    public static void Count() => s_count++;

    /// <summary>Adds what another thread did for this one.</summary>
    public static void Add(long calls) => s_count += calls;
}
