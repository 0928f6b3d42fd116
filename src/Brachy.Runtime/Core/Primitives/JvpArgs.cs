namespace Brachy.Extending;

/// <summary>Input of the rule that writes the Jacobian-vector product, in Brachy ops.</summary>
public abstract class JvpArgs : RuleArgs
{
    private readonly RecordedOp _op;
    private readonly bool[] _wanted;

    private protected JvpArgs(Primitive primitive, RecordedOp op, Tensor?[] tangents, bool[] wanted)
        : base(primitive, op.Settings, op.Inputs.Select(t => t.Type).ToArray())
    {
        (_op, Tangents, _wanted) = (op, tangents, wanted);
    }

    /// <summary>An input.</summary>
    public Tensor this[int index] => _op.Inputs[index];

    /// <summary>All inputs.</summary>
    public IReadOnlyList<Tensor> Inputs => _op.Inputs;

    /// <summary>The use of the primitive.</summary>
    internal RecordedOp Op => _op;

    /// <summary>The tangent of each input, of its type; null for zero.</summary>
    internal Tensor?[] Tangents { get; }

    /// <summary>All results.</summary>
    internal Tensor[] Outputs => _op.Outputs;

    /// <summary>
    /// Whether a rule that computes the results again may let them take the place of those of the op, which is then not computed.
    /// </summary>
    internal bool MayReplace { get; init; }

    /// <summary>Whether the tangent of a result is wanted; a rule may return null for the others.</summary>
    public bool Wants(int output) => _wanted[output];
}

/// <summary>Input of the rule that writes the Jacobian-vector product of a primitive with settings.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class JvpArgs<TSettings> : JvpArgs, IRuleArgs<TSettings>
    where TSettings : Settings
{
    internal JvpArgs(Primitive primitive, TSettings settings, RecordedOp op, Tensor?[] tangents, bool[] wanted)
        : base(primitive, op, tangents, wanted) => Settings = settings;

    /// <summary>The settings.</summary>
    public new TSettings Settings { get; }
}
