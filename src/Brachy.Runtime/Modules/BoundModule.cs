using Brachy.CompilerServices;

namespace Brachy.Modules;

/// <summary>
/// A module without its state: a function from params and buffers and an input to those after the call and an output. Compiled
/// code may take it as a static argument or capture it. See <see cref="StructureTree.BindModule{TInput, TOutput}"/>.
/// </summary>
/// <typeparam name="TInput">The input: one type, or a tuple for several arguments.</typeparam>
/// <typeparam name="TOutput">The output.</typeparam>
public sealed class BoundModule<TInput, TOutput> : IEquatable<BoundModule<TInput, TOutput>>, IStaticContent
{
    private readonly StructureTree _static;
    private readonly Token[] _tokens;

    /// <param name="rest">Aux values and apply functions, which this object owns.</param>
    /// <param name="config">The settings.</param>
    internal BoundModule(StructureTree rest, GlobalConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        _ = rest.ApplyOf<TInput, TOutput>();
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        flattener.Tree(rest);
        (_static, _tokens, Config) = (rest, flattener.EndRecording().Tokens, config);
    }

    /// <summary>The settings.</summary>
    public GlobalConfig Config { get; }

    /// <summary>The tree's aux values and apply functions, as a copy.</summary>
    public StructureTree Static => _static.Copy();

    /// <summary>Computes what the module says. Pure.</summary>
    /// <param name="state">Params and buffers; left as they are.</param>
    /// <param name="input">The input.</param>
    /// <returns>Params and buffers after the call, and the output.</returns>
    public (StructureTree State, TOutput Output) Apply(StructureTree state, TInput input)
    {
        var (next, output) = Unbind(state).Apply<TInput, TOutput>(Config, input);
        return (next.GetUpdate(), output);
    }

    /// <summary>The same module with other settings.</summary>
    /// <param name="config">The settings.</param>
    public BoundModule<TInput, TOutput> BindGlobalConfig(GlobalConfig config) => new(_static, config);

    /// <summary>Whether the other one computes the same: aux values, apply functions and settings are equal by content.</summary>
    public bool Equals(BoundModule<TInput, TOutput>? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Config.Equals(other.Config) && _tokens.Length == other._tokens.Length
            && _tokens.Zip(other._tokens).All(pair => TreeDef.TokenEquals(pair.First, pair.Second)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BoundModule<TInput, TOutput>);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_tokens.Length, _static.ApplyFn, Config);

    /// <summary>For example <c>Linear with {train_mode: True}</c>.</summary>
    public override string ToString() => $"{_static.ApplyFn} with {Config}";

    internal StructureTree Unbind(StructureTree state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return StructureTree.Merge(state, _static);
    }
}
