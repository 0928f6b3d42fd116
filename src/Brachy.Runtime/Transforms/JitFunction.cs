using System.Diagnostics;

namespace Brachy;

/// <summary>A function that is traced, compiled and cached, once for each static part of its arguments.</summary>
public abstract class JitFunction
{
    /// <summary>How many compiled versions a function keeps; the one used longest ago is dropped first.</summary>
    public const int CacheLimit = 64;

    private const int EventLimit = 32;
    private const int WarningThreshold = 8;

    private readonly List<JitEvent> _events = [];
    private int _traceCount;

    private protected JitFunction(string name) => Name = name;

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    /// <summary>How often the function has been traced and compiled.</summary>
    public int TraceCount => Volatile.Read(ref _traceCount);

    /// <summary>How many compiled versions are cached.</summary>
    public abstract int CacheCount { get; }

    /// <summary>The optimised graph of the version compiled or used last; null before the first call.</summary>
    public Graph? Graph => Last?.Graph;

    /// <summary>The TorchScript of the version compiled or used last; null before the first call and for other backends.</summary>
    public string? Script => Last?.Script;

    /// <summary>The version used last, for tests.</summary>
    internal Executable? LastExecutable => Last;

    private protected abstract Executable? Last { get; }

    /// <summary>Drops all compiled versions and frees their native units.</summary>
    public abstract void ClearCache();

    /// <summary>Says for each trace why it was needed and what it cost.</summary>
    public string Explain()
    {
        lock (_events)
        {
            return _events.Count == 0
                ? $"{Name} has not been traced yet."
                : $"{Name}: traces {TraceCount}, cached versions {CacheCount}.\n" + string.Join("\n", _events);
        }
    }

    private protected void Report(string reason, TimeSpan traceTime, TimeSpan compileTime)
    {
        var number = Interlocked.Increment(ref _traceCount);
        var happened = new JitEvent(Name, number, reason, traceTime, compileTime);
        lock (_events)
        {
            _events.Add(happened);
            if (_events.Count > EventLimit)
            {
                _events.RemoveAt(0);
            }
        }

        Jit.OnTraced(happened, isWarning: number == WarningThreshold + 1);
    }
}

/// <summary>A compiled function of one value, which may hold several arguments.</summary>
/// <typeparam name="TArguments">The arguments.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public sealed class JitFunction<TArguments, TResult> : JitFunction
{
    [ThreadStatic]
    private static TreeFlattener? s_flattener;

    private readonly TreeHandler<TArguments> _arguments;
    private readonly TreeHandler<TResult> _result;
    private readonly Func<TArguments, TResult> _function;
    private readonly Backend _backend;
    private readonly Lock _compiling = new();
    private volatile JitVersion[] _versions = [];
    private volatile JitVersion? _last;
    private long _clock;

    internal JitFunction(string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function, Backend backend)
        : base(name)
    {
        _arguments = arguments;
        _result = result;
        _function = function;
        _backend = backend;
    }

    /// <inheritdoc/>
    public override int CacheCount => _versions.Length;

    private protected override Executable? Last => _last?.Executable;

    /// <summary>Runs the function: compiled, or as part of a trace that is going on.</summary>
    /// <exception cref="DonatedTensorException">An argument holds a tensor that was given away before.</exception>
    /// <exception cref="ArgumentException">A donated tensor is passed twice.</exception>
    /// <exception cref="NativeOpException">
    /// A kernel failed. No argument counts as donated, except tensors that the function overwrites before its last kernels.
    /// </exception>
    public TResult Call(TArguments arguments)
    {
        if (Trace.Current is not null)
        {
            return _function(arguments);
        }

        if (Jit.IsDisabled)
        {
            return CallEagerly(arguments);
        }

        var flattener = s_flattener ?? new TreeFlattener();
        s_flattener = null;
        try
        {
            while (true)
            {
                var version = Find(arguments, flattener) ?? CompileVersion(arguments, flattener);
                try
                {
                    return Run(version, flattener.Leaves);
                }
                catch (ObjectDisposedException) when (version.Executable.IsDisposed)
                {
                    // Another thread dropped this version from the cache before it started to run.
                }
            }
        }
        finally
        {
            flattener.Clear();
            s_flattener = flattener;
        }
    }

    /// <inheritdoc/>
    public override void ClearCache()
    {
        lock (_compiling)
        {
            var versions = _versions;
            (_versions, _last) = ([], null);
            Array.ForEach(versions, v => v.Executable.Dispose());
        }
    }

    private TResult CallEagerly(TArguments arguments)
    {
        using var scope = TensorScope.Begin();
        var result = _function(arguments);
        scope.KeepLeaves(result, _result);
        return result;
    }

    private JitVersion? Find(TArguments arguments, TreeFlattener flattener)
    {
        var last = _last;
        if (last is not null && Matches(last))
        {
            return last;
        }

        foreach (var version in _versions)
        {
            if (!ReferenceEquals(version, last) && Matches(version))
            {
                return _last = version;
            }
        }

        return null;

        bool Matches(JitVersion version)
        {
            flattener.BeginMatching(version.Arguments);
            _arguments.Flatten(arguments, flattener);
            return flattener.EndMatching();
        }
    }

    private TResult Run(JitVersion version, ReadOnlySpan<Tensor> leaves)
    {
        version.LastUsed = Interlocked.Increment(ref _clock);
        var prepared = version.HasDonations ? Donation.Prepare(leaves, version, Name) : leaves;
        Tensor[] outputs;
        try
        {
            outputs = version.Executable.Run(prepared, Name);
        }
        catch (NativeOpException error)
        {
            if (version.Executable.Plan.MayFailAfterOverwriting)
            {
                Donation.GiveUp(prepared, version, Name);
            }

            throw new NativeOpException($"{Name}: {error.Message}", error);
        }

        if (version.HasDonations)
        {
            Donation.Finish(leaves, prepared, outputs, version, Name);
        }

        version.Executable.Plan.FillDuplicates(outputs);

        return _result.Unflatten(new TreeUnflattener(version.Result, outputs, forCaller: true));
    }

    private JitVersion CompileVersion(TArguments arguments, TreeFlattener flattener)
    {
        lock (_compiling)
        {
            if (Find(arguments, flattener) is { } compiledMeanwhile)
            {
                return compiledMeanwhile;
            }

            flattener.BeginRecording(withPaths: true);
            _arguments.Flatten(arguments, flattener);
            var definition = flattener.EndRecording();
            foreach (var leaf in flattener.Leaves)
            {
                leaf.ThrowIfUnusable();
            }

            var reason = Retrace.Explain(definition, _versions);
            var clock = Stopwatch.StartNew();
            var (graph, result) = TraceFunction(definition, flattener.Leaves.ToArray());
            var traceTime = clock.Elapsed;
            clock.Restart();
            var optimised = Passes.RunAll(graph);
            var donated = definition.DonatedLeaves();
            var version = new JitVersion(definition, donated, result, _backend.Compile(optimised, donated));
            Add(version);
            Report(reason, traceTime, clock.Elapsed);
            return version;
        }
    }

    private (Graph Graph, TreeDef Result) TraceFunction(TreeDef definition, Tensor[] leaves)
    {
        using var trace = Trace.BeginGraph(Name);
        var traced = leaves.Select((leaf, i) => trace.Argument(leaf.Type, definition.LeafPaths![i])).ToArray();
        var value = _function(_arguments.Unflatten(new TreeUnflattener(definition, traced, forCaller: false)));
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        _result.Flatten(value, flattener);
        var result = flattener.EndRecording();
        return (Graph.FromTrace(trace, traced, flattener.Leaves.ToArray()), result);
    }

    private void Add(JitVersion version)
    {
        var versions = _versions;
        if (versions.Length >= CacheLimit)
        {
            var oldest = versions.MinBy(v => v.LastUsed)!;
            versions = [.. versions.Where(v => !ReferenceEquals(v, oldest))];
            oldest.Executable.Dispose();
        }

        _versions = [version, .. versions];
        _last = version;
    }
}
