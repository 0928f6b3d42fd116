using System.Collections.Concurrent;
using Brachy.Compilation;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>A function that is traced, compiled and cached, once for each static part of its arguments.</summary>
/// <remarks>
/// Any number of threads may call it. Calls of versions that exist wait for nothing; new versions for different arguments are compiled at
/// the same time, and of calls with the same new arguments one compiles while the others wait. So the function may be traced by several
/// threads at once.
/// </remarks>
public abstract class JitFunction
{
    private const int WarningThreshold = 8;
    private const int SuggestionThreshold = 3;

    private readonly JitHistory _history = new();
    private readonly ConcurrentDictionary<string, int> _sizeChanges = [];
    private int _traceCount;
    private int _unpreparedCount;

    private protected JitFunction(string name) => Name = name;

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    /// <summary>How often the function has been traced and compiled.</summary>
    public int TraceCount => Volatile.Read(ref _traceCount);

    /// <summary>How many compiled versions are cached.</summary>
    public abstract int CacheCount { get; }

    /// <summary>
    /// How many compiled versions the function keeps; <see cref="Jit.DefaultCacheLimit"/> until it is set. Of more, the one used longest
    /// ago is dropped (<see cref="Jit.Evicted"/>): when a new one was compiled, and when the limit is set below what is cached.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public abstract int CacheLimit { get; set; }

    /// <summary>How many compiled versions were dropped because there were more than <see cref="CacheLimit"/>.</summary>
    public abstract int EvictionCount { get; }

    /// <summary>The optimised graph of the version compiled or used last; null before the first call.</summary>
    public Graph? Graph => Last?.Graph;

    /// <summary>
    /// The TorchScript of the version compiled or used last; null before the first call, and for other backends, such as the vector code
    /// that small graphs become.
    /// </summary>
    public string? Script => Last?.Script;

    /// <summary>The version used last, for tests.</summary>
    internal Executable? LastExecutable => Last;

    private protected abstract Executable? Last { get; }

    /// <summary>Drops all compiled versions and frees their native units.</summary>
    public abstract void ClearCache();

    /// <summary>
    /// Says for each of the last 32 traces why it was needed and what it cost: tracing, compiling, and the first runs of the version, in
    /// which libtorch goes on compiling (<see cref="JitFirstRun"/>), as far as they have been made. A version for sizes that vary says for
    /// which; after some traces that were needed for another size alone, it says where that size is, so that it may be declared to vary.
    /// </summary>
    public string Explain()
    {
        var rows = _history.Rows();
        return rows.Length == 0
            ? $"{Name} has not been traced yet."
            : $"{Name}: traces {TraceCount}, cached versions {CacheCount} of at most {CacheLimit}, evicted {EvictionCount}.\n"
                + string.Join("\n", [.. rows, .. Suggestions()]);
    }

    /// <summary>Notes a trace that was needed for another size alone.</summary>
    /// <param name="dims">Where the size is; null when the trace was needed for something else.</param>
    private protected void NoteSizeChange(string? dims)
    {
        if (dims is not null)
        {
            _sizeChanges.AddOrUpdate(dims, 1, (_, count) => count + 1);
        }
    }

    private IEnumerable<string> Suggestions() => _sizeChanges.Where(change => change.Value >= SuggestionThreshold).Select(change =>
        $"  {change.Value} of these traces were for another size of {change.Key} alone. Where it takes many, let one version serve all: "
        + "[Varying(\"name\")] at the parameter of a [Jit] method, varying: of Jit.Compile.");

    private protected int CountTrace() => Interlocked.Increment(ref _traceCount);

    /// <summary>Notes a trace. The version is not cached yet, so that its runs come later.</summary>
    private protected void Note(JitEvent trace)
    {
        _history.Add(trace);
        Instruments.Traces.Add(1, new KeyValuePair<string, object?>(TelemetryTags.Function, Name));
        if (trace.Number > 1)
        {
            Instruments.Retraces.Add(1, new KeyValuePair<string, object?>(TelemetryTags.Function, Name));
        }
    }

    /// <summary>Tells those who listen of a trace, when its version is cached and no lock is held.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="isWarmup">Whether it was asked for: what is prepared is not traced too often, however many versions there are.</param>
    private protected void Report(JitEvent trace, bool isWarmup) => Jit.OnTraced(
        trace, isWarning: !isWarmup && Interlocked.Increment(ref _unpreparedCount) == WarningThreshold + 1);

    private protected void Report(JitFirstRun run)
    {
        _history.Add(run);
        Jit.OnFirstRun(run);
    }
}
