using Brachy.Extending;

namespace Brachy;

/// <summary>What takes the place of NaN and the infinities; null for the largest numbers.</summary>
internal sealed record NanToNumSettings(double Nan, double? PosInf, double? NegInf) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("nan", Nan), ("posinf", PosInf), ("neginf", NegInf)];
}

// Cutting to integers, values that are no numbers, signs, and how near values are to each other.
public static partial class F
{
    /// <summary>Elementwise integer part: rounds towards zero. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor trunc(Tensor x) => Trunc.Bind(x);

    internal static readonly Primitive<NoSettings> Trunc = Unary.Steps("trunc", ElementRules.UnaryNotBool, x => x.trunc(), "torch.trunc");

    /// <summary>Elementwise fractional part, with the sign of x. Shape and dtype: as x, which must be of a floating-point type.</summary>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static Tensor frac(Tensor x)
    {
        RequireReal("frac", x);
        return x - trunc(x);
    }

    /// <summary>Elementwise: whether x is infinite, of either sign. Shape: as x; dtype bool.</summary>
    public static Tensor isinf(Tensor x) => Isinf.Bind(x);

    internal static readonly Primitive<NoSettings> Isinf = Unary.Test("isinf", x => x.isinf(), "torch.isinf");

    /// <summary>Elementwise: whether x is positive infinity. Shape: as x; dtype bool.</summary>
    public static Tensor isposinf(Tensor x) => eq(x, double.PositiveInfinity);

    /// <summary>Elementwise: whether x is negative infinity. Shape: as x; dtype bool.</summary>
    public static Tensor isneginf(Tensor x) => eq(x, double.NegativeInfinity);

    /// <summary>x with numbers in place of NaN and infinities; no gradient flows there. Shape and dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="nan">Stands in for NaN.</param>
    /// <param name="posinf">Stands in for infinity; null for the largest number of x's element type.</param>
    /// <param name="neginf">Stands in for negative infinity; null for the smallest number of x's element type.</param>
    public static Tensor nan_to_num(Tensor x, double nan = 0, double? posinf = null, double? neginf = null) =>
        NanToNum.Bind(new NanToNumSettings(nan, posinf, neginf), x);

    internal static readonly Primitive<NanToNumSettings> NanToNum = Unary.Of<NanToNumSettings>(
        "nan_to_num", Shapes.Unary, x => x[0].nan_to_num(x.Settings.Nan, x.Settings.PosInf, x.Settings.NegInf),
        x =>
        {
            static string Limit(double? value) => value is { } given ? Script.Real(given) : "None";
            return $"torch.nan_to_num({x[0]}, {Limit(x.Settings.Nan)}, {Limit(x.Settings.PosInf)}, {Limit(x.Settings.NegInf)})";
        },
        Vjp.Rule((g, y, x) => [where(isfinite(x[0]), g, 0)]));

    /// <summary>
    /// Elementwise magnitude of left with the sign of right, that of -0 too. Shape: broadcast of both; dtype: promoted
    /// (integers give float32).
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor copysign(Tensor left, Tensor right) => CopySign.Bind(left, right);

    internal static readonly Primitive<NoSettings> CopySign = Binary.Of(
        "copysign", Shapes.FloatBinary, Binary.Kernel((a, b) => a.copysign(b)), Binary.Call("torch.copysign", takesNumber: false),
        (g, y, a, b) => g * copysign(1.0, b) * sign(a), null);

    /// <summary>Elementwise: whether the sign bit is set, that of -0 too. Shape: as x; dtype bool.</summary>
    public static Tensor signbit(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.dtype.IsFloatingPoint() ? copysign(1.0, x) < 0 : x < 0;
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

    /// <summary>
    /// Elementwise start + weight * (end - start), computed from the nearer end, so that weight 1 gives the end. Shape: broadcast of
    /// all three; dtype: promoted.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor lerp(Tensor start, Tensor end, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(end);
        ArgumentNullException.ThrowIfNull(weight);
        var difference = end - start;
        Tensor FromStart() => start + weight * difference;
        Tensor FromEnd() => end - (1 - weight) * difference;
        return weight.Number is { } number
            ? Math.Abs(number.ToDouble()) < 0.5 ? FromStart() : FromEnd()
            : where(abs(NotBool(weight)) < 0.5, FromStart(), FromEnd());
    }

    /// <summary>x + value * tensor1 * tensor2. Shape: broadcast of all; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor addcmul(Tensor x, Tensor tensor1, Tensor tensor2, double value = 1) =>
        x + (value == 1 ? tensor1 * tensor2 : tensor1 * Factor("addcmul", tensor1 * tensor2, value) * tensor2);

    /// <summary>x + value * tensor1 / tensor2. Shape: broadcast of all; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor addcdiv(Tensor x, Tensor tensor1, Tensor tensor2, double value = 1) =>
        x + (value == 1 ? tensor1 : tensor1 * value) / tensor2;

    /// <summary>
    /// Elementwise: whether |left - right| is at most atol + rtol * |right|. Equal infinities are close. Shape:
    /// broadcast of both; dtype bool.
    /// </summary>
    /// <param name="left">Any tensor.</param>
    /// <param name="right">A tensor of the same element type.</param>
    /// <param name="rtol">The tolerance relative to right.</param>
    /// <param name="atol">The absolute tolerance.</param>
    /// <param name="equal_nan">Whether two NaNs are close.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The element types differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tolerance is negative.</exception>
    public static Tensor isclose(Tensor left, Tensor right, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        RequireNotNegative("isclose", nameof(rtol), rtol);
        RequireNotNegative("isclose", nameof(atol), atol);
        if (left.dtype != right.dtype && left.Number is null && right.Number is null)
        {
            throw new DTypeException($"isclose: the operands are {left.Type} and {right.Type}; cast one with x.to(dtype).");
        }

        // Differences of integers are exact in float64, up to 2^53.
        var real = left.Number is null ? left.dtype : right.dtype;
        real = real.IsFloatingPoint() ? real : DType.Float64;
        var (a, b) = (to(left, real), to(right, real));
        var difference = abs(a - b);
        var close = logical_or(eq(a, b), logical_and(isfinite(difference), difference <= abs(b) * rtol + atol));
        return equal_nan ? logical_or(close, logical_and(isnan(a), isnan(b))) : close;
    }

    /// <summary>Whether all elements are close, see <see cref="isclose"/>. Shape: []; dtype bool.</summary>
    /// <inheritdoc cref="isclose"/>
    public static Tensor allclose(Tensor left, Tensor right, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) =>
        all(isclose(left, right, rtol, atol, equal_nan));

    private static void RequireReal(string op, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.dtype.IsFloatingPoint())
        {
            throw new DTypeException($"{op}: x must have a floating-point type, but is {x.Type}; cast it with x.to(DType.Float32).");
        }
    }

    private static void RequireNotNegative(string op, string argument, double value)
    {
        if (!(value >= 0))
        {
            throw new ArgumentOutOfRangeException(argument, value, $"{op}: {argument} must be 0 or more.");
        }
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.trunc"/>
    public Tensor trunc() => F.trunc(this);

    /// <inheritdoc cref="F.frac"/>
    public Tensor frac() => F.frac(this);

    /// <inheritdoc cref="F.isinf"/>
    public Tensor isinf() => F.isinf(this);

    /// <inheritdoc cref="F.isposinf"/>
    public Tensor isposinf() => F.isposinf(this);

    /// <inheritdoc cref="F.isneginf"/>
    public Tensor isneginf() => F.isneginf(this);

    /// <inheritdoc cref="F.nan_to_num"/>
    public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => F.nan_to_num(this, nan, posinf, neginf);

    /// <inheritdoc cref="F.copysign"/>
    public Tensor copysign(Tensor right) => F.copysign(this, right);

    /// <inheritdoc cref="F.signbit"/>
    public Tensor signbit() => F.signbit(this);

    /// <inheritdoc cref="F.heaviside"/>
    public Tensor heaviside(Tensor values) => F.heaviside(this, values);

    /// <inheritdoc cref="F.lerp"/>
    public Tensor lerp(Tensor end, Tensor weight) => F.lerp(this, end, weight);

    /// <inheritdoc cref="F.addcmul"/>
    public Tensor addcmul(Tensor tensor1, Tensor tensor2, double value = 1) => F.addcmul(this, tensor1, tensor2, value);

    /// <inheritdoc cref="F.addcdiv"/>
    public Tensor addcdiv(Tensor tensor1, Tensor tensor2, double value = 1) => F.addcdiv(this, tensor1, tensor2, value);

    /// <inheritdoc cref="F.isclose"/>
    public Tensor isclose(Tensor right, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) =>
        F.isclose(this, right, rtol, atol, equal_nan);

    /// <inheritdoc cref="F.allclose"/>
    public Tensor allclose(Tensor right, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) =>
        F.allclose(this, right, rtol, atol, equal_nan);
}
