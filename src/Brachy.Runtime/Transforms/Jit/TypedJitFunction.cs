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
    private readonly VaryingSizes? _varying;
    private readonly DataParallelAttribute? _ranks;
    private readonly VersionCache<TArguments, JitVersion> _cache;

    internal JitFunction(
        string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function, Backend backend,
        VaryingSizes? varying, DataParallelAttribute? ranks = null)
        : base(name)
    {
        _arguments = arguments;
        _result = result;
        _function = function;
        _backend = backend;
        _varying = varying;
        _ranks = ranks;
        if (ranks is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(ranks.Axis);
            ArgumentOutOfRangeException.ThrowIfNegative(ranks.Shares);
        }

        _cache = new(name, arguments, varying is null ? null : varying.Generalize);
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
    /// The same function, compiled anew, as each rank of a program runs it on its own share of the batch;
    /// <see cref="DataParallelAttribute"/> says what that means. For functions of <c>Jit.Compile</c>; methods have the attribute.
    /// </summary>
    /// <param name="axis">A name of the ranks for <see cref="F.pmean"/> and <c>batch_axis</c>, besides <see cref="Rank.Axis"/>.</param>
    /// <param name="shares">See <see cref="DataParallelAttribute.Shares"/>.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of shares is negative.</exception>
    public JitFunction<TArguments, TResult> DataParallel(string axis = Rank.Axis, int shares = 0) =>
        new(Name, _arguments, _result, _function, _backend, _varying, new DataParallelAttribute(axis) { Shares = shares });

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
            return Call(arguments);
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
        RequireEqualSizes(arguments);
        var result = Call(arguments);
        scope.KeepLeaves(result, _result);
        return result;
    }

    private TResult Call(TArguments arguments)
    {
        if (_ranks is { Shares: > 0 } && _ranks.Shares % Rank.Count != 0)
        {
            throw new ArgumentException($"{Name}: {_ranks.Shares} shares of a batch cannot be given to {Rank.Count} ranks equally.");
        }

        using var ranks = _ranks is null ? null : RankScope.Begin(_ranks.Axis, _ranks.Shares);
        return _function(arguments);
    }

    /// <summary>Where ranks compute together, they compare what they compile, and what they have in common.</summary>
    /// <param name="definition">The static part of the arguments.</param>
    /// <param name="graph">What was traced; null where that follows from sizes, which differ by rank.</param>
    /// <param name="exchanges">Whether ranks exchange tensors in it.</param>
    /// <param name="leaves">The tensors of the arguments.</param>
    private void RequireAgreement(TreeDef definition, Graph? graph, bool exchanges, Tensor[] leaves)
    {
        if (Rank.Count > 1 && (_ranks is not null || exchanges))
        {
            RankAgreement.Require(Name, graph, definition, leaves, comparesTrees: _ranks is not null);
            MachineCosts.AgreeOnRanks();
        }
    }

    /// <summary>What a compiled version asks of sizes that have names.</summary>
    private void RequireEqualSizes(TArguments arguments)
    {
        if (_varying is not null)
        {
            var flattener = new TreeFlattener();
            flattener.BeginRecording(withPaths: true);
            _arguments.Flatten(arguments, flattener);
            var definition = _varying.Generalize(flattener.EndRecording());
            new SizePlaces(definition, _varying.Names).Read(flattener.Leaves, stackalloc long[_varying.Names.Count], Name);
        }
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
                    var run = version.For(flattener.Leaves);
                    return kind == RunKind.Call
                        ? Result(run, Run(version, run, flattener.Leaves))
                        : RunWarmup(version, run, flattener.Leaves, needsResult: kind == RunKind.Warmup);
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

    private TResult Result(JitRun run, Tensor[] outputs)
    {
        var result = _result.Unflatten(new TreeUnflattener(run.Result, outputs, forCaller: true, packs: true));
        if (run.Checks.Count > 0)
        {
            using var values = outputs[^1];
            Checks.ThrowIfFailed(run.Checks, values.ToArray<long>(), result);
        }

        return result;
    }

    private Tensor[] Run(JitVersion version, JitRun run, ReadOnlySpan<Tensor> leaves)
    {
        try
        {
            return version.HasOptimized
                ? run.Executable.Run(leaves, Name, version.Arguments.LeafPaths)
                : RunFirst(version, run, leaves.ToArray());
        }
        catch (NativeOpException error)
        {
            throw new NativeOpException($"{Name}: {error.Message}", error);
        }
    }

    /// <summary>A run in which libtorch may observe or optimise.</summary>
    private Tensor[] RunFirst(JitVersion version, JitRun run, Tensor[] leaves)
    {
        var number = version.BeginFirstRun();
        if (number == 0)
        {
            return run.Executable.Run(leaves, Name, version.Arguments.LeafPaths);
        }

        Tensor[]? outputs = null;
        TimeSpan time;
        try
        {
            (outputs, time) = CompilePhase.FirstRun.Measure(version.Subject, span =>
            {
                span?.SetTag(TelemetryTags.Run, number).SetTag(TelemetryTags.Backend, run.Executable.BackendName);
                return run.Executable.Run(leaves, Name, version.Arguments.LeafPaths);
            });
        }
        finally
        {
            version.EndFirstRun(hasSucceeded: outputs is not null);
        }

        Report(new JitFirstRun(Name, version.Number, number, time));
        return outputs;
    }

    /// <summary>Runs on copies of what would be given away, until libtorch has nothing left to optimise.</summary>
    private TResult? RunWarmup(JitVersion version, JitRun run, ReadOnlySpan<Tensor> leaves, bool needsResult)
    {
        while (needsResult || !run.Executable.IsSettled)
        {
            using var scope = TensorScope.Begin();
            var outputs = Run(version, run, CopyDonated(version, leaves));
            if (needsResult && run.Executable.IsSettled)
            {
                Array.ForEach(outputs, output => scope.Keep(output));
                return Result(run, outputs);
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
        var given = flattener.Leaves.ToArray();
        var version = _cache.FindOrMake(arguments, flattener, definition =>
        {
            if (_varying is not null)
            {
                return MakeVarying(definition, given, out traced);
            }

            var versions = _cache.Versions;
            var subject = new CompiledSubject(Name, Retrace.Explain(definition, versions), definition.TensorTypes());
            NoteSizeChange(Retrace.OneSize(definition, versions));
            TensorType[] types = [.. definition.Tokens.Select(token => token.Value).OfType<TensorType>()];
            var (function, traceTime) = TraceMeasured(subject, () => TraceFunction(definition, types));
            RequireAgreement(definition, function.Graph, function.Graph.Exchanges, given);
            var clock = Stopwatch.StartNew();
            var executable = Compiler.Compile(function.Graph, definition.DonatedLeaves(), _backend, subject);
            traced = new JitEvent(Name, CountTrace(), subject.Reason, traceTime, clock.Elapsed);
            Note(traced);
            IReadOnlyList<PendingCheck> checks = [.. function.Checks.Select(check => check.WithoutValues())];
            return new FixedVersion(definition, new(executable, function.Result, checks), subject, traced.Number);
        });
        if (traced is not null)
        {
            Report(traced, isWarmup: kind != RunKind.Call);
        }

        return version;
    }

    private VaryingVersion MakeVarying(TreeDef definition, Tensor[] leaves, out JitEvent traced)
    {
        var names = _varying!.Names;
        var places = new SizePlaces(definition, names);
        var actual = new long[names.Count];
        places.Read(leaves, actual, Name);
        var subject = new CompiledSubject(
            Name, $"{Retrace.Explain(definition, _cache.Versions)}; for sizes that vary: {places}", definition.TensorTypes());
        var (traceTime, compileTime) = (TimeSpan.Zero, TimeSpan.Zero);
        var general = MakeClass([.. Enumerable.Range(0, names.Count)], actual, agrees: true);
        traced = new JitEvent(Name, CountTrace(), subject.Reason, traceTime, compileTime);
        Note(traced);
        return new VaryingVersion(
            definition, places, general, Trace, (free, sizes) => MakeClass(free, sizes, agrees: false), Compile, subject, traced.Number);

        // Ranks agree once, before the first code is made; later they meet other sizes.
        SizeClass MakeClass(int[] free, long[] sizes, bool agrees)
        {
            string[] own = [.. free.Select(name => names[name])];
            long[] typical = [.. free.Select(name => _varying.Typical[name] > 0 ? _varying.Typical[name] : sizes[name])];
            HashSet<long> fixedSizes = [.. places.FixedSizes(leaves), .. sizes.Where((_, name) => !free.Contains(name))];
            (var probes, traceTime) = TraceMeasured(
                subject, () => SizeProbes.Make(Name, own, typical, Of(sizes), fixedSizes, of => Trace(All(of))), p => p.Traces[0].Graph);
            if (agrees)
            {
                RequireAgreement(definition, null, probes.Traces[0].Graph.Exchanges, leaves);
            }

            var clock = Stopwatch.StartNew();
            var result = new VaryingResult(Name, probes);
            var made = new SizeClass(free, probes, result, MakeProgram(probes, Of(sizes), of => Compile(Trace(All(of)))));
            compileTime = clock.Elapsed;
            return made;

            long[] Of(long[] all) => [.. free.Select(name => all[name])];

            long[] All(long[] of)
            {
                var all = sizes.ToArray();
                for (var i = 0; i < free.Length; i++)
                {
                    all[free[i]] = of[i];
                }

                return all;
            }
        }

        VaryingProgram MakeProgram(SizeProbes probes, long[] example, Func<long[], Executable> compile)
        {
            try
            {
                var isForEachSize = _backend.IsForFixedSizes || (Rank.Count > 1 && probes.Traces[0].Graph.Exchanges);
                return isForEachSize ? new ProgramForEachSize(example, compile) : VaryingCompiler.Compile(
                    [.. probes.Traces.Select(t => t.Graph)], probes.Points, probes.Solver, definition.DonatedLeaves(), subject);
            }
            catch (SizesDifferException error)
            {
                throw SizeProbes.Refusal(
                    Name, error.Difference, [.. Enumerable.Range(0, probes.Points.Points.Count).Select(probes.Points.Describe)]);
            }
        }

        Executable Compile(TracedFunction function) =>
            Compiler.Compile(function.Graph, definition.DonatedLeaves(), _backend, subject);

        TracedFunction Trace(long[] sizes) => TraceFunction(definition, [.. definition.Tokens.Where(token => token.IsLeaf).Select(
            token => token.Value is VaryingType type ? type.At(name => sizes[names.Index().First(n => n.Item == name).Index])
                : (TensorType)token.Value!)]);
    }

    private static (TracedFunction Function, TimeSpan Time) TraceMeasured(CompiledSubject subject, Func<TracedFunction> trace) =>
        TraceMeasured(subject, trace, traced => traced.Graph);

    private static (T Traced, TimeSpan Time) TraceMeasured<T>(CompiledSubject subject, Func<T> trace, Func<T, Graph> graphOf) =>
        CompilePhase.Trace.Measure(subject, span =>
        {
            var made = trace();
            span?.SetTag(TelemetryTags.Equations, graphOf(made).Equations.Count);
            return made;
        });

    private TracedFunction TraceFunction(TreeDef definition, IReadOnlyList<TensorType> types)
    {
        using var trace = Trace.BeginGraph(Name);
        var traced = types.Select((type, i) => trace.Argument(type, definition.LeafPaths![i])).ToArray();
        var value = Call(_arguments.Unflatten(new TreeUnflattener(definition, traced, forCaller: false)));
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument("result");
        _result.Flatten(value, flattener);
        var result = flattener.EndRecording().WithOwnStatics();
        trace.RequireNothingLeft();
        var (values, checks) = Checks.Collect(trace);
        Tensor[] outputs = [.. flattener.Leaves, .. values is null ? Array.Empty<Tensor>() : [values]];
        var graph = Graph.FromTrace(trace, traced, outputs);
        if (_ranks is not null)
        {
            EqualOnRanks.Require(Name, graph, definition, result);
        }

        return new(graph, result, checks);
    }
}
