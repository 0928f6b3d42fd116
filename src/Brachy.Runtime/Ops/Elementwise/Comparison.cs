using Brachy.Extending;

namespace Brachy;

// Comparisons and logic. Shapes broadcast; results are bool.
public static partial class F
{
    /// <summary>Elementwise: whether left is equal to right. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor eq(Tensor left, Tensor right) => Eq.Bind(left, right);

    internal static readonly Primitive<NoSettings> Eq = Binary.Comparison(
        "eq", Binary.Kernel((a, b) => a.eq(b), (a, n) => a.eq(n), (b, n) => b.eq(n)), Binary.Call("torch.eq", swapped: "torch.eq"));

    /// <summary>Elementwise: whether left differs from right. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor ne(Tensor left, Tensor right) => Ne.Bind(left, right);

    internal static readonly Primitive<NoSettings> Ne = Binary.Comparison(
        "ne", Binary.Kernel((a, b) => a.ne(b), (a, n) => a.ne(n), (b, n) => b.ne(n)), Binary.Call("torch.ne", swapped: "torch.ne"));

    /// <summary>Elementwise: whether left is less than right. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor lt(Tensor left, Tensor right) => Lt.Bind(left, right);

    internal static readonly Primitive<NoSettings> Lt = Binary.Comparison(
        "lt", Binary.Kernel((a, b) => a.lt(b), (a, n) => a.lt(n), (b, n) => b.gt(n)), Binary.Call("torch.lt", swapped: "torch.gt"));

    /// <summary>Elementwise: whether left is at most right. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor le(Tensor left, Tensor right) => Le.Bind(left, right);

    internal static readonly Primitive<NoSettings> Le = Binary.Comparison(
        "le", Binary.Kernel((a, b) => a.le(b), (a, n) => a.le(n), (b, n) => b.ge(n)), Binary.Call("torch.le", swapped: "torch.ge"));

    /// <summary>Elementwise: whether left is greater than right. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor gt(Tensor left, Tensor right) => Gt.Bind(left, right);

    internal static readonly Primitive<NoSettings> Gt = Binary.Comparison(
        "gt", Binary.Kernel((a, b) => a.gt(b), (a, n) => a.gt(n), (b, n) => b.lt(n)), Binary.Call("torch.gt", swapped: "torch.lt"));

    /// <summary>Elementwise: whether left is at least right. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor ge(Tensor left, Tensor right) => Ge.Bind(left, right);

    internal static readonly Primitive<NoSettings> Ge = Binary.Comparison(
        "ge", Binary.Kernel((a, b) => a.ge(b), (a, n) => a.ge(n), (b, n) => b.le(n)), Binary.Call("torch.ge", swapped: "torch.le"));

    /// <summary>Elementwise: whether both are not zero. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor logical_and(Tensor left, Tensor right) => LogicalAnd.Bind(left, right);

    internal static readonly Primitive<NoSettings> LogicalAnd = Binary.Comparison(
        "logical_and", Binary.Kernel((a, b) => a.logical_and(b)), Binary.Call("torch.logical_and", takesNumber: false));

    /// <summary>Elementwise: whether one is not zero. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor logical_or(Tensor left, Tensor right) => LogicalOr.Bind(left, right);

    internal static readonly Primitive<NoSettings> LogicalOr = Binary.Comparison(
        "logical_or", Binary.Kernel((a, b) => a.logical_or(b)), Binary.Call("torch.logical_or", takesNumber: false));

    /// <summary>Elementwise: whether exactly one is not zero. Shape: broadcast of both; dtype bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor logical_xor(Tensor left, Tensor right) => LogicalXor.Bind(left, right);

    internal static readonly Primitive<NoSettings> LogicalXor = Binary.Comparison(
        "logical_xor", Binary.Kernel((a, b) => a.logical_xor(b)), Binary.Call("torch.logical_xor", takesNumber: false));

    /// <summary>
    /// Elementwise choice: a where the condition holds, otherwise b. Shape: broadcast of all three; dtype: promoted from a and b.
    /// </summary>
    /// <param name="condition">A tensor of truth values.</param>
    /// <param name="a">Taken where the condition holds; may be a number.</param>
    /// <param name="b">Taken elsewhere; may be a number.</param>
    /// <exception cref="DTypeException">The condition is not bool.</exception>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor where(Tensor condition, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Where.Bind(condition.Number is null ? condition : to(condition, DType.Bool), a, b);
    }

    internal static readonly Primitive<NoSettings> Where = Binary.Of(
        "where",
        x => x[0].DType == DType.Bool
            ? new TensorType(Shapes.Broadcast(x), Promotion.ResultType([x[1], x[2]]), x.Device)
            : throw new DTypeException($"where: condition must be bool, but is {x[0]}; compare it: F.ne(condition, 0)."),
        x => TorchSharp.torch.where(x[0], x[1], x[2]),
        x =>
        {
            // A lone number is written as such, which saves an op; see Binary.Call on truth values.
            bool IsPlain(int index) => x.IsNumber(index) && !x.IsNumber(3 - index) && x.Types[index].DType != DType.Bool;
            return $"torch.where({x[0]}, {(IsPlain(1) ? x.Number(1) : x[1])}, {(IsPlain(2) ? x.Number(2) : x[2])})";
        },
        Vjp.Rule((g, y, x) => [null, x.If(1, () => where(x[0], g, 0)), x.If(2, () => where(x[0], 0, g))]),
        jvp: Jvp.Rule((t, y, x) => where(x[0], t[1] ?? 0, t[2] ?? 0)));

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
        OperandChecks.RequireNotNegative("isclose", nameof(rtol), rtol);
        OperandChecks.RequireNotNegative("isclose", nameof(atol), atol);
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

    /// <summary>Elementwise: whether x is zero. Shape: as x; dtype bool.</summary>
    public static Tensor logical_not(Tensor x) => LogicalNot.Bind(x);

    internal static readonly Primitive<NoSettings> LogicalNot = Unary.Test("logical_not", x => x.logical_not(), "torch.logical_not");

    /// <inheritdoc cref="gt"/>
    public static Tensor greater(Tensor left, Tensor right) => gt(left, right);

    /// <inheritdoc cref="ge"/>
    public static Tensor greater_equal(Tensor left, Tensor right) => ge(left, right);

    /// <inheritdoc cref="lt"/>
    public static Tensor less(Tensor left, Tensor right) => lt(left, right);

    /// <inheritdoc cref="le"/>
    public static Tensor less_equal(Tensor left, Tensor right) => le(left, right);

    /// <inheritdoc cref="ne"/>
    public static Tensor not_equal(Tensor left, Tensor right) => ne(left, right);

    /// <summary>Whether shapes and all elements are equal; NaN equals nothing. Shape: []; dtype bool.</summary>
    public static Tensor equal(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.shape == right.shape ? all(eq(left, right)) : tensor(false, device: left.device);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.lt"/>
    public static Tensor operator <(Tensor left, Tensor right) => F.lt(left, right);

    /// <inheritdoc cref="F.gt"/>
    public static Tensor operator >(Tensor left, Tensor right) => F.gt(left, right);

    /// <inheritdoc cref="F.le"/>
    public static Tensor operator <=(Tensor left, Tensor right) => F.le(left, right);

    /// <inheritdoc cref="F.ge"/>
    public static Tensor operator >=(Tensor left, Tensor right) => F.ge(left, right);

    /// <inheritdoc cref="F.eq"/>
    public Tensor eq(Tensor right) => F.eq(this, right);

    /// <inheritdoc cref="F.ne"/>
    public Tensor ne(Tensor right) => F.ne(this, right);

    /// <inheritdoc cref="F.lt"/>
    public Tensor lt(Tensor right) => F.lt(this, right);

    /// <inheritdoc cref="F.le"/>
    public Tensor le(Tensor right) => F.le(this, right);

    /// <inheritdoc cref="F.gt"/>
    public Tensor gt(Tensor right) => F.gt(this, right);

    /// <inheritdoc cref="F.ge"/>
    public Tensor ge(Tensor right) => F.ge(this, right);

    /// <inheritdoc cref="F.logical_and"/>
    public Tensor logical_and(Tensor right) => F.logical_and(this, right);

    /// <inheritdoc cref="F.logical_or"/>
    public Tensor logical_or(Tensor right) => F.logical_or(this, right);

    /// <inheritdoc cref="F.logical_xor"/>
    public Tensor logical_xor(Tensor right) => F.logical_xor(this, right);

    /// <summary>This tensor where the condition holds, otherwise the other; see <see cref="F.where(Tensor, Tensor, Tensor)"/>.</summary>
    public Tensor where(Tensor condition, Tensor other) => F.where(condition, this, other);

    /// <inheritdoc cref="F.isclose"/>
    public Tensor isclose(Tensor right, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) =>
        F.isclose(this, right, rtol, atol, equal_nan);

    /// <inheritdoc cref="F.allclose"/>
    public Tensor allclose(Tensor right, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) =>
        F.allclose(this, right, rtol, atol, equal_nan);

    /// <inheritdoc cref="F.logical_not"/>
    public Tensor logical_not() => F.logical_not(this);

    /// <inheritdoc cref="F.greater"/>
    public Tensor greater(Tensor right) => F.greater(this, right);

    /// <inheritdoc cref="F.greater_equal"/>
    public Tensor greater_equal(Tensor right) => F.greater_equal(this, right);

    /// <inheritdoc cref="F.less"/>
    public Tensor less(Tensor right) => F.less(this, right);

    /// <inheritdoc cref="F.less_equal"/>
    public Tensor less_equal(Tensor right) => F.less_equal(this, right);

    /// <inheritdoc cref="F.not_equal"/>
    public Tensor not_equal(Tensor right) => F.not_equal(this, right);

    /// <inheritdoc cref="F.equal"/>
    public Tensor equal(Tensor right) => F.equal(this, right);
}
