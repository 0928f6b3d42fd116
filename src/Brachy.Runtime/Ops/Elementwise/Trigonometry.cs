using Brachy.Extending;

namespace Brachy;

// Inverse and hyperbolic functions, and angles.
public static partial class F
{
    /// <summary>Elementwise arc sine, in radians; NaN outside [-1, 1]. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor asin(Tensor x) => Asin.Bind(x);

    internal static readonly Primitive<NoSettings> Asin = Unary.Float(
        "asin", x => x.asin(), "torch.asin", (g, y, x) => g * rsqrt(1 - square(x)));

    /// <summary>Elementwise arc cosine, in radians; NaN outside [-1, 1]. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor acos(Tensor x) => Acos.Bind(x);

    internal static readonly Primitive<NoSettings> Acos = Unary.Float(
        "acos", x => x.acos(), "torch.acos", (g, y, x) => -g * rsqrt(1 - square(x)));

    /// <summary>Elementwise arc tangent, in radians. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor atan(Tensor x) => Atan.Bind(x);

    internal static readonly Primitive<NoSettings> Atan = Unary.Float(
        "atan", x => x.atan(), "torch.atan", (g, y, x) => g / (square(x) + 1));

    /// <summary>Elementwise hyperbolic sine. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sinh(Tensor x) => Sinh.Bind(x);

    internal static readonly Primitive<NoSettings> Sinh = Unary.Float("sinh", x => x.sinh(), "torch.sinh", (g, y, x) => g * cosh(x));

    /// <summary>Elementwise hyperbolic cosine. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor cosh(Tensor x) => Cosh.Bind(x);

    internal static readonly Primitive<NoSettings> Cosh = Unary.Float("cosh", x => x.cosh(), "torch.cosh", (g, y, x) => g * sinh(x));

    /// <summary>Elementwise inverse of <see cref="sinh"/>. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor asinh(Tensor x) => Asinh.Bind(x);

    internal static readonly Primitive<NoSettings> Asinh = Unary.Float(
        "asinh", x => x.asinh(), "torch.asinh", (g, y, x) => g * rsqrt(square(x) + 1));

    /// <summary>Elementwise inverse of <see cref="cosh"/>; NaN below 1. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor acosh(Tensor x) => Acosh.Bind(x);

    internal static readonly Primitive<NoSettings> Acosh = Unary.Float(
        "acosh", x => x.acosh(), "torch.acosh", (g, y, x) => g * rsqrt(square(x) - 1));

    /// <summary>Elementwise inverse of <see cref="tanh"/>; NaN outside [-1, 1]. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor atanh(Tensor x) => Atanh.Bind(x);

    internal static readonly Primitive<NoSettings> Atanh = Unary.Float(
        "atanh", x => x.atanh(), "torch.atanh", (g, y, x) => g / (1 - square(x)));

    /// <summary>
    /// Elementwise angle of the point (x, y), in radians from -pi to pi. Shape: broadcast of both; dtype: promoted (integers give float32).
    /// </summary>
    /// <param name="y">The ordinate, which comes first as everywhere.</param>
    /// <param name="x">The abscissa.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor atan2(Tensor y, Tensor x) => Atan2.Bind(y, x);

    internal static readonly Primitive<NoSettings> Atan2 = Binary.Of(
        "atan2", Shapes.FloatBinary, Binary.Kernel((a, b) => a.atan2(b)), Binary.Call("torch.atan2", takesNumber: false),
        Vjp.Rule((g, y, x) =>
        {
            // As in libtorch, nothing flows where both are 0, or so small that their squares vanish. The divisor is replaced, not the
            // result, so that second derivatives do not meet 0 / 0.
            var (left, right) = (ElementRules.Exact(x[0], g), ElementRules.Exact(x[1], g));
            var scaled = ElementRules.OverNonZero(g, square(left) + square(right));
            return [x.If(0, () => scaled * right), x.If(1, () => -scaled * left)];
        }));

    /// <summary>
    /// Elementwise sqrt(left^2 + right^2) without overflow. Shape: broadcast of both; dtype: promoted, of a floating-point type.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">Both hold integers.</exception>
    public static Tensor hypot(Tensor left, Tensor right) => Hypot.Bind(left, right);

    internal static readonly Primitive<NoSettings> Hypot = Binary.Of(
        "hypot", ElementRules.BinaryReal, Binary.Kernel((a, b) => a.hypot(b)), Binary.Call("torch.hypot", takesNumber: false),
        (g, y, a, b) => g * (a / y), (g, y, a, b) => g * (b / y));

    /// <summary>Elementwise sin(pi x) / (pi x), and 1 at 0. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sinc(Tensor x)
    {
        // Near 0 the quotient's derivative cancels; five terms of the series are exact there. Each branch sees harmless numbers
        // where the other one counts.
        ArgumentNullException.ThrowIfNull(x);
        var angle = x * Math.PI;
        var isNear = abs(angle) < 0.1;
        var far = where(isNear, 1, angle);
        var s = square(where(isNear, angle, 0));
        return where(isNear, 1 - (s * (1 - (s * (1 - (s * (1 - (s / 72)) / 42)) / 20)) / 6), sin(far) / far);
    }

    /// <inheritdoc cref="acos"/>
    public static Tensor arccos(Tensor x) => acos(x);

    /// <inheritdoc cref="acosh"/>
    public static Tensor arccosh(Tensor x) => acosh(x);

    /// <inheritdoc cref="asin"/>
    public static Tensor arcsin(Tensor x) => asin(x);

    /// <inheritdoc cref="asinh"/>
    public static Tensor arcsinh(Tensor x) => asinh(x);

    /// <inheritdoc cref="atan"/>
    public static Tensor arctan(Tensor x) => atan(x);

    /// <inheritdoc cref="atan2"/>
    public static Tensor arctan2(Tensor left, Tensor right) => atan2(left, right);

    /// <inheritdoc cref="atanh"/>
    public static Tensor arctanh(Tensor x) => atanh(x);

    /// <summary>Degrees as radians. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor deg2rad(Tensor x) => x * (Math.PI / 180);

    /// <summary>Radians as degrees. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor rad2deg(Tensor x) => x * (180 / Math.PI);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.asin"/>
    public Tensor asin() => F.asin(this);

    /// <inheritdoc cref="F.acos"/>
    public Tensor acos() => F.acos(this);

    /// <inheritdoc cref="F.atan"/>
    public Tensor atan() => F.atan(this);

    /// <inheritdoc cref="F.sinh"/>
    public Tensor sinh() => F.sinh(this);

    /// <inheritdoc cref="F.cosh"/>
    public Tensor cosh() => F.cosh(this);

    /// <inheritdoc cref="F.asinh"/>
    public Tensor asinh() => F.asinh(this);

    /// <inheritdoc cref="F.acosh"/>
    public Tensor acosh() => F.acosh(this);

    /// <inheritdoc cref="F.atanh"/>
    public Tensor atanh() => F.atanh(this);

    /// <inheritdoc cref="F.atan2"/>
    public Tensor atan2(Tensor x) => F.atan2(this, x);

    /// <inheritdoc cref="F.hypot"/>
    public Tensor hypot(Tensor right) => F.hypot(this, right);

    /// <inheritdoc cref="F.sinc"/>
    public Tensor sinc() => F.sinc(this);

    /// <inheritdoc cref="F.arccos"/>
    public Tensor arccos() => F.arccos(this);

    /// <inheritdoc cref="F.arccosh"/>
    public Tensor arccosh() => F.arccosh(this);

    /// <inheritdoc cref="F.arcsin"/>
    public Tensor arcsin() => F.arcsin(this);

    /// <inheritdoc cref="F.arcsinh"/>
    public Tensor arcsinh() => F.arcsinh(this);

    /// <inheritdoc cref="F.arctan"/>
    public Tensor arctan() => F.arctan(this);

    /// <inheritdoc cref="F.arctanh"/>
    public Tensor arctanh() => F.arctanh(this);

    /// <inheritdoc cref="F.arctan2"/>
    public Tensor arctan2(Tensor right) => F.arctan2(this, right);

    /// <inheritdoc cref="F.deg2rad"/>
    public Tensor deg2rad() => F.deg2rad(this);

    /// <inheritdoc cref="F.rad2deg"/>
    public Tensor rad2deg() => F.rad2deg(this);
}
