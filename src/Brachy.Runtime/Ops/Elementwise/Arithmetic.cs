using TorchSharp;

namespace Brachy;

// Arithmetic of two operands. Either may be a plain number; shapes broadcast and element types promote as in PyTorch.
public static partial class F
{
    /// <summary>Elementwise left + right. Shape: broadcast of both; dtype: promoted from both.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor add(Tensor left, Tensor right) => Add.Bind(left, right);

    /// <summary>Elementwise left + alpha right. Shape: broadcast of both; dtype: promoted from both, alpha's too if it is no integer.</summary>
    /// <param name="left">A tensor or number.</param>
    /// <param name="right">A tensor or number.</param>
    /// <param name="alpha">What right is multiplied by.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left + (right * Tensor.OfNumber(alpha));

    internal static readonly Primitive Add = new("add")
    {
        Abstract = Shapes.Binary,
        Eager = ElementRules.Eager((a, b) => Added(a, b), (a, n) => a.add(n, NativeNumber.Of(1)), (b, n) => b.add(n, NativeNumber.Of(1))),
        Script = ElementRules.Script("add", swapped: "add"),
        Vjp = Vjp.Rule((g, y, x) => [g, g]),
        InPlace = InPlace.Binary("add_", commutes: true),
    };

    /// <summary>Elementwise left - right. Shape: broadcast of both; dtype: promoted from both. Neither may be bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">An operand is bool.</exception>
    public static Tensor sub(Tensor left, Tensor right) => Sub.Bind(left, right);

    /// <summary>Elementwise left - alpha right. Shape: broadcast of both; dtype: promoted from both, alpha's too if it is no integer.</summary>
    /// <param name="left">A tensor or number.</param>
    /// <param name="right">A tensor or number.</param>
    /// <param name="alpha">What right is multiplied by.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">An operand is bool.</exception>
    public static Tensor sub(Tensor left, Tensor right, Scalar alpha) => left - (right * Tensor.OfNumber(alpha));

    internal static readonly Primitive Sub = new("sub")
    {
        Abstract = x => x[0].DType == DType.Bool || x[1].DType == DType.Bool
            ? throw new DTypeException($"sub: bool cannot be subtracted ({x[0]} and {x[1]}); use F.logical_xor, or cast it with x.to(DType.Int64).")
            : Shapes.Binary(x),
        Eager = ElementRules.Eager((a, b) => a.sub(b), (a, n) => a.sub(n)),
        Script = ElementRules.Script("sub", swapped: "rsub"),
        Vjp = Vjp.Rule((g, y, x) => [g, x.If(1, () => -g)]),
        InPlace = InPlace.Binary("sub_"),
    };

    /// <summary>Elementwise left * right. Shape: broadcast of both; dtype: promoted from both.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor mul(Tensor left, Tensor right) => Mul.Bind(left, right);

    internal static readonly Primitive Mul = new("mul")
    {
        Abstract = Shapes.Binary,
        Eager = ElementRules.Eager((a, b) => a.mul(b), (a, n) => a.mul(n), (b, n) => b.mul(n)),
        Script = ElementRules.Script("mul", swapped: "mul"),
        Vjp = Vjp.Rule((g, y, x) => [x.If(0, () => g * x[1]), x.If(1, () => g * x[0])]),
        InPlace = InPlace.Binary("mul_", commutes: true),
    };

    /// <summary>Elementwise true division. Shape: broadcast of both; dtype: promoted from both (integers give float32).</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor div(Tensor left, Tensor right) => Div.Bind(left, right);

    internal static readonly Primitive Div = new("div")
    {
        Abstract = Shapes.FloatBinary,
        Eager = ElementRules.Eager((a, b) => a.div(b), (a, n) => a.div(n)),
        Script = ElementRules.Script("div"),
        Vjp = Vjp.Rule((g, y, x) => [x.If(0, () => g / x[1]), x.If(1, () => -g * y / x[1])]),
        InPlace = InPlace.Binary("div_"),
    };

    /// <summary>
    /// Elementwise left to the power of right. Shape: broadcast of both; dtype: promoted from both, not bool. As in PyTorch, the
    /// gradient by the base is 0 where the exponent is 0, and the gradient by the exponent is 0 where the base is 0 and the exponent is not negative.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">Both operands are bool, or an integer tensor gets a negative number as exponent.</exception>
    public static Tensor pow(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (right.Number is { Kind: ScalarKind.Integer } number && number.ToInt64() < 0 && !left.dtype.IsFloatingPoint())
        {
            throw new DTypeException($"pow: {left.Type} cannot be raised to the negative power {number}; cast it first: x.to(DType.Float32).");
        }

        return Pow.Bind(left, right);
    }

    internal static readonly Primitive Pow = new("pow")
    {
        Abstract = ElementRules.BinaryNotBool,
        Eager = ElementRules.Eager((a, b) => a.pow(b), (a, n) => a.pow(n)),
        Script = ElementRules.Script("pow"),
        Vjp = Vjp.Rule((g, y, x) => [x.Needs(0) ? PowerByBase(g, x[0], x[1]) : null, x.If(1, () => PowerByExponent(g, y, x[0], x[1]))]),
        InPlace = InPlace.Binary("pow_"),
    };

    /// <summary>Elementwise larger value; NaN wins. Where both are equal each gets half of the gradient. Shape: broadcast; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor maximum(Tensor left, Tensor right) => Maximum.Bind(left, right);

    internal static readonly Primitive Maximum = new("maximum")
    {
        Abstract = Shapes.Binary,
        Eager = ElementRules.Eager((a, b) => a.maximum(b)),
        Script = ElementRules.Script("maximum", takesNumber: false),
        Vjp = Vjp.Rule((g, y, x) =>
        {
            var shared = where(eq(x[0], x[1]), g * 0.5, g);
            return [x.If(0, () => where(x[0] < x[1], 0, shared)), x.If(1, () => where(x[0] > x[1], 0, shared))];
        }),
        InPlace = InPlace.Into("out", 0, 1),
    };

    /// <summary>Elementwise smaller value; NaN wins. Where both are equal each gets half of the gradient. Shape: broadcast; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor minimum(Tensor left, Tensor right) => Minimum.Bind(left, right);

    internal static readonly Primitive Minimum = new("minimum")
    {
        Abstract = Shapes.Binary,
        Eager = ElementRules.Eager((a, b) => a.minimum(b)),
        Script = ElementRules.Script("minimum", takesNumber: false),
        Vjp = Vjp.Rule((g, y, x) =>
        {
            var shared = where(eq(x[0], x[1]), g * 0.5, g);
            return [x.If(0, () => where(x[0] > x[1], 0, shared)), x.If(1, () => where(x[0] < x[1], 0, shared))];
        }),
        InPlace = InPlace.Into("out", 0, 1),
    };

    private static Tensor? PowerByBase(Tensor g, Tensor x, Tensor exponent)
    {
        if (exponent.Number is { } number)
        {
            var n = number.ToDouble();
            return n == 0 ? null : n == 1 ? g : g * ((n == 2 ? x : pow(x, n - 1)) * exponent);
        }

        var lower = exponent.dtype == DType.Bool ? exponent.to(DType.Int64) - 1 : exponent - 1;
        return where(eq(exponent, 0), 0, g * (exponent * pow(x, lower)));
    }

    private static Tensor PowerByExponent(Tensor g, Tensor y, Tensor x, Tensor exponent)
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
}
