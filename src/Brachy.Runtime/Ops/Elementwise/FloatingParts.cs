using Brachy.Extending;
using Brachy.Native;
using static Brachy.FloatingPartsKernels;

namespace Brachy;

// Mantissas, exponents and neighbours of floating-point numbers, and powers in float64.
public static partial class F
{
    /// <summary>
    /// x as a mantissa between 0.5 and 1 (or 0) times a power of 2; see <see cref="ldexp"/>. The gradient takes the exponent for constant.
    /// </summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <returns>The mantissas, with the dtype of x, and the int32 exponents. Of what is not finite, itself and some exponent.</returns>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static (Tensor mantissa, Tensor exponent) frexp(Tensor x)
    {
        var results = Frexp.BindAll(x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<NoSettings> Frexp = Unary.Of(
        "frexp",
        x =>
        {
            Shapes.RequireFloat(x, 0, "x");
            return [new TensorType(x[0].Shape, x[0].DType, x[0].Device), new TensorType(x[0].Shape, DType.Int32, x[0].Device)];
        },
        x => Functions.Invoke("frexp", x[0]), x => $"torch.frexp({x[0]})",
        Vjp.Multi((g, y, x) => [g[0] is { } mantissa ? mantissa / exp2(to(y[1], mantissa.dtype)) : null]));

    /// <summary>Elementwise x * 2^other. Shape: broadcast of both; dtype: promoted (integers give float32).</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor ldexp(Tensor x, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(other);
        return x * exp2(other.dtype.IsFloatingPoint() ? other : to(other, x.dtype == DType.Float64 ? DType.Float64 : DType.Float32));
    }

    /// <summary>Elementwise next number after left in the direction of right. Shape: broadcast of both; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">Neither is of a floating-point type, or the result would be float16.</exception>
    public static Tensor nextafter(Tensor left, Tensor right) => NextAfter.Bind(left, right);

    internal static readonly Primitive<NoSettings> NextAfter = Binary.Of(
        "nextafter",
        x => Promotion.ResultType(x.Types) == DType.Float16
            ? throw new DTypeException(
                $"nextafter: {x[0]} and {x[1]} give float16, which libtorch has no neighbours for; cast one with x.to(DType.Float32).")
            : ElementRules.BinaryReal(x),
        x => Functions.Invoke("nextafter", x[0], x[1]), Binary.Call("torch.nextafter", takesNumber: false),
        Vjp.None("neighbours of numbers have no gradient"));

    /// <summary>Elementwise left to the power of right, computed in float64. Shape: broadcast of both; dtype float64.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor float_power(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return pow(to(left, DType.Float64), to(right, DType.Float64));
    }

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
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.frexp"/>
    public (Tensor mantissa, Tensor exponent) frexp() => F.frexp(this);

    /// <inheritdoc cref="F.ldexp"/>
    public Tensor ldexp(Tensor other) => F.ldexp(this, other);

    /// <inheritdoc cref="F.nextafter"/>
    public Tensor nextafter(Tensor right) => F.nextafter(this, right);

    /// <inheritdoc cref="F.float_power"/>
    public Tensor float_power(Tensor right) => F.float_power(this, right);

    /// <inheritdoc cref="F.copysign"/>
    public Tensor copysign(Tensor right) => F.copysign(this, right);

    /// <inheritdoc cref="F.signbit"/>
    public Tensor signbit() => F.signbit(this);
}

/// <summary>Kernels of libtorch that TorchSharp has no function for.</summary>
file static class FloatingPartsKernels
{
    public static readonly EagerScript Functions = new(
        """
        def frexp(x):
            mantissa, exponent = torch.frexp(x)
            return [mantissa, exponent]

        def nextafter(x, y):
            return [torch.nextafter(x, y)]

        """);
}
