namespace Brachy.Inference;

/// <summary>A value of a model that is built: an input, a weight, a result of an operation; or a plain number among operands.</summary>
public sealed class FrozenValue
{
    internal FrozenValue(FrozenRoutine owner, FrozenValueKind kind, string name, TensorType type) =>
        (Owner, Kind, Name, Type) = (owner, kind, name, type);

    private FrozenValue(FrozenNumber number)
    {
        (Kind, Name, Number) = (FrozenValueKind.Number, $"{number}", number);
        Type = TensorType.OfNumber(number.Constant ?? (number.IsReal ? new Scalar(0.0) : new Scalar(0L)));
    }

    /// <summary>The type; of a model whose sizes vary that for the typical ones.</summary>
    public TensorType Type { get; }

    internal FrozenRoutine? Owner { get; }

    internal FrozenValueKind Kind { get; }

    internal string Name { get; }

    /// <summary>The plain number that it is.</summary>
    internal FrozenNumber? Number { get; }

    /// <summary>Its number in the routine, once that is complete.</summary>
    internal int Index { get; set; }

    /// <summary>The operation that wrote over it.</summary>
    internal string? OverwrittenBy { get; set; }

    internal bool IsResult { get; set; }

    /// <summary>A plain number.</summary>
    public static implicit operator FrozenValue(int value) => new((FrozenNumber)value);

    /// <summary>A plain number.</summary>
    public static implicit operator FrozenValue(long value) => new((FrozenNumber)value);

    /// <summary>A plain number.</summary>
    public static implicit operator FrozenValue(double value) => new((FrozenNumber)value);

    /// <summary>A plain truth value.</summary>
    public static implicit operator FrozenValue(bool value) => new(new FrozenNumber(new Scalar(value)));

    /// <summary>A plain number, or a formula of sizes.</summary>
    public static implicit operator FrozenValue(FrozenNumber value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>For example <c>x: float32[2, 784]</c>.</summary>
    public override string ToString() => Number is null ? $"{Name}: {Type}" : Name;
}
