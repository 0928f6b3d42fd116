namespace Brachy.NN;

/// <summary>
/// Divides by the root of the mean square of the last dims, then scales each of their elements. Input and output
/// [..., normalized_shape]. See <see cref="F.rms_norm"/>.
/// </summary>
[Module]
public partial class RmsNorm
{
    /// <summary>The scale, of shape normalized_shape; null for none.</summary>
    [Param]
    public partial Tensor? Weight { get; set; }

    /// <summary>The sizes of the last dims.</summary>
    [Static]
    public partial Shape NormalizedShape { get; set; }

    /// <summary>Added to the mean square; null for the smallest number that can be added to 1.</summary>
    [Static]
    public partial double? Eps { get; set; }

    /// <summary>An RMS norm. The weight starts as ones.</summary>
    /// <param name="normalizedShape">The sizes of the last dims of the input, at least one.</param>
    /// <param name="eps">Added to the mean square; null for the smallest number that can be added to 1.</param>
    /// <param name="elementwiseAffine">Whether to scale.</param>
    /// <param name="dtype">The element type of the weight.</param>
    /// <exception cref="ShapeException"><paramref name="normalizedShape"/> has no dims, or a negative one.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public RmsNorm(Shape normalizedShape, double? eps = null, bool elementwiseAffine = true, DType dtype = DType.Float32)
    {
        LayerNorm.Checked(nameof(RmsNorm), normalizedShape);
        AffineNorm.RequireFloatingPoint(nameof(RmsNorm), dtype);
        Weight = elementwiseAffine ? F.ones(normalizedShape, dtype) : null;
        NormalizedShape = normalizedShape;
        Eps = eps;
    }

    /// <summary>An RMS norm over the last dim.</summary>
    /// <inheritdoc cref="RmsNorm(Shape, double?, bool, DType)"/>
    public RmsNorm(long normalizedShape, double? eps = null, bool elementwiseAffine = true, DType dtype = DType.Float32)
        : this(Shape.Create([normalizedShape]), eps, elementwiseAffine, dtype)
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The last dims of x are not normalized_shape.</exception>
    public Tensor Forward(Tensor x) => F.rms_norm(x, NormalizedShape, Weight, Eps);
}
