namespace Brachy.Native;

/// <summary>Counts the calls that compute something in libtorch: eager kernels and runs of compiled functions.</summary>
internal static class NativeCalls
{
    [ThreadStatic]
    private static long s_count;

    /// <summary>Calls made by this thread so far.</summary>
    public static long OfThisThread => s_count;

    public static void Count() => s_count++;
}
