namespace Brachy.NN;

/// <summary>
/// Normalises over the last dims, then scales and shifts each of their elements. Input and output [..., normalized_shape]. See
/// <see cref="F.layer_norm"/>.
/// </summary>
[Module]
public partial class LayerNorm
{
    /// <summary>The scale, of shape normalized_shape; null for none.</summary>
    [Param]
    public partial Tensor? Weight { get; set; }

    /// <summary>The shift, of shape normalized_shape; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>The sizes of the last dims.</summary>
    [Static]
    public partial Shape NormalizedShape { get; set; }

    /// <summary>Added to the variance.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>A layer norm. The weight starts as ones, the bias as zeros.</summary>
    /// <param name="normalizedShape">The sizes of the last dims of the input, at least one.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether to scale and shift.</param>
    /// <param name="bias">Whether to shift, where there is a scale.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ShapeException"><paramref name="normalizedShape"/> has no dims, or a negative one.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public LayerNorm(Shape normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, DType dtype = DType.Float32)
    {
        RequireNormalizedShape(nameof(LayerNorm), normalizedShape, dtype);
        Weight = elementwiseAffine ? F.ones(normalizedShape, dtype) : null;
        Bias = elementwiseAffine && bias ? F.zeros(normalizedShape, dtype) : null;
        NormalizedShape = normalizedShape;
        Eps = eps;
    }

    /// <summary>A layer norm over the last dim.</summary>
    /// <inheritdoc cref="LayerNorm(Shape, double, bool, bool, DType)"/>
    public LayerNorm(long normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, DType dtype = DType.Float32)
        : this(Shape.Create([normalizedShape]), eps, elementwiseAffine, bias, dtype)
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The last dims of x are not normalized_shape.</exception>
    public Tensor Forward(Tensor x) => F.layer_norm(x, NormalizedShape, Weight, Bias, Eps);

    internal static void RequireNormalizedShape(string layer, Shape normalizedShape, DType dtype)
    {
        if (normalizedShape.Rank == 0 || normalizedShape.Any(size => size < 0))
        {
            throw new ShapeException($"{layer}: normalizedShape {normalizedShape} must have at least one dim, and none negative.");
        }

        if (!dtype.IsFloatingPoint())
        {
            throw new DTypeException($"{layer} has params of a floating-point type, not {dtype.Name()}.");
        }
    }
}
