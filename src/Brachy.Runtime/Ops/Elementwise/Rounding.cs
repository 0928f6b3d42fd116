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

        RequireReal("round", x);
        var power = Math.Pow(10, Math.Abs((double)decimals));
        if (!double.IsFinite(power) || !x.dtype.Holds(power))
        {
            throw new ArgumentOutOfRangeException(
                nameof(decimals), decimals,
                $"round: 10 to the power of {Math.Abs((double)decimals)} is out of range for {x.dtype.Name()}.");
        }

        return decimals > 0 ? round(x * power) / power : round(x / power) * power;
    }

    /// <summary>Elementwise: whether x is zero. Shape: as x; dtype bool.</summary>
    public static Tensor logical_not(Tensor x) => LogicalNot.Bind(x);

    internal static readonly Primitive<NoSettings> LogicalNot = Unary.Test("logical_not", x => x.logical_not(), "torch.logical_not");

    /// <summary>Elementwise: whether x is not a number. Shape: as x; dtype bool.</summary>
    public static Tensor isnan(Tensor x) => Isnan.Bind(x);

    internal static readonly Primitive<NoSettings> Isnan = Unary.Test("isnan", x => x.isnan(), "torch.isnan");

    /// <summary>Elementwise: whether x is neither infinite nor NaN. Shape: as x; dtype bool.</summary>
    public static Tensor isfinite(Tensor x) => Isfinite.Bind(x);

    internal static readonly Primitive<NoSettings> Isfinite = Unary.Test("isfinite", x => x.isfinite(), "torch.isfinite");
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

    /// <inheritdoc cref="F.logical_not"/>
    public Tensor logical_not() => F.logical_not(this);

    /// <inheritdoc cref="F.isnan"/>
    public Tensor isnan() => F.isnan(this);

    /// <inheritdoc cref="F.isfinite"/>
    public Tensor isfinite() => F.isfinite(this);
}
