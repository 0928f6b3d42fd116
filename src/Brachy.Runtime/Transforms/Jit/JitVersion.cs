using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>One compiled version of a function: the arguments it is for, and how it runs.</summary>
/// <param name="arguments">The static part of the arguments.</param>
/// <param name="executable">What runs; of a version for several sizes, for one of them.</param>
/// <param name="subject">What spans say about it.</param>
/// <param name="number">Which trace of the function made it.</param>
internal abstract class JitVersion(TreeDef arguments, Executable executable, CompiledSubject subject, int number)
    : CachedVersion(arguments)
{
    private int _begun;
    private int _ended;
    private volatile bool _hasOptimized = executable.OptimizingRuns == 0;

    /// <summary>What runs; of a version for several sizes, for one of them.</summary>
    public Executable Executable { get; } = executable;

    public CompiledSubject Subject { get; } = subject;

    public int Number { get; } = number;

    /// <summary>How it runs for some arguments.</summary>
    /// <param name="leaves">The tensors of the arguments.</param>
    public abstract JitRun For(ReadOnlySpan<Tensor> leaves);

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
}

/// <summary>A compiled version for fixed sizes.</summary>
/// <param name="arguments">The static part of the arguments.</param>
/// <param name="run">How it runs.</param>
/// <param name="subject">What spans say about it.</param>
/// <param name="number">Which trace of the function made it.</param>
internal sealed class FixedVersion(TreeDef arguments, JitRun run, CompiledSubject subject, int number)
    : JitVersion(arguments, run.Executable, subject, number)
{
    /// <inheritdoc/>
    public override JitRun For(ReadOnlySpan<Tensor> leaves) => run;

    /// <summary>Frees the native unit.</summary>
    protected override void Free() => Executable.Dispose();
}
