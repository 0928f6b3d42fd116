namespace Brachy.Extending;

/// <summary>What every rule of a primitive with settings can see; for what several kinds of rules share.</summary>
/// <typeparam name="TSettings">The settings, or those they derive from.</typeparam>
public interface IRuleArgs<out TSettings>
    where TSettings : Settings
{
    /// <summary>The primitive that is used.</summary>
    Primitive Primitive { get; }

    /// <summary>The settings.</summary>
    TSettings Settings { get; }

    /// <summary>The types of its inputs.</summary>
    IReadOnlyList<TensorType> Types { get; }

    /// <summary>The number of inputs.</summary>
    int Count { get; }

    /// <summary>Whether an input is a plain number.</summary>
    bool IsNumber(int index);
}

/// <summary>Input of the rule that works out the result types of a primitive with settings.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class AbstractArgs<TSettings> : AbstractArgs, IRuleArgs<TSettings>
    where TSettings : Settings
{
    internal AbstractArgs(Primitive primitive, TSettings settings, IReadOnlyList<TensorType> types)
        : base(primitive, settings, types) => Settings = settings;

    /// <summary>The settings.</summary>
    public new TSettings Settings { get; }
}

/// <summary>Input of the rule that works out what a use of a primitive with settings costs.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class CostArgs<TSettings> : CostArgs
    where TSettings : Settings
{
    internal CostArgs(
        Primitive primitive, TSettings settings, IReadOnlyList<TensorType> types, IReadOnlyList<TensorType> outputs, int? overwritten)
        : base(primitive, settings, types, outputs, overwritten) => Settings = settings;

    /// <summary>The settings.</summary>
    public new TSettings Settings { get; }
}

/// <summary>Input of the rule that calls a TorchSharp kernel for a primitive with settings.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class EagerArgs<TSettings> : EagerArgs, IRuleArgs<TSettings>
    where TSettings : Settings
{
    internal EagerArgs(Primitive primitive, TSettings settings, Tensor[] inputs, IReadOnlyList<TensorType> types)
        : base(primitive, settings, inputs, types) => Settings = settings;

    /// <summary>The settings.</summary>
    public new TSettings Settings { get; }
}

/// <summary>Input of the rule that writes the TorchScript of a primitive with settings.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class ScriptArgs<TSettings> : ScriptArgs, IRuleArgs<TSettings>
    where TSettings : Settings
{
    internal ScriptArgs(Primitive primitive, TSettings settings, ScriptPlace place)
        : base(primitive, settings, place) => Settings = settings;

    /// <summary>The settings.</summary>
    public new TSettings Settings { get; }

    /// <summary>The expression of a rule.</summary>
    internal string Write(ScriptRule<ScriptArgs<TSettings>> rule)
    {
        var expression = rule(this);
        RequireInto();
        return expression;
    }
}

/// <summary>Input of the rule that writes the vector-Jacobian product of a primitive with settings.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class VjpArgs<TSettings> : VjpArgs, IRuleArgs<TSettings>
    where TSettings : Settings
{
    internal VjpArgs(Primitive primitive, TSettings settings, IReadOnlyList<Tensor> inputs, bool[] needed)
        : base(primitive, settings, inputs, needed) => Settings = settings;

    /// <summary>The settings.</summary>
    public new TSettings Settings { get; }

    /// <inheritdoc/>
    internal override VjpArgs WithInputs(IReadOnlyList<Tensor> inputs) => new VjpArgs<TSettings>(Primitive, Settings, inputs, Needed);
}
