namespace Brachy;

// Simple functions of single elements: sign, rounding and tests.
public static partial class F
{
    /// <summary>Elementwise -x. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor neg(Tensor x) => Neg.Bind(x);

    internal static readonly Primitive Neg = new("neg")
    {
        Abstract = ElementRules.UnaryNotBool,
        Eager = x => x[0].neg(),
        Script = x => $"torch.neg({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [-g]),
        InPlace = InPlace.Unary("neg_"),
    };

    /// <summary>Elementwise |x|; its gradient at 0 is 0. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor abs(Tensor x) => Abs.Bind(x);

    internal static readonly Primitive Abs = new("abs")
    {
        Abstract = ElementRules.UnaryNotBool,
        Eager = x => x[0].abs(),
        Script = x => $"torch.abs({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * sign(x[0])]),
        InPlace = InPlace.Unary("abs_"),
    };

    /// <summary>Elementwise -1, 0 or 1. Shape and dtype: as x.</summary>
    public static Tensor sign(Tensor x) => Sign.Bind(x);

    internal static readonly Primitive Sign = new("sign")
    {
        Abstract = Shapes.Unary,
        Eager = x => x[0].sign(),
        Script = x => $"torch.sign({x[0]})",
        Vjp = Vjp.Zero("it is constant between its steps"),
    };

    /// <summary>Elementwise x^2. Shape and dtype: as x (bool becomes int64).</summary>
    public static Tensor square(Tensor x) => Square.Bind(x);

    internal static readonly Primitive Square = new("square")
    {
        Abstract = x => x[0].WithDType(x[0].DType == DType.Bool ? DType.Int64 : x[0].DType),
        Eager = x => x[0].pow(NativeNumber.Of(2)),
        Script = x => $"torch.square({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * (x[0] * 2)]),
        InPlace = InPlace.Unary("square_"),
    };

    /// <summary>Elementwise largest integer not above x. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor floor(Tensor x) => Floor.Bind(x);

    internal static readonly Primitive Floor = new("floor")
    {
        Abstract = ElementRules.UnaryNotBool,
        Eager = x => x[0].floor(),
        Script = x => $"torch.floor({x[0]})",
        Vjp = Vjp.Zero("it is constant between its steps"),
    };

    /// <summary>Elementwise smallest integer not below x. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor ceil(Tensor x) => Ceil.Bind(x);

    internal static readonly Primitive Ceil = new("ceil")
    {
        Abstract = ElementRules.UnaryNotBool,
        Eager = x => x[0].ceil(),
        Script = x => $"torch.ceil({x[0]})",
        Vjp = Vjp.Zero("it is constant between its steps"),
    };

    /// <summary>Elementwise nearest integer; halves go to the even one. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor round(Tensor x) => Round.Bind(x);

    internal static readonly Primitive Round = new("round")
    {
        Abstract = ElementRules.UnaryNotBool,
        Eager = x => x.Types[0].DType.IsFloatingPoint() ? x[0].round() : x[0].clone(),
        Script = x => $"torch.round({x[0]})",
        Vjp = Vjp.Zero("it is constant between its steps"),
    };

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
            throw new ArgumentOutOfRangeException(nameof(decimals), decimals, $"round: 10 to the power of {Math.Abs((double)decimals)} is out of range for {x.dtype.Name()}.");
        }

        return decimals > 0 ? round(x * power) / power : round(x / power) * power;
    }

    /// <summary>Elementwise: whether x is zero. Shape: as x; dtype bool.</summary>
    public static Tensor logical_not(Tensor x) => LogicalNot.Bind(x);

    internal static readonly Primitive LogicalNot = new("logical_not")
    {
        Abstract = ElementRules.UnaryBool,
        Eager = x => x[0].logical_not(),
        Script = x => $"torch.logical_not({x[0]})",
        Vjp = Vjp.Zero("truth values have no gradient"),
    };

    /// <summary>Elementwise: whether x is not a number. Shape: as x; dtype bool.</summary>
    public static Tensor isnan(Tensor x) => Isnan.Bind(x);

    internal static readonly Primitive Isnan = new("isnan")
    {
        Abstract = ElementRules.UnaryBool,
        Eager = x => x[0].isnan(),
        Script = x => $"torch.isnan({x[0]})",
        Vjp = Vjp.Zero("truth values have no gradient"),
    };

    /// <summary>Elementwise: whether x is neither infinite nor NaN. Shape: as x; dtype bool.</summary>
    public static Tensor isfinite(Tensor x) => Isfinite.Bind(x);

    internal static readonly Primitive Isfinite = new("isfinite")
    {
        Abstract = ElementRules.UnaryBool,
        Eager = x => x[0].isfinite(),
        Script = x => $"torch.isfinite({x[0]})",
        Vjp = Vjp.Zero("truth values have no gradient"),
    };
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
