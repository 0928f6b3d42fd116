using System.Runtime.CompilerServices;

namespace Brachy.Compilation;

/// <summary>Rows that threads share.</summary>
internal static unsafe class TeamStep
{
    // What a part reads and writes should have room in the cache next to a core, and be enough to be worth its call.
    private const long BytesOfPart = 1 << 17;

    // Waking a thread takes as long as reading that.
    private const long FewestBytes = 1 << 18;

    private static readonly AsyncLocal<long?> s_bytes = new();

    /// <summary>Into how many parts rows are cut; what is done for them does not depend on that.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="bytes">How much is read and written for all.</param>
    public static int PartsOf(int rows, long bytes) =>
        bytes < (s_bytes.Value ?? FewestBytes) ? 1 : (int)Math.Clamp(bytes / (s_bytes.Value ?? BytesOfPart), 1, rows);

    /// <summary>Cuts the rows of what is compiled into parts of another size, for tests of small values.</summary>
    /// <param name="bytes">How much is read and written for a part.</param>
    public static IDisposable CutInto(long bytes)
    {
        var scope = new Scope(s_bytes.Value);
        s_bytes.Value = bytes;
        return scope;
    }

    /// <summary>A step that does all rows, as many at a time as there are threads.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="bytes">How much is read and written for all.</param>
    /// <param name="run">Does some of them.</param>
    public static VectorStep Of(int rows, long bytes, RowFunction run)
    {
        var parts = PartsOf(rows, bytes);
        if (parts == 1)
        {
            return memory => run(memory, 0, rows);
        }

        return memory =>
        {
            // The threads read it where it lies in this frame.
            var function = run;
            ThreadTeam.Run(parts, new Work(Unsafe.AsPointer(ref function), memory, rows, parts));
            GC.KeepAlive(function);
        };
    }

    /// <summary>The rows of a part.</summary>
    public static (int First, int Rows) RowsOf(int part, int parts, int rows)
    {
        var first = (int)((long)rows * part / parts);
        return (first, (int)((long)rows * (part + 1) / parts) - first);
    }

    private sealed class Scope(long? before) : IDisposable
    {
        public void Dispose() => s_bytes.Value = before;
    }

    private readonly struct Work(void* function, nint* memory, int rows, int parts) : ITeamWork
    {
        public void Run(int part, int member)
        {
            var (first, count) = RowsOf(part, parts, rows);
            Unsafe.AsRef<RowFunction>(function)(memory, first, count);
        }
    }
}
