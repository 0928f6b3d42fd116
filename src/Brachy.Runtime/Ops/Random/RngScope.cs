namespace Brachy;

/// <summary>
/// The ambient origin of random numbers on a thread; see <see cref="Rng.Scope(long)"/>. It belongs to one thread: it should not contain an
/// <c>await</c> or <c>yield</c>.
/// </summary>
public sealed class RngScope : IDisposable, IThreadScope<RngScope>
{
    [ThreadStatic]
    private static RngScope? s_first;

    private readonly RngScope? _outer;
    private readonly RngKey _key;
    private readonly Trace? _trace;
    private long _drawn;
    private volatile bool _isClosed;

    internal RngScope(RngKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _outer = Current;
        _key = key;
        _trace = SymbolicTrace;
        s_first = this;
    }

    /// <summary>Whether this thread has a scope.</summary>
    public static bool IsOpen => Current is not null;

    RngScope? IThreadScope<RngScope>.Outer => _outer;

    bool IThreadScope<RngScope>.IsClosed => _isClosed;

    private static RngScope? Current => ThreadScopes.Innermost(ref s_first);

    // A tape computes as it records, so its keys are concrete.
    private static Trace? SymbolicTrace => Symbolic(Trace.Current);

    /// <summary>
    /// Ends the scope; the one around it counts again. On another thread than it began on (after an <c>await</c>), it ends for its own.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A scope opened later on this thread is still open; this one is closed all the same.
    /// </exception>
    public void Dispose()
    {
        var isTooEarly = !_isClosed && !ReferenceEquals(Current, this) && ThreadScopes.Contains(s_first, this);

        // Closed all the same: after an await, the later scope may be that of unrelated work, and nobody would dispose this one again.
        _isClosed = true;
        if (isTooEarly)
        {
            throw new InvalidOperationException(
                "Rng scopes must end in the reverse order of their beginning: one that was opened later on this thread is still open. A "
                + "scope should not contain an await.");
        }
    }

    /// <summary>Remembers how many keys this thread's scope has given.</summary>
    /// <returns>Gives them again when it is called.</returns>
    internal static Action Mark()
    {
        var scope = Current;
        var drawn = scope?._drawn ?? 0;
        return () => scope?._drawn = drawn;
    }

    internal static RngKey NextKey()
    {
        var scope = Current ?? throw new InvalidOperationException(
            "There is no ambient random key on this thread. Open one with 'using (Rng.Scope(seed))', or pass a key.");
        var trace = SymbolicTrace;
        while (!ReferenceEquals(scope._trace, trace) && trace is { IsSample: true })
        {
            // A function of one sample may draw from a key around it: Vmap says what each sample is given.
            trace = Symbolic(trace.Outer);
        }

        if (!ReferenceEquals(scope._trace, trace))
        {
            var traced = trace?.Description ?? "the function";
            throw new InvalidOperationException(trace is { IsBody: true }
                ? $"The ambient random key was set outside {traced}, which is traced once for all steps: each would draw the same "
                + "numbers. Put a key in the state or in xs (for example Rng.FoldIn(key, i) of the step's number), and draw with it: "
                + "pass it on, or open 'using (Rng.Scope(key))' in the step."
                : $"The ambient random key was set outside {traced}, which is being traced: compiled code would draw the same numbers at "
                + "every call. " +
                "Pass a key as an argument and open 'using (Rng.Scope(key))' inside.");
        }

        // Negative numbers, so that no key of Rng.Split or of a counted FoldIn is drawn again.
        return Rng.FoldIn(scope._key, --scope._drawn);
    }

    private static Trace? Symbolic(Trace? trace) => trace is { IsSymbolic: true } ? trace : null;
}
