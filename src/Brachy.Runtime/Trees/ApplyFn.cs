using Brachy.CompilerServices;
using Brachy.IO;
using Brachy.Native;

namespace Brachy.Trees;

/// <summary>What a node of a structure tree computes. Part of the compile key: equal when name and function are equal.</summary>
public abstract partial class ApplyFn : IEquatable<ApplyFn>, IStaticContent
{
    private readonly IReadOnlyList<string> _randomKeys = [];

    private protected ApplyFn(string name, object identity)
    {
        Name = name;
        Identity = identity;
    }

    /// <summary>The name: of the module class, or as given.</summary>
    public string Name { get; }

    /// <summary>The function that <see cref="Wrap"/> was called on, or null when this one wraps none.</summary>
    public ApplyFn? Wrapped => (Identity as Wrapping)?.Inner;

    /// <summary>The label that <see cref="Wrap"/> was given, or null when this one wraps none.</summary>
    internal string? Label => (Identity as Wrapping)?.Label;

    /// <summary>What <see cref="Wrap"/> put around another function, or null when this one wraps none.</summary>
    public IApplyWrapper? Wrapper => (Identity as Wrapping)?.Wrapper;

    /// <summary>
    /// Which buffers of its node are random keys (<see cref="RngKey"/>), as generated code says it of module classes. Formats that other
    /// programs read leave them out; see <see cref="Export"/>.
    /// </summary>
    public IReadOnlyList<string> RandomKeys
    {
        get => Wrapped?.RandomKeys ?? _randomKeys;
        init => _randomKeys = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>A function of the same signature that runs a wrapper around this one.</summary>
    /// <param name="label">What is added to the name, in brackets: <c>Linear[label]</c>.</param>
    /// <param name="wrapper">What runs in place of this function, and may call it.</param>
    /// <returns>An apply function that is equal to another when label, wrapper and wrapped function are.</returns>
    public abstract ApplyFn Wrap(string label, IApplyWrapper wrapper);

    /// <summary>The function without some of the wrappers around it, also those under others.</summary>
    /// <param name="which">Picks the wrappers to take off.</param>
    /// <returns>This function when none is picked.</returns>
    public ApplyFn Unwrap(Func<IApplyWrapper, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        if (Wrapped is not { } inner)
        {
            return this;
        }

        var rest = inner.Unwrap(which);
        return which(Wrapper!) ? rest
            : ReferenceEquals(rest, inner) ? this
            : rest.Wrap(((Wrapping)Identity).Label, Wrapper!);
    }

    /// <summary>Decides, together with the name, whether two apply functions are equal.</summary>
    private object Identity { get; }

    /// <summary>The type of the input: one type, or a tuple for several arguments.</summary>
    public abstract Type InputType { get; }

    /// <summary>The type of the output.</summary>
    public abstract Type OutputType { get; }

    /// <summary>The types of input and output, for messages.</summary>
    internal string Signature => $"({TypeText.Of(InputType)}) -> {TypeText.Of(OutputType)}";

    /// <inheritdoc/>
    public bool Equals(ApplyFn? other) =>
        ReferenceEquals(this, other) || (other is not null && Name == other.Name && Identity.Equals(other.Identity));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ApplyFn);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The identity of a wrapped function.</summary>
    private protected sealed record Wrapping(ApplyFn Inner, string Label, IApplyWrapper Wrapper);
}

/// <summary>What a node of a structure tree computes, with the types of its input and output.</summary>
/// <typeparam name="TInput">The input: one type, or a tuple for several arguments.</typeparam>
/// <typeparam name="TOutput">The output.</typeparam>
public sealed partial class ApplyFn<TInput, TOutput> : ApplyFn, ITakes<TInput>
{
    private readonly Func<StructureTree, GlobalConfig, TInput, TOutput> _body;

    /// <summary>An apply function.</summary>
    /// <param name="name">The name in messages and checkpoints.</param>
    /// <param name="body">Computes the output; it may change the tree it is given, which is a copy of the caller's.</param>
    public ApplyFn(string name, Func<StructureTree, GlobalConfig, TInput, TOutput> body)
        : this(name, body, identity: body)
    {
    }

    /// <param name="name">The name in messages and checkpoints.</param>
    /// <param name="body">Computes the output.</param>
    /// <param name="identity">What the body is made of: two apply functions are equal when this is.</param>
    internal ApplyFn(string name, Func<StructureTree, GlobalConfig, TInput, TOutput> body, object identity)
        : base(name, identity)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(body);
        _body = body;
    }

    /// <inheritdoc/>
    public override Type InputType => typeof(TInput);

    /// <inheritdoc/>
    public override Type OutputType => typeof(TOutput);

    /// <inheritdoc/>
    public override ApplyFn<TInput, TOutput> Wrap(string label, IApplyWrapper wrapper)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        ArgumentNullException.ThrowIfNull(wrapper);
        return new ApplyFn<TInput, TOutput>(
            $"{Name}[{label}]", (tree, config, input) => wrapper.Call(this, tree, config, input), new Wrapping(this, label, wrapper));
    }

    /// <summary>
    /// Computes the output in place: the tree is one that the caller owns and lets change. What leaves a tree as it is, is
    /// <see cref="StructureTree"/>'s <c>Apply</c>.
    /// </summary>
    /// <param name="tree">The node; params and buffers that the call changes, here and below, are in it afterwards.</param>
    /// <param name="config">The settings.</param>
    /// <param name="input">The input.</param>
    public TOutput Call(StructureTree tree, GlobalConfig config, TInput input)
    {
        StackSpace.Require(Name);
        var trace = Trace.Current;
        var checks = trace?.Checks.Count ?? 0;
        try
        {
            var output = _body(tree, config, input);
            for (; checks < trace?.Checks.Count; checks++)
            {
                ErrorPlaces.Note(trace.Checks[checks].Place, tree);
            }

            return output;
        }
        catch (Exception error) when (ErrorPlaces.Note(error, tree))
        {
            throw;
        }
    }

    void ITakes<TInput>.CallWithoutResult(StructureTree tree, GlobalConfig config, TInput input) => _ = Call(tree, config, input);
}
