using System.ComponentModel;
using System.Diagnostics;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Native;

namespace Brachy;

/// <summary>A function that is traced, compiled and cached, once for each static part of its arguments.</summary>
public abstract class JitFunction
{
    /// <summary>How many compiled versions a function keeps; the one used longest ago is dropped first.</summary>
    public const int CacheLimit = VersionCache.Limit;

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
    private readonly VersionCache<TArguments, JitVersion> _cache;

    internal JitFunction(
        string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function, Backend backend)
        : base(name)
    {
        _arguments = arguments;
        _result = result;
        _function = function;
        _backend = backend;
        _cache = new(arguments);
    }

    /// <inheritdoc/>
    public override int CacheCount => _cache.Count;

    private protected override Executable? Last => _cache.Last?.Executable;

    /// <summary>
    /// Runs the function: compiled, or as part of a trace that is going on. Generated code calls this; one writes
    /// <c>function.Invoke(a, b)</c>.
    /// </summary>
    /// <param name="arguments">All arguments in one value.</param>
    /// <exception cref="DonatedTensorException">An argument holds a tensor that was given away before.</exception>
    /// <exception cref="ArgumentException">A donated tensor is passed twice.</exception>
    /// <exception cref="NativeOpException">
    /// A kernel failed. No argument counts as donated, except tensors that the function overwrites before its last kernels.
    /// </exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TResult InvokeWith(TArguments arguments)
    {
        StackSpace.Require(Name);
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
                var version = _cache.Find(arguments, flattener) ?? CompileVersion(arguments, flattener);
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
    public override void ClearCache() => _cache.Clear();

    private TResult CallEagerly(TArguments arguments)
    {
        using var scope = TensorScope.Begin();
        var result = _function(arguments);
        scope.KeepLeaves(result, _result);
        return result;
    }

    private TResult Run(JitVersion version, ReadOnlySpan<Tensor> leaves)
    {
        _cache.Use(version);
        Tensor[] outputs;
        try
        {
            outputs = version.Executable.Run(leaves, Name, version.Arguments.LeafPaths);
        }
        catch (NativeOpException error)
        {
            throw new NativeOpException($"{Name}: {error.Message}", error);
        }

        return _result.Unflatten(new TreeUnflattener(version.Result, outputs, forCaller: true));
    }

    private JitVersion CompileVersion(TArguments arguments, TreeFlattener flattener) =>
        _cache.FindOrMake(arguments, flattener, definition =>
        {
            foreach (var leaf in flattener.Leaves)
            {
                leaf.ThrowIfUnusable();
            }

            var reason = Retrace.Explain(definition, _cache.Versions);
            var clock = Stopwatch.StartNew();
            var (graph, result) = TraceFunction(definition, flattener.Leaves.ToArray());
            var traceTime = clock.Elapsed;
            clock.Restart();
            var donated = definition.DonatedLeaves();
            var version = new JitVersion(definition, result, Compiler.Compile(graph, donated, _backend, Name));
            Report(reason, traceTime, clock.Elapsed);
            return version;
        });

    private (Graph Graph, TreeDef Result) TraceFunction(TreeDef definition, Tensor[] leaves)
    {
        using var trace = Trace.BeginGraph(Name);
        var traced = leaves.Select((leaf, i) => trace.Argument(leaf.Type, definition.LeafPaths![i])).ToArray();
        var value = _function(_arguments.Unflatten(new TreeUnflattener(definition, traced, forCaller: false)));
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument("result");
        _result.Flatten(value, flattener);
        var result = flattener.EndRecording().WithOwnStatics();
        return (Graph.FromTrace(trace, traced, flattener.Leaves.ToArray()), result);
    }
}
