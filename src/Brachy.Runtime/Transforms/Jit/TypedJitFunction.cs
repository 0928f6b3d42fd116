using System.ComponentModel;
using System.Diagnostics;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Native;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>A compiled function of one value, which may hold several arguments.</summary>
/// <typeparam name="TArguments">The arguments.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public sealed class JitFunction<TArguments, TResult> : JitFunction
{
    [ThreadStatic]
    private static TreeFlattener? s_flattener;

    private enum RunKind
    {
        Call,

        /// <summary>As often as libtorch needs to optimise, and giving nothing away.</summary>
        Warmup,

        /// <summary>The same without a result, so that there may be no run at all.</summary>
        WarmupAlone,
    }

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
        _cache = new(name, arguments);
    }

    /// <inheritdoc/>
    public override int CacheCount => _cache.Count;

    /// <inheritdoc/>
    public override int CacheLimit
    {
        get => _cache.Limit;
        set => _cache.Limit = value;
    }

    /// <inheritdoc/>
    public override int EvictionCount => _cache.Evictions;

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

        if (!Jit.HasScope)
        {
            return CallCompiled(arguments, RunKind.Call)!;
        }

        return Jit.IsDisabled ? CallEagerly(arguments) : CallCompiled(arguments, Jit.IsWarmingUp ? RunKind.Warmup : RunKind.Call)!;
    }

    /// <summary>
    /// Traces and compiles the function for the shapes and static values of some arguments, and makes libtorch's first runs, unless that
    /// was done before. One writes <c>function.Warmup(a, b)</c>.
    /// </summary>
    /// <param name="arguments">All arguments in one value.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void WarmupWith(TArguments arguments)
    {
        StackSpace.Require(Name);
        if (Trace.Current is not null || Jit.IsDisabled)
        {
            return;
        }

        CallCompiled(arguments, RunKind.WarmupAlone);
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

    private TResult? CallCompiled(TArguments arguments, RunKind kind)
    {
        var flattener = s_flattener ?? new TreeFlattener();
        s_flattener = null;
        try
        {
            while (true)
            {
                var version = _cache.Find(arguments, flattener) ?? CompileVersion(arguments, flattener, kind);
                _cache.Use(version);
                try
                {
                    return kind == RunKind.Call
                        ? Result(version, Run(version, flattener.Leaves))
                        : RunWarmup(version, flattener.Leaves, needsResult: kind == RunKind.Warmup);
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

    private TResult Result(JitVersion version, Tensor[] outputs)
    {
        var result = _result.Unflatten(new TreeUnflattener(version.Result, outputs, forCaller: true));
        if (version.Checks.Count > 0)
        {
            using var values = outputs[^1];
            Checks.ThrowIfFailed(version.Checks, values.ToArray<long>(), result);
        }

        return result;
    }

    private Tensor[] Run(JitVersion version, ReadOnlySpan<Tensor> leaves)
    {
        try
        {
            return version.HasOptimized
                ? version.Executable.Run(leaves, Name, version.Arguments.LeafPaths)
                : RunFirst(version, leaves.ToArray());
        }
        catch (NativeOpException error)
        {
            throw new NativeOpException($"{Name}: {error.Message}", error);
        }
    }

    /// <summary>A run in which libtorch may observe or optimise.</summary>
    private Tensor[] RunFirst(JitVersion version, Tensor[] leaves)
    {
        var run = version.BeginFirstRun();
        if (run == 0)
        {
            return version.Executable.Run(leaves, Name, version.Arguments.LeafPaths);
        }

        Tensor[]? outputs = null;
        TimeSpan time;
        try
        {
            (outputs, time) = CompilePhase.FirstRun.Measure(version.Subject, span =>
            {
                span?.SetTag(TelemetryTags.Run, run).SetTag(TelemetryTags.Backend, version.Executable.BackendName);
                return version.Executable.Run(leaves, Name, version.Arguments.LeafPaths);
            });
        }
        finally
        {
            version.EndFirstRun(hasSucceeded: outputs is not null);
        }

        Report(new JitFirstRun(Name, version.Number, run, time));
        return outputs;
    }

    /// <summary>Runs on copies of what would be given away, until libtorch has nothing left to optimise.</summary>
    private TResult? RunWarmup(JitVersion version, ReadOnlySpan<Tensor> leaves, bool needsResult)
    {
        while (needsResult || !version.Executable.IsSettled)
        {
            using var scope = TensorScope.Begin();
            var outputs = Run(version, CopyDonated(version, leaves));
            if (needsResult && version.Executable.IsSettled)
            {
                Array.ForEach(outputs, output => scope.Keep(output));
                return Result(version, outputs);
            }
        }

        return default;
    }

    /// <summary>
    /// The tensors with a copy for each that would be given away; one passed twice is copied once, so that a run still sees that.
    /// </summary>
    private static Tensor[] CopyDonated(JitVersion version, ReadOnlySpan<Tensor> leaves)
    {
        var copies = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < leaves.Length; i++)
        {
            if (version.Executable.Donated[i] && !copies.ContainsKey(leaves[i]))
            {
                copies.Add(leaves[i], F.clone(leaves[i]));
            }
        }

        return Array.ConvertAll(leaves.ToArray(), leaf => copies.GetValueOrDefault(leaf, leaf));
    }

    private JitVersion CompileVersion(TArguments arguments, TreeFlattener flattener, RunKind kind)
    {
        // What is wrong with these tensors is no failure of others who wait for the version.
        flattener.BeginRecording(withPaths: false);
        _arguments.Flatten(arguments, flattener);
        foreach (var leaf in flattener.Leaves)
        {
            leaf.ThrowIfUnusable();
        }

        JitEvent? traced = null;
        var version = _cache.FindOrMake(arguments, flattener, definition =>
        {
            var subject = new CompiledSubject(Name, Retrace.Explain(definition, _cache.Versions), definition.TensorTypes());
            var leaves = flattener.Leaves.ToArray();
            var ((graph, result, checks), traceTime) = CompilePhase.Trace.Measure(subject, span =>
            {
                var made = TraceFunction(definition, leaves);
                span?.SetTag(TelemetryTags.Equations, made.Graph.Equations.Count);
                return made;
            });
            var clock = Stopwatch.StartNew();
            var executable = Compiler.Compile(graph, definition.DonatedLeaves(), _backend, subject);
            traced = new JitEvent(Name, CountTrace(), subject.Reason, traceTime, clock.Elapsed);
            Note(traced);
            return new JitVersion(definition, result, checks, executable, subject, traced.Number);
        });
        if (traced is not null)
        {
            Report(traced, isWarmup: kind != RunKind.Call);
        }

        return version;
    }

    private (Graph Graph, TreeDef Result, IReadOnlyList<PendingCheck> Checks) TraceFunction(TreeDef definition, Tensor[] leaves)
    {
        using var trace = Trace.BeginGraph(Name);
        var traced = leaves.Select((leaf, i) => trace.Argument(leaf.Type, definition.LeafPaths![i])).ToArray();
        var value = _function(_arguments.Unflatten(new TreeUnflattener(definition, traced, forCaller: false)));
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument("result");
        _result.Flatten(value, flattener);
        var result = flattener.EndRecording().WithOwnStatics();
        trace.RequireNothingLeft();
        var (values, checks) = Checks.Collect(trace);
        Tensor[] outputs = [.. flattener.Leaves, .. values is null ? Array.Empty<Tensor>() : [values]];
        return (Graph.FromTrace(trace, traced, outputs), result, checks);
    }
}
