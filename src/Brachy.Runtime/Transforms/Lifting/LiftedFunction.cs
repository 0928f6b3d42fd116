using Brachy.CompilerServices;
using Brachy.Native;

namespace Brachy.Transforms;

/// <summary>A version of a lifted function: what the transform made of it for one static part of the arguments.</summary>
internal abstract class LiftedVersion(string name, TreeDef arguments) : CachedVersion(arguments)
{
    /// <summary>The function's name, for messages.</summary>
    public string Name { get; } = name;

    public TensorFunction Transformed { get; set; } = null!;

    /// <summary>The static part of the result of the latest run; null before the first.</summary>
    public volatile TreeDef? Result;

    public int InputCount { get; } = arguments.LeafCount;

    /// <summary>The function as the transform sees it.</summary>
    public abstract Tensor[] RunFunction(Tensor[] inputs);
}

/// <summary>A function whose arguments and results are taken apart around a transform that knows only tensors.</summary>
/// <param name="name">The name, for messages.</param>
/// <param name="arguments">Takes the arguments apart.</param>
/// <param name="result">Takes the result apart.</param>
/// <param name="function">The function.</param>
/// <param name="transform">From the function of tensors, and the static part that it is for, to the transformed one.</param>
/// <param name="loss">Picks a tensor of the result that the function of tensors gives first; null for none.</param>
internal sealed class LiftedFunction<TArguments, TResult>(
    string name,
    TreeHandler<TArguments> arguments,
    TreeHandler<TResult> result,
    Func<TArguments, TResult> function,
    Func<TensorFunction, TreeDef, TensorFunction> transform,
    Func<TResult, Tensor>? loss = null)
{
    [ThreadStatic]
    private static TreeFlattener? s_flattener;

    private readonly VersionCache<TArguments, LiftedVersion> _cache = new(name, arguments);

    /// <summary>The call that is going on; also on threads that the transform starts.</summary>
    private readonly AsyncLocal<Run?> _current = new();

    /// <summary>Calls the transformed function.</summary>
    /// <returns>What it gives, and the static part of the function's result, if it ever ran.</returns>
    public (Tensor[] Outputs, TreeDef? Result) Call(TArguments values)
    {
        StackSpace.Require(name);
        var run = new Run(values);
        var outer = _current.Value;
        _current.Value = run;
        try
        {
            var (version, inputs) = Prepare(run);

            // Eagerly and outside a gradient, nothing else can need the intermediate results.
            using var scope = Trace.Current is null ? TensorScope.Begin() : null;
            var outputs = CallTransformed(version, inputs);
            Array.ForEach(outputs, output => scope?.Keep(output));
            return (outputs, run.Result ?? version.Result);
        }
        finally
        {
            _current.Value = outer;
        }
    }

    /// <summary>Puts a result together.</summary>
    public TResult ToResult(ReadOnlySpan<Tensor> outputs, TreeDef? definition)
    {
        if (definition is null)
        {
            throw new InvalidOperationException(
                $"{name}: the transform gave results without running the function, so that nobody knows what they are the parts of.");
        }

        CheckCount(outputs.Length, definition.LeafCount, "the result");
        return result.Unflatten(new TreeUnflattener(definition, outputs.ToArray(), forCaller: true));
    }

    public void CheckCount(int count, int expected, string what)
    {
        if (count != expected)
        {
            throw new InvalidOperationException($"{name}: the transform gave {count} tensors, but {what} is made of {expected}.");
        }
    }

    private (LiftedVersion Version, Tensor[] Inputs) Prepare(Run run)
    {
        var flattener = s_flattener ?? new TreeFlattener();
        s_flattener = null;
        try
        {
            run.Version = Trace.Current is not null ? MakeForTrace()
                : _cache.Find(run.Arguments, flattener) ?? _cache.FindOrMake(run.Arguments, flattener, Make);
            _cache.Use(run.Version);
            foreach (var leaf in flattener.Leaves)
            {
                leaf.ThrowIfUnusable();
            }

            return (run.Version, flattener.Leaves.ToArray());
        }
        finally
        {
            flattener.Clear();
            s_flattener = flattener;
        }

        // What the transform computes as it is applied belongs to the trace and must not outlive it.
        LiftedVersion MakeForTrace()
        {
            flattener.BeginRecording(withPaths: true);
            arguments.Flatten(run.Arguments, flattener);
            return Make(flattener.EndRecording());
        }

        LiftedVersion Make(TreeDef definition)
        {
            var version = new Version(this, name, definition);
            run.Version = version;
            version.Transformed = transform(version.RunFunction, definition)
                ?? throw new InvalidOperationException($"{name}: the transform gave null in place of a function.");
            return version;
        }
    }

    private Tensor[] CallTransformed(LiftedVersion version, Tensor[] inputs)
    {
        try
        {
            var outputs = version.Transformed(inputs);
            return outputs is null || outputs.Contains(null!)
                ? throw new InvalidOperationException($"{name}: the transformed function gave null in place of a tensor.")
                : outputs;
        }
        catch when (version.Result is null)
        {
            // What the transform made may be half made: the next call begins anew.
            _cache.Remove(version);
            throw;
        }
    }

    private Tensor[] RunFunction(LiftedVersion version, Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (_current.Value is not { } run || !ReferenceEquals(run.Version, version))
        {
            throw new InvalidOperationException(
                $"{name}: the function that a transform is given runs only while the lifted function is called, because its static "
                + "arguments are those of the call.");
        }

        if (inputs.Length != version.InputCount || inputs.Contains(null!))
        {
            throw new ArgumentException(
                $"{name}: the arguments are made of {version.InputCount} tensors, but the transform passed "
                + $"{inputs.Count(i => i is not null)}.", nameof(inputs));
        }

        var value = function(arguments.Unflatten(new TreeUnflattener(run.Definition(arguments), inputs, forCaller: false)));
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument("result");
        result.Flatten(value, flattener);
        var outputs = flattener.Leaves.ToArray();
        run.Result = version.Result = flattener.EndRecording().WithOwnStatics();
        return loss is null
            ? outputs
            : [loss(value) ?? throw new DifferentiationException($"{name}: there is null where a loss was expected."), .. outputs];
    }

    private sealed class Version(LiftedFunction<TArguments, TResult> owner, string name, TreeDef arguments) : LiftedVersion(name, arguments)
    {
        public override Tensor[] RunFunction(Tensor[] inputs) => owner.RunFunction(this, inputs);
    }

    /// <summary>A call.</summary>
    private sealed class Run(TArguments arguments)
    {
        private TreeDef? _definition;

        public TArguments Arguments { get; } = arguments;

        public LiftedVersion? Version { get; set; }

        /// <summary>The static part of the result of the latest run of the function within this call.</summary>
        public TreeDef? Result { get; set; }

        /// <summary>
        /// The arguments' static part with the values of this call: those of the version's first may have been changed in place since.
        /// </summary>
        public TreeDef Definition(TreeHandler<TArguments> handler)
        {
            if (_definition is null)
            {
                var flattener = new TreeFlattener();
                flattener.BeginRecording(withPaths: false);
                handler.Flatten(Arguments, flattener);
                _definition = flattener.EndRecording();
            }

            return _definition;
        }
    }
}
