using System.Runtime.ExceptionServices;
using Brachy.CompilerServices;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>A version that is being made, and that other callers may wait for.</summary>
/// <param name="arguments">The static part of the arguments that it is for.</param>
internal sealed class VersionInProgress(TreeDef arguments)
{
    // What is being made by this flow of control, on whatever threads: a traced function may start some.
    private static readonly AsyncLocal<VersionInProgress?> s_innermost = new();
    private static readonly Lock s_waits = new();

    // A task, because waiting for one tells the thread pool that it needs another thread.
    private readonly TaskCompletionSource<ExceptionDispatchInfo?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly VersionInProgress? _outer = s_innermost.Value;

    /// <summary>The one that its maker waits for.</summary>
    private VersionInProgress? _awaited;

    public TreeDef Arguments { get; } = arguments;

    /// <summary>Makes the version. Those who wait go on when <see cref="End"/> is called.</summary>
    public TVersion Make<TVersion>(Func<TreeDef, TVersion> make)
    {
        s_innermost.Value = this;
        try
        {
            return make(Arguments);
        }
        finally
        {
            s_innermost.Value = _outer;
        }
    }

    /// <summary>Lets all who wait go on.</summary>
    /// <param name="failure">What making it failed with, if it did.</param>
    public void End(Exception? failure) =>
        _end.SetResult(failure is null || IsOfTheCaller(failure) ? null : ExceptionDispatchInfo.Capture(failure));

    /// <summary>Waits until it is made, unless that needs what the caller is making.</summary>
    /// <param name="function">The function, for spans.</param>
    /// <returns>
    /// Whether it ended: it can be looked for, and is not there if its maker gave up for reasons of its own, or if it was dropped.
    /// </returns>
    /// <exception cref="Exception">Making it failed, and would fail here too.</exception>
    public bool TryAwait(string function)
    {
        lock (s_waits)
        {
            for (var needed = this; needed is not null; needed = needed._awaited)
            {
                if (Own().Contains(needed))
                {
                    return false;
                }
            }

            SetAwaited(this);
        }

        using var span = Spans.Start("brachy.wait", function);
        try
        {
            _end.Task.Wait();
        }
        finally
        {
            lock (s_waits)
            {
                SetAwaited(null);
            }
        }

        _end.Task.Result?.Throw();
        return true;
    }

    /// <summary>Whether a failure says nothing about other callers: one was cancelled, another is deep in its stack.</summary>
    private static bool IsOfTheCaller(Exception failure) =>
        failure is OperationCanceledException or InsufficientExecutionStackException or ThreadInterruptedException;

    /// <summary>What this flow of control is making, innermost first.</summary>
    private static IEnumerable<VersionInProgress> Own()
    {
        for (var own = s_innermost.Value; own is not null; own = own._outer)
        {
            yield return own;
        }
    }

    private static void SetAwaited(VersionInProgress? awaited)
    {
        foreach (var own in Own())
        {
            own._awaited = awaited;
        }
    }
}
