using Brachy.Extending;

namespace Brachy;

// Complex numbers made of real ones.
public static partial class F
{
    /// <summary>Complex numbers of their parts. Shape: broadcast of both; dtype: promoted.</summary>
    /// <param name="real">The real parts, float32 or float64.</param>
    /// <param name="imag">The imaginary parts.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The promoted type is neither float32 nor float64.</exception>
    public static ComplexTensor complex(Tensor real, Tensor imag)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(imag);
        var shape = Shapes.Broadcast("complex", real.shape, imag.shape);
        var dtype = Promotion.ResultType([real.Type, imag.Type]);
        Tensor Part(Tensor x) => expand(x.Number is null ? to(x, dtype) : full([], x.Number.Value, dtype), shape);
        return view_as_complex(stack([Part(real), Part(imag)], -1));
    }

    /// <summary>Complex numbers of absolute values and angles. Shape: broadcast of both; dtype: promoted.</summary>
    /// <param name="abs">The absolute values, float32 or float64.</param>
    /// <param name="angle">The angles.</param>
    /// <inheritdoc cref="complex" path="/exception"/>
    public static ComplexTensor polar(Tensor abs, Tensor angle) => complex(abs * cos(angle), abs * sin(angle));

    /// <summary>Complex numbers as pairs of real and imaginary part, [..., 2]. Shares memory.</summary>
    public static Tensor view_as_real(ComplexTensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Pairs;
    }

    /// <summary>Pairs of real and imaginary part as complex numbers. Shares memory.</summary>
    /// <param name="x">[..., 2], float32 or float64.</param>
    /// <exception cref="ShapeException">The last dim has not size 2.</exception>
    /// <exception cref="DTypeException">x is neither float32 nor float64.</exception>
    public static ComplexTensor view_as_complex(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim == 0 || x.shape[^1] != 2)
        {
            throw new ShapeException($"view_as_complex: x must be [..., 2], but is {x.Type}.");
        }

        return x.dtype is DType.Float32 or DType.Float64
            ? new ComplexTensor(x)
            : throw new DTypeException(
                $"view_as_complex: complex numbers are made of float32 or float64, but x is {x.Type}; cast it with x.to(DType.Float32).");
    }

    /// <summary>
    /// The angle of real numbers in the plane of complex ones: 0, or π below 0; NaN stays. Shape and dtype: as x (integers become float32).
    /// </summary>
    public static Tensor angle(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var real = to(x, Promotion.ToFloat(x.dtype));
        return where(
            isnan(real), full([], double.NaN, real.dtype, real.device), where(real < 0, full([], Math.PI, real.dtype, real.device), 0));
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.angle"/>
    public Tensor angle() => F.angle(this);
}
