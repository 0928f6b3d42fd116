using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>One compiled version of a function: the arguments it is for, and how to make the result.</summary>
/// <param name="arguments">The static part of the arguments.</param>
/// <param name="result">The static part of the result.</param>
/// <param name="checks">What must be looked at after each run.</param>
/// <param name="executable">What runs.</param>
/// <param name="subject">What spans say about it.</param>
/// <param name="number">Which trace of the function made it.</param>
internal sealed class JitVersion(
    TreeDef arguments, TreeDef result, IReadOnlyList<PendingCheck> checks, Executable executable, CompiledSubject subject, int number)
    : CachedVersion(arguments)
{
    private int _begun;
    private int _ended;
    private volatile bool _hasOptimized = executable.OptimizingRuns == 0;

    public TreeDef Result { get; } = result;

    /// <summary>What must be looked at after each run: the last tensor that the executable gives.</summary>
    public IReadOnlyList<PendingCheck> Checks { get; } = [.. checks.Select(check => check.WithoutValues())];

    public Executable Executable { get; } = executable;

    public CompiledSubject Subject { get; } = subject;

    public int Number { get; } = number;

    /// <summary>Whether the runs in which libtorch optimises are over, so that runs need not be measured.</summary>
    public bool HasOptimized => _hasOptimized;

    /// <summary>Begins a run that is to be measured.</summary>
    /// <returns>Which it is, from 1; 0 when others that go on are all that count.</returns>
    public int BeginFirstRun()
    {
        var run = Interlocked.Increment(ref _begun);
        if (run <= Executable.OptimizingRuns)
        {
            return run;
        }

        Interlocked.Decrement(ref _begun);
        return 0;
    }

    /// <summary>Ends such a run. A failed one does not count.</summary>
    public void EndFirstRun(bool hasSucceeded)
    {
        if (!hasSucceeded)
        {
            Interlocked.Decrement(ref _begun);
        }
        else if (Interlocked.Increment(ref _ended) == Executable.OptimizingRuns)
        {
            _hasOptimized = true;
        }
    }

    /// <summary>Frees the native unit.</summary>
    protected override void Free() => Executable.Dispose();
}
