using Brachy.Extending;

namespace Brachy;

// Activation functions made of a few other ops.
public static partial class F
{
    /// <summary>The first half of x along a dim, times the sigmoid of the second half. Formula: Dauphin et al., arXiv:1612.08083.</summary>
    /// <param name="x">A floating-point tensor.</param>
    /// <param name="dim">The dim that is halved.</param>
    /// <exception cref="ShapeException">There is no such dim, or its size is odd.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor glu(Tensor x, long dim = -1)
    {
        OperandChecks.RequireReal("glu", x);
        OperandChecks.RequireDims("glu", x);
        var size = x.shape[Shapes.NormalizeDim("glu", dim, x.ndim)];
        if (size % 2 != 0)
        {
            throw new ShapeException($"glu: dim {dim} of {x.Type} must have an even size to be halved, but it is {size}.");
        }

        var halves = split(x, [size / 2, size / 2], dim);
        return halves[0] * sigmoid(halves[1]);
    }

    /// <summary>x / (1 + |x|). Shape and dtype: as x (integers become float32).</summary>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor softsign(Tensor x) => x / (1 + abs(x));

    /// <summary>x - tanh(x). Shape and dtype: as x (integers become float32).</summary>
    public static Tensor tanhshrink(Tensor x) => x - tanh(x);

    /// <summary>
    /// (x + sqrt(x² + b)) / 2: a smooth relu of roots. Shape and dtype: as x, of a floating-point type. Formula: Barron, arXiv:2112.11687.
    /// </summary>
    /// <param name="x">Any tensor of a floating-point type.</param>
    /// <param name="b">How far the bend reaches; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">b is not a positive number.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor squareplus(Tensor x, double b = 4)
    {
        OperandChecks.RequireReal("squareplus", x);
        if (!(b > 0 && double.IsFinite(b)))
        {
            throw new ArgumentOutOfRangeException(nameof(b), b, "squareplus: b must be a positive number.");
        }

        // In float16 the square of 300 is infinite already.
        var wide = x.dtype == DType.Float16 ? x.to(DType.Float32) : x;

        // What is added to a relu, without the difference of two large numbers; constant where the square would overflow.
        var reach = wide.dtype == DType.Float64 ? 1e150 : 1e18;
        var near = clamp(wide, -reach, reach);
        return (maximum(wide, 0) + (b / 2) / (sqrt(square(near) + b) + abs(near))).to(x.dtype);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.glu"/>
    public Tensor glu(long dim = -1) => F.glu(this, dim);
}
