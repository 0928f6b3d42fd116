namespace Brachy.NN;

/// <summary>
/// Normalises over the last dims, then scales and shifts each of their elements. Input and output [..., normalized_shape]. See
/// <see cref="F.layer_norm"/>.
/// </summary>
[Module]
public partial class LayerNorm : AffineNorm
{
    /// <summary>The sizes of the last dims.</summary>
    [Static]
    public partial Shape NormalizedShape { get; set; }

    /// <summary>A layer norm. The weight, of shape normalized_shape, starts as ones, the bias as zeros.</summary>
    /// <param name="normalizedShape">The sizes of the last dims of the input, at least one.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether to scale and shift.</param>
    /// <param name="bias">Whether to shift, where there is a scale.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ShapeException"><paramref name="normalizedShape"/> has no dims, or a negative one.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public LayerNorm(Shape normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, DType dtype = DType.Float32)
        : base(
            nameof(LayerNorm), Checked(nameof(LayerNorm), normalizedShape), eps, elementwiseAffine, elementwiseAffine && bias, dtype) =>
        NormalizedShape = normalizedShape;

    /// <summary>A layer norm over the last dim.</summary>
    /// <inheritdoc cref="LayerNorm(Shape, double, bool, bool, DType)"/>
    public LayerNorm(long normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, DType dtype = DType.Float32)
        : this(Shape.Create([normalizedShape]), eps, elementwiseAffine, bias, dtype)
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The last dims of x are not normalized_shape.</exception>
    public Tensor Forward(Tensor x) => F.layer_norm(x, NormalizedShape, Weight, Bias, Eps);

    internal static Shape Checked(string layer, Shape normalizedShape) =>
        normalizedShape.Rank > 0 && normalizedShape.All(size => size >= 0)
            ? normalizedShape
            : throw new ShapeException($"{layer}: normalizedShape {normalizedShape} must have at least one dim, and none negative.");
}
