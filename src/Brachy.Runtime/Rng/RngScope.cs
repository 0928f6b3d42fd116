namespace Brachy;

/// <summary>The ambient origin of random numbers on a thread; see <see cref="Rng.Scope(long)"/>.</summary>
public sealed class RngScope : IDisposable
{
    [ThreadStatic]
    private static RngScope? s_current;

    private readonly RngScope? _outer;
    private readonly RngKey _key;
    private readonly Trace? _trace;
    private long _drawn;
    private bool _disposed;

    internal RngScope(RngKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _outer = s_current;
        _key = key;
        _trace = SymbolicTrace;
        s_current = this;
    }

    /// <summary>Whether this thread has a scope.</summary>
    public static bool IsOpen => s_current is not null;

    // A tape computes as it records, so its keys are concrete.
    private static Trace? SymbolicTrace => Trace.Current is { IsSymbolic: true } trace ? trace : null;

    /// <summary>Ends the scope; the one around it counts again.</summary>
    /// <exception cref="InvalidOperationException">A scope opened later is still open, or this is another thread.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (!ReferenceEquals(s_current, this))
        {
            throw new InvalidOperationException("Rng scopes must end in the reverse order of their beginning, on the thread that began them.");
        }

        _disposed = true;
        s_current = _outer;
    }

    internal static RngKey NextKey()
    {
        var scope = s_current ?? throw new InvalidOperationException(
            "There is no ambient random key on this thread. Open one with 'using (Rng.Scope(seed))', or pass a key.");
        if (!ReferenceEquals(scope._trace, SymbolicTrace))
        {
            var traced = SymbolicTrace?.Description ?? "the function";
            throw new InvalidOperationException(
                $"The ambient random key was set outside {traced}, which is being traced: compiled code would draw the same numbers at every call. " +
                "Pass a key as an argument and open 'using (Rng.Scope(key))' inside.");
        }

        // Negative numbers, so that no key of Rng.Split or of a counted FoldIn is drawn again.
        return Rng.FoldIn(scope._key, --scope._drawn);
    }
}
