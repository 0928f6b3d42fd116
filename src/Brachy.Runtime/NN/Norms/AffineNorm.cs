using System.Runtime.CompilerServices;

namespace Brachy.NN;

/// <summary>What most norms share: the scale and shift of what they have normalised.</summary>
[Module]
public abstract partial class AffineNorm : Module<Tensor, Tensor>
{
    /// <summary>The scale, for each channel or each element of the normalised dims; null for none.</summary>
    [Param]
    public partial Tensor? Weight { get; set; }

    /// <summary>The shift, of the shape of the weight; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>Added to the variance.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <param name="layer">For messages.</param>
    /// <param name="shape">The shape of weight and bias, which start as ones and zeros.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="scales">Whether there is a weight.</param>
    /// <param name="shifts">Whether there is a bias.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    private protected AffineNorm(string layer, Shape shape, double eps, bool scales, bool shifts, DType dtype)
    {
        RequireFloatingPoint(layer, dtype);
        Weight = scales ? F.ones(shape, dtype) : null;
        Bias = shifts ? F.zeros(shape, dtype) : null;
        Eps = eps;
    }

    internal static void RequireFloatingPoint(string layer, DType dtype)
    {
        if (!dtype.IsFloatingPoint())
        {
            throw new DTypeException($"{layer} has params of a floating-point type, not {dtype.Name()}.");
        }
    }

    /// <summary>The shape of params that have a number for each channel.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    private protected static Shape Channels(long count, [CallerArgumentExpression(nameof(count))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, name);
        return Shape.Create([count]);
    }
}
