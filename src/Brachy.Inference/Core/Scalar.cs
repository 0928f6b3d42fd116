using System.Globalization;

namespace Brachy;

/// <summary>A plain number or truth value, as it takes part in type promotion: weaker than any tensor.</summary>
public readonly record struct Scalar
{
    private readonly long _integer;
    private readonly double _real;

    /// <summary>A real number.</summary>
    public Scalar(double value) => (Kind, _real) = (ScalarKind.Real, value);

    /// <summary>An integer.</summary>
    public Scalar(long value) => (Kind, _integer) = (ScalarKind.Integer, value);

    /// <summary>A truth value.</summary>
    public Scalar(bool value) => (Kind, _integer) = (ScalarKind.Bool, value ? 1 : 0);

    /// <summary>Which kind of number it is.</summary>
    public ScalarKind Kind { get; }

    /// <summary>The element type a tensor made of this number gets: float32, int64 or bool, as in PyTorch.</summary>
    public DType DefaultDType => Kind switch
    {
        ScalarKind.Real => DType.Float32,
        ScalarKind.Integer => DType.Int64,
        _ => DType.Bool,
    };

    /// <summary>A real number.</summary>
    public static implicit operator Scalar(double value) => new(value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new((long)value);

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(value);

    /// <summary>The number as a double.</summary>
    public static explicit operator double(Scalar value) => value.ToDouble();

    /// <summary>The number as an integer; a real number is cut towards zero.</summary>
    public static explicit operator long(Scalar value) => value.ToInt64();

    /// <summary>Whether the number is not zero.</summary>
    public static explicit operator bool(Scalar value) => value.ToBool();

    /// <summary>The number as a double.</summary>
    public double ToDouble() => Kind == ScalarKind.Real ? _real : _integer;

    /// <summary>The number as an integer; a real number is cut towards zero.</summary>
    public long ToInt64() => Kind == ScalarKind.Real ? (long)_real : _integer;

    /// <summary>Whether the number is not zero.</summary>
    public bool ToBool() => Kind == ScalarKind.Real ? _real != 0 : _integer != 0;

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ScalarKind.Real => FormatReal(_real),
        ScalarKind.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        _ => _integer != 0 ? "True" : "False",
    };

    /// <summary>Whether kind and value are the same; reals by their bits, since 0 and -0 divide differently.</summary>
    public bool Equals(Scalar other) =>
        Kind == other.Kind && _integer == other._integer
        && BitConverter.DoubleToInt64Bits(_real) == BitConverter.DoubleToInt64Bits(other._real);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _integer, BitConverter.DoubleToInt64Bits(_real));

    private static string FormatReal(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value) && text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}

/// <summary>The kinds of plain number, weakest first.</summary>
public enum ScalarKind
{
    /// <summary>A truth value.</summary>
    Bool,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A real number.</summary>
    Real,
}
