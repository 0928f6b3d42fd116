using Brachy.Extending;

namespace Brachy;

/// <summary>
/// A tensor of complex numbers, held as a tensor of pairs: <see cref="Pairs"/> has one dim more than this, the last, with real and
/// imaginary part. That is what PyTorch calls <c>view_as_real</c>. It is a tree: it goes through jitted functions, and a gradient by it
/// holds the slopes by real and imaginary part, as in PyTorch. Complex tensors of checkpoints are given as such, those of float16 too. What
/// has no function here is done with the pairs or with <see cref="real"/> and <see cref="imag"/>.
/// </summary>
/// <param name="Pairs">[..., 2], float32 or float64; of checkpoints float16 as well.</param>
[Tree]
public partial record ComplexTensor(Tensor Pairs)
{
    /// <summary>The real parts. Shares memory.</summary>
    public Tensor real => F.select(Pairs, -1, 0);

    /// <summary>The imaginary parts. Shares memory.</summary>
    public Tensor imag => F.select(Pairs, -1, 1);

    /// <summary>The sizes, without the dim of pairs.</summary>
    public Shape shape => [.. Pairs.shape.AsSpan()[..^1]];

    /// <summary>The number of dims, without that of pairs.</summary>
    public int ndim => Pairs.ndim - 1;

    /// <summary>The element type of the parts.</summary>
    public DType dtype => Pairs.dtype;

    /// <summary>Sums; the shapes broadcast.</summary>
    public static ComplexTensor operator +(ComplexTensor left, ComplexTensor right) =>
        F.complex(Re(left) + Re(right), Im(left) + Im(right));

    /// <summary>Adds real numbers, which broadcast.</summary>
    public static ComplexTensor operator +(ComplexTensor left, Tensor right) => Broadcast(Re(left) + right, Im(left));

    /// <summary>Adds to real numbers, which broadcast.</summary>
    public static ComplexTensor operator +(Tensor left, ComplexTensor right) => right + left;

    /// <summary>Differences; the shapes broadcast.</summary>
    public static ComplexTensor operator -(ComplexTensor left, ComplexTensor right) =>
        F.complex(Re(left) - Re(right), Im(left) - Im(right));

    /// <summary>Subtracts real numbers, which broadcast.</summary>
    public static ComplexTensor operator -(ComplexTensor left, Tensor right) => Broadcast(Re(left) - right, Im(left));

    /// <summary>Subtracts from real numbers, which broadcast.</summary>
    public static ComplexTensor operator -(Tensor left, ComplexTensor right) => Broadcast(left - Re(right), -Im(right));

    /// <summary>The numbers with other signs.</summary>
    public static ComplexTensor operator -(ComplexTensor x) => new(-F.view_as_real(x));

    /// <summary>Products; the shapes broadcast.</summary>
    public static ComplexTensor operator *(ComplexTensor left, ComplexTensor right)
    {
        var (a, b, c, d) = (Re(left), Im(left), Re(right), Im(right));
        return F.complex((a * c) - (b * d), (a * d) + (b * c));
    }

    /// <summary>Products with real numbers, which broadcast.</summary>
    public static ComplexTensor operator *(ComplexTensor left, Tensor right) => F.complex(Re(left) * right, Im(left) * right);

    /// <summary>Products with real numbers, which broadcast.</summary>
    public static ComplexTensor operator *(Tensor left, ComplexTensor right) => right * left;

    /// <summary>Quotients; the shapes broadcast.</summary>
    public static ComplexTensor operator /(ComplexTensor left, ComplexTensor right)
    {
        // Divided by its larger part first, so that squares do not overflow: R. Smith, Algorithm 116: Complex division (1962).
        var size = F.maximum(F.abs(F.stop_gradient(Re(right))), F.abs(F.stop_gradient(Im(right))));
        var (c, d) = (Re(right) / size, Im(right) / size);
        return left * F.complex(c, -d) / (((c * c) + (d * d)) * size);
    }

    /// <summary>Quotients by real numbers, which broadcast.</summary>
    public static ComplexTensor operator /(ComplexTensor left, Tensor right) => F.complex(Re(left) / right, Im(left) / right);

    /// <summary>Quotients of real numbers, which broadcast.</summary>
    public static ComplexTensor operator /(Tensor left, ComplexTensor right) => F.complex(left, F.zeros_like(Im(right))) / right;

    /// <summary>The absolute values; their gradient at 0 is 0.</summary>
    public Tensor abs() => F.vector_norm(Pairs, 2, [-1]);

    /// <summary>The angles, from -π to π.</summary>
    public Tensor angle() => F.atan2(imag, real);

    /// <summary>The conjugates: imaginary parts with other signs.</summary>
    public ComplexTensor conj() => F.complex(real, -imag);

    /// <summary>The numbers in another shape.</summary>
    /// <exception cref="ShapeException">The number of elements differs.</exception>
    public ComplexTensor reshape(params Shape shape) => new(F.reshape(Pairs, [.. shape, 2]));

    /// <summary>Two dims swapped.</summary>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    public ComplexTensor transpose(long dim0, long dim1) =>
        new(F.transpose(Pairs, Shapes.NormalizeDim("transpose", dim0, ndim), Shapes.NormalizeDim("transpose", dim1, ndim)));

    /// <summary>Such as <c>complex64[3, 2]</c>.</summary>
    public override string ToString() => $"complex{dtype.ItemSize() * 16}{shape}";

    private static Tensor Re(ComplexTensor x) => F.select(F.view_as_real(x), -1, 0);

    private static Tensor Im(ComplexTensor x) => F.select(F.view_as_real(x), -1, 1);

    private static ComplexTensor Broadcast(Tensor real, Tensor imag) =>
        F.complex(real, F.expand(imag, Shapes.Broadcast("complex", real.shape, imag.shape)));
}
