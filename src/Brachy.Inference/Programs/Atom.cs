namespace Brachy.Compilation;

/// <summary>An operand of a graph: a variable or a plain number.</summary>
public abstract class Atom(TensorType type)
{
    /// <summary>Shape, element type and device.</summary>
    public TensorType Type { get; } = type;
}

/// <summary>A value of a graph, defined exactly once: an input, a constant or a result of an equation.</summary>
public sealed class Var(TensorType type) : Atom(type);

/// <summary>A plain number in a graph.</summary>
public sealed class Literal(Scalar value) : Atom(TensorType.OfNumber(value))
{
    /// <summary>The number.</summary>
    public Scalar Value { get; } = value;
}
