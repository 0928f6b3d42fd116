namespace Brachy.Telemetry;

/// <summary>The bytes of native memory that live tensors own; a view's belong to what it views.</summary>
internal static class LiveMemory
{
    private static long s_bytes;

    public static long Bytes => Interlocked.Read(ref s_bytes);

    /// <summary>Memory begins to live. The garbage collector, which sees only the small objects, is told too.</summary>
    public static void Add(long bytes)
    {
        Interlocked.Add(ref s_bytes, bytes);
        GC.AddMemoryPressure(bytes);
    }

    /// <summary>Memory is gone.</summary>
    public static void Remove(long bytes)
    {
        Interlocked.Add(ref s_bytes, -bytes);
        GC.RemoveMemoryPressure(bytes);
    }
}
