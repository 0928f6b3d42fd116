using Brachy.Extending;
using Brachy.Native;

namespace Brachy;

// Simple functions of single elements: sign, rounding and tests.
public static partial class F
{
    /// <summary>Elementwise -x. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor neg(Tensor x) => Neg.Bind(x);

    internal static readonly Primitive<NoSettings> Neg = Unary.Of(
        "neg", ElementRules.UnaryNotBool, x => x.neg(), "torch.neg", (g, y, x) => -g, inPlace: "neg_");

    /// <summary>Elementwise |x|; its gradient at 0 is 0. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor abs(Tensor x) => Abs.Bind(x);

    internal static readonly Primitive<NoSettings> Abs = Unary.Of(
        "abs", ElementRules.UnaryNotBool, x => x.abs(), "torch.abs", (g, y, x) => g * sign(x), inPlace: "abs_");

    /// <summary>Elementwise -1, 0 or 1. Shape and dtype: as x.</summary>
    public static Tensor sign(Tensor x) => Sign.Bind(x);

    internal static readonly Primitive<NoSettings> Sign = Unary.Steps("sign", Shapes.Unary, x => x.sign(), "torch.sign");

    /// <summary>Elementwise x^2. Shape and dtype: as x (bool becomes int64).</summary>
    public static Tensor square(Tensor x) => Square.Bind(x);

    internal static readonly Primitive<NoSettings> Square = Unary.Of(
        "square", x => x[0].WithDType(x[0].DType == DType.Bool ? DType.Int64 : x[0].DType), x => x.pow(NativeNumber.Of(2)), "torch.square",
        (g, y, x) => g * (x * 2), inPlace: "square_");

    /// <summary>Elementwise largest integer not above x. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor floor(Tensor x) => Floor.Bind(x);

    internal static readonly Primitive<NoSettings> Floor = Unary.Steps("floor", ElementRules.UnaryNotBool, x => x.floor(), "torch.floor");

    /// <summary>Elementwise smallest integer not below x. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor ceil(Tensor x) => Ceil.Bind(x);

    internal static readonly Primitive<NoSettings> Ceil = Unary.Steps("ceil", ElementRules.UnaryNotBool, x => x.ceil(), "torch.ceil");

    /// <summary>Elementwise nearest integer; halves go to the even one. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor round(Tensor x) => Round.Bind(x);

    internal static readonly Primitive<NoSettings> Round = Unary.Steps(
        "round", ElementRules.UnaryNotBool, x => x.is_floating_point() ? x.round() : x.clone(), "torch.round");

    /// <summary>Elementwise nearest number with so many decimals; halves go to the even one. Shape and dtype: as x.</summary>
    /// <param name="x">A tensor of a floating-point type; of integers, 0 decimals only.</param>
    /// <param name="decimals">How many; negative for places before the point: -2 rounds to hundreds.</param>
    /// <exception cref="DTypeException">x is bool, or holds integers and there are decimals.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are more decimals than powers of 10 in x's element type.</exception>
    public static Tensor round(Tensor x, long decimals)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (decimals == 0)
        {
            return round(x);
        }

        OperandChecks.RequireReal("round", x);
        var power = Math.Pow(10, Math.Abs((double)decimals));
        if (!double.IsFinite(power) || !x.dtype.Holds(power))
        {
            throw new ArgumentOutOfRangeException(
                nameof(decimals), decimals,
                $"round: 10 to the power of {Math.Abs((double)decimals)} is out of range for {x.dtype.Name()}.");
        }

        return decimals > 0 ? round(x * power) / power : round(x / power) * power;
    }

    /// <summary>Elementwise integer part: rounds towards zero. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor trunc(Tensor x) => Trunc.Bind(x);

    internal static readonly Primitive<NoSettings> Trunc = Unary.Steps("trunc", ElementRules.UnaryNotBool, x => x.trunc(), "torch.trunc");

    /// <summary>Elementwise fractional part, with the sign of x. Shape and dtype: as x, which must be of a floating-point type.</summary>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static Tensor frac(Tensor x)
    {
        OperandChecks.RequireReal("frac", x);
        return x - trunc(x);
    }

    /// <summary>Elementwise step: 0 below 0, 1 above it, and the given value at 0. Shape: broadcast of both; dtype: as both.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The element types differ.</exception>
    public static Tensor heaviside(Tensor x, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(values);
        if (x.dtype != values.dtype && values.Number is null)
        {
            throw new DTypeException($"heaviside: x is {x.Type}, but values are {values.Type}; cast one with x.to(dtype).");
        }

        return where(eq(x, 0), to(values, x.dtype), to(x > 0, x.dtype));
    }

    /// <inheritdoc cref="abs"/>
    public static Tensor absolute(Tensor x) => abs(x);

    /// <inheritdoc cref="trunc"/>
    public static Tensor fix(Tensor x) => trunc(x);

    /// <inheritdoc cref="neg"/>
    public static Tensor negative(Tensor x) => neg(x);

    /// <inheritdoc cref="sign"/>
    public static Tensor sgn(Tensor x) => sign(x);

    /// <summary>x itself, of numbers.</summary>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor positive(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.dtype != DType.Bool
            ? x
            : throw new DTypeException($"positive: x must hold numbers, but is {x.Type}; cast it with x.to(DType.Int64).");
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.neg"/>
    public static Tensor operator -(Tensor x) => F.neg(x);

    /// <inheritdoc cref="F.neg"/>
    public Tensor neg() => F.neg(this);

    /// <inheritdoc cref="F.abs"/>
    public Tensor abs() => F.abs(this);

    /// <inheritdoc cref="F.sign"/>
    public Tensor sign() => F.sign(this);

    /// <inheritdoc cref="F.square"/>
    public Tensor square() => F.square(this);

    /// <inheritdoc cref="F.floor"/>
    public Tensor floor() => F.floor(this);

    /// <inheritdoc cref="F.ceil"/>
    public Tensor ceil() => F.ceil(this);

    /// <inheritdoc cref="F.round(Tensor)"/>
    public Tensor round() => F.round(this);

    /// <inheritdoc cref="F.round(Tensor, long)"/>
    public Tensor round(long decimals) => F.round(this, decimals);

    /// <inheritdoc cref="F.trunc"/>
    public Tensor trunc() => F.trunc(this);

    /// <inheritdoc cref="F.frac"/>
    public Tensor frac() => F.frac(this);

    /// <inheritdoc cref="F.heaviside"/>
    public Tensor heaviside(Tensor values) => F.heaviside(this, values);

    /// <inheritdoc cref="F.absolute"/>
    public Tensor absolute() => F.absolute(this);

    /// <inheritdoc cref="F.fix"/>
    public Tensor fix() => F.fix(this);

    /// <inheritdoc cref="F.negative"/>
    public Tensor negative() => F.negative(this);

    /// <inheritdoc cref="F.sgn"/>
    public Tensor sgn() => F.sgn(this);

    /// <inheritdoc cref="F.positive"/>
    public Tensor positive() => F.positive(this);
}
