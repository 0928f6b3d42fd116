using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.NativeArithmetic;
using static Brachy.PowerGradients;

namespace Brachy;

// Arithmetic of two operands. Either may be a plain number; shapes broadcast and element types promote as in PyTorch.
public static partial class F
{
    /// <summary>Elementwise left + right. Shape: broadcast of both; dtype: promoted from both.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor add(Tensor left, Tensor right) => Add.Bind(left, right);

    /// <summary>
    /// Elementwise left + alpha right. Shape: broadcast of both; dtype: promoted from both, alpha's too if it is no integer.
    /// </summary>
    /// <param name="left">A tensor or number.</param>
    /// <param name="right">A tensor or number.</param>
    /// <param name="alpha">What right is multiplied by.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left + (right * Tensor.OfNumber(alpha));

    internal static readonly Primitive<NoSettings> Add = Binary.Of(
        "add", Shapes.Binary,
        Binary.Kernel((a, b) => Added(a, b), (a, n) => a.add(n, NativeNumber.Of(1)), (b, n) => b.add(n, NativeNumber.Of(1))),
        Binary.Call("torch.add", swapped: "torch.add"),
        (g, y, a, b) => g, (g, y, a, b) => g, InPlace.Binary("add_", commutes: true));

    /// <summary>Elementwise left - right. Shape: broadcast of both; dtype: promoted from both. Neither may be bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">An operand is bool.</exception>
    public static Tensor sub(Tensor left, Tensor right) => Sub.Bind(left, right);

    /// <summary>
    /// Elementwise left - alpha right. Shape: broadcast of both; dtype: promoted from both, alpha's too if it is no integer.
    /// </summary>
    /// <param name="left">A tensor or number.</param>
    /// <param name="right">A tensor or number.</param>
    /// <param name="alpha">What right is multiplied by.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">An operand is bool.</exception>
    public static Tensor sub(Tensor left, Tensor right, Scalar alpha) => left - (right * Tensor.OfNumber(alpha));

    internal static readonly Primitive<NoSettings> Sub = Binary.Of(
        "sub",
        x => x[0].DType == DType.Bool || x[1].DType == DType.Bool
            ? throw new DTypeException(
                $"sub: bool cannot be subtracted ({x[0]} and {x[1]}); use F.logical_xor, or cast it with x.to(DType.Int64).")
            : Shapes.Binary(x),
        Binary.Kernel((a, b) => a.sub(b), (a, n) => a.sub(n)), Binary.Call("torch.sub", swapped: "torch.rsub"),
        (g, y, a, b) => g, (g, y, a, b) => -g, InPlace.Binary("sub_"));

    /// <summary>Elementwise left * right. Shape: broadcast of both; dtype: promoted from both.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor mul(Tensor left, Tensor right) => Mul.Bind(left, right);

    internal static readonly Primitive<NoSettings> Mul = Binary.Of(
        "mul", Shapes.Binary, Binary.Kernel((a, b) => a.mul(b), (a, n) => a.mul(n), (b, n) => b.mul(n)),
        Binary.Call("torch.mul", swapped: "torch.mul"),
        (g, y, a, b) => g * b, (g, y, a, b) => g * a, InPlace.Binary("mul_", commutes: true));

    /// <summary>Elementwise true division. Shape: broadcast of both; dtype: promoted from both (integers give float32).</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor div(Tensor left, Tensor right) => Div.Bind(left, right);

    internal static readonly Primitive<NoSettings> Div = Binary.Of(
        "div", Shapes.FloatBinary, Binary.Kernel((a, b) => a.div(b), (a, n) => a.div(n)), Binary.Call("torch.div"),
        (g, y, a, b) => g / b, (g, y, a, b) => -g * y / b, InPlace.Binary("div_"));

    /// <summary>
    /// Elementwise left to the power of right. Shape: broadcast of both; dtype: promoted from both, not bool. As in PyTorch, the
    /// gradient by the base is 0 where the exponent is 0, and the gradient by the exponent is 0 where the base is 0 and the
    /// exponent is not negative.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">Both operands are bool, or an integer tensor gets a negative number as exponent.</exception>
    public static Tensor pow(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (right.Number is { Kind: ScalarKind.Integer } number && number.ToInt64() < 0 && !left.dtype.IsFloatingPoint())
        {
            throw new DTypeException(
                $"pow: {left.Type} cannot be raised to the negative power {number}; cast it first: x.to(DType.Float32).");
        }

        return Pow.Bind(left, right);
    }

    internal static readonly Primitive<NoSettings> Pow = Binary.Of(
        "pow", ElementRules.BinaryNotBool, Binary.Kernel((a, b) => a.pow(b), (a, n) => a.pow(n)), Binary.Call("torch.pow"),
        (g, y, a, b) => PowerByBase(g, a, b), (g, y, a, b) => PowerByExponent(g, y, a, b), InPlace.Binary("pow_"));

    /// <summary>
    /// Elementwise larger value; NaN wins. Where both are equal each gets half of the gradient. Shape: broadcast; dtype: promoted.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor maximum(Tensor left, Tensor right) => Maximum.Bind(left, right);

    internal static readonly Primitive<NoSettings> Maximum = Binary.Of(
        "maximum", Shapes.Binary, Binary.Kernel((a, b) => a.maximum(b)), Binary.Call("torch.maximum", takesNumber: false),
        Vjp.Rule((g, y, x) =>
        {
            var shared = where(eq(x[0], x[1]), g * 0.5, g);
            return [x.If(0, () => where(x[0] < x[1], 0, shared)), x.If(1, () => where(x[0] > x[1], 0, shared))];
        }),
        InPlace.Into("out", 0, 1));

    /// <summary>
    /// Elementwise smaller value; NaN wins. Where both are equal each gets half of the gradient. Shape: broadcast; dtype: promoted.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor minimum(Tensor left, Tensor right) => Minimum.Bind(left, right);

    internal static readonly Primitive<NoSettings> Minimum = Binary.Of(
        "minimum", Shapes.Binary, Binary.Kernel((a, b) => a.minimum(b)), Binary.Call("torch.minimum", takesNumber: false),
        Vjp.Rule((g, y, x) =>
        {
            var shared = where(eq(x[0], x[1]), g * 0.5, g);
            return [x.If(0, () => where(x[0] > x[1], 0, shared)), x.If(1, () => where(x[0] < x[1], 0, shared))];
        }),
        InPlace.Into("out", 0, 1));

    /// <summary>x + value * tensor1 * tensor2. Shape: broadcast of all; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor addcmul(Tensor x, Tensor tensor1, Tensor tensor2, double value = 1) =>
        x + (value == 1 ? tensor1 * tensor2 : tensor1 * ScalingFactor.Of("addcmul", tensor1 * tensor2, value) * tensor2);

    /// <summary>x + value * tensor1 / tensor2. Shape: broadcast of all; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor addcdiv(Tensor x, Tensor tensor1, Tensor tensor2, double value = 1) =>
        x + (value == 1 ? tensor1 : tensor1 * value) / tensor2;

    /// <inheritdoc cref="sub(Tensor, Tensor)"/>
    public static Tensor subtract(Tensor left, Tensor right) => sub(left, right);

    /// <inheritdoc cref="mul"/>
    public static Tensor multiply(Tensor left, Tensor right) => mul(left, right);

    /// <inheritdoc cref="div(Tensor, Tensor)"/>
    public static Tensor true_divide(Tensor left, Tensor right) => div(left, right);

    /// <summary>right - left: the operands of <see cref="sub(Tensor, Tensor)"/> the other way round.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor rsub(Tensor left, Tensor right) => sub(right, left);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.add(Tensor, Tensor)"/>
    public static Tensor operator +(Tensor left, Tensor right) => F.add(left, right);

    /// <inheritdoc cref="F.sub(Tensor, Tensor)"/>
    public static Tensor operator -(Tensor left, Tensor right) => F.sub(left, right);

    /// <inheritdoc cref="F.mul"/>
    public static Tensor operator *(Tensor left, Tensor right) => F.mul(left, right);

    /// <inheritdoc cref="F.div(Tensor, Tensor)"/>
    public static Tensor operator /(Tensor left, Tensor right) => F.div(left, right);

    /// <inheritdoc cref="F.add(Tensor, Tensor)"/>
    public Tensor add(Tensor right) => F.add(this, right);

    /// <inheritdoc cref="F.add(Tensor, Tensor, Scalar)"/>
    public Tensor add(Tensor right, Scalar alpha) => F.add(this, right, alpha);

    /// <inheritdoc cref="F.sub(Tensor, Tensor)"/>
    public Tensor sub(Tensor right) => F.sub(this, right);

    /// <inheritdoc cref="F.sub(Tensor, Tensor, Scalar)"/>
    public Tensor sub(Tensor right, Scalar alpha) => F.sub(this, right, alpha);

    /// <inheritdoc cref="F.mul"/>
    public Tensor mul(Tensor right) => F.mul(this, right);

    /// <inheritdoc cref="F.div(Tensor, Tensor)"/>
    public Tensor div(Tensor right) => F.div(this, right);

    /// <inheritdoc cref="F.pow"/>
    public Tensor pow(Tensor right) => F.pow(this, right);

    /// <inheritdoc cref="F.maximum"/>
    public Tensor maximum(Tensor right) => F.maximum(this, right);

    /// <inheritdoc cref="F.minimum"/>
    public Tensor minimum(Tensor right) => F.minimum(this, right);

    /// <inheritdoc cref="F.addcmul"/>
    public Tensor addcmul(Tensor tensor1, Tensor tensor2, double value = 1) => F.addcmul(this, tensor1, tensor2, value);

    /// <inheritdoc cref="F.addcdiv"/>
    public Tensor addcdiv(Tensor tensor1, Tensor tensor2, double value = 1) => F.addcdiv(this, tensor1, tensor2, value);

    /// <inheritdoc cref="F.subtract"/>
    public Tensor subtract(Tensor right) => F.subtract(this, right);

    /// <inheritdoc cref="F.multiply"/>
    public Tensor multiply(Tensor right) => F.multiply(this, right);

    /// <inheritdoc cref="F.true_divide"/>
    public Tensor true_divide(Tensor right) => F.true_divide(this, right);
}

/// <summary>Gradients of powers.</summary>
file static class PowerGradients
{
    public static Tensor? PowerByBase(Tensor g, Tensor x, Tensor exponent)
    {
        if (exponent.Number is { } number)
        {
            var n = number.ToDouble();
            return n == 0 ? null : n == 1 ? g : g * ((n == 2 ? x : pow(x, n - 1)) * exponent);
        }

        var lower = exponent.dtype == DType.Bool ? exponent.to(DType.Int64) - 1 : exponent - 1;
        return where(eq(exponent, 0), 0, g * (exponent * pow(x, lower)));
    }

    public static Tensor PowerByExponent(Tensor g, Tensor y, Tensor x, Tensor exponent)
    {
        if (x.Number is { } number)
        {
            return g * (y * (number.ToDouble() == 0 ? where(exponent >= 0, 0, double.NegativeInfinity) : Math.Log(number.ToDouble())));
        }

        // The logarithm is replaced before it becomes infinite, so that second derivatives do not meet 0 times infinity.
        var isFlat = logical_and(eq(x, 0), exponent >= 0);
        return g * (y * log(where(isFlat, 1, x)));
    }
}
