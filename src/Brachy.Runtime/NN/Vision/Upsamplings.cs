namespace Brachy.NN;

/// <summary>
/// Resizes images by the nearest elements; see
/// <see cref="F.interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>. [N, C, H, W].
/// </summary>
[Module]
public partial class UpsamplingNearest2d : UpsamplingLayer
{
    /// <summary>A resizing layer. Give either a size or a scale factor.</summary>
    /// <param name="size">The new height and width.</param>
    /// <param name="scaleFactor">What to multiply height and width by, rounding down: one number for both, or two.</param>
    /// <exception cref="ArgumentException">Not exactly one of both is given, or a number is not positive.</exception>
    public UpsamplingNearest2d(Size2d? size = null, double[]? scaleFactor = null)
        : base(size, scaleFactor)
    {
    }

    /// <summary>A resizing layer with one factor for height and width.</summary>
    /// <inheritdoc cref="UpsamplingNearest2d(Size2d?, double[])"/>
    public UpsamplingNearest2d(double scaleFactor)
        : this(null, [scaleFactor])
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Resize(x, nameof(UpsamplingNearest2d), "nearest");
}

/// <summary>
/// Resizes images by straight lines between elements, with the corners aligned; see
/// <see cref="F.interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>. [N, C, H, W].
/// </summary>
[Module]
public partial class UpsamplingBilinear2d : UpsamplingLayer
{
    /// <summary>A resizing layer. Give either a size or a scale factor.</summary>
    /// <param name="size">The new height and width.</param>
    /// <param name="scaleFactor">What to multiply height and width by, rounding down: one number for both, or two.</param>
    /// <exception cref="ArgumentException">Not exactly one of both is given, or a number is not positive.</exception>
    public UpsamplingBilinear2d(Size2d? size = null, double[]? scaleFactor = null)
        : base(size, scaleFactor)
    {
    }

    /// <summary>A resizing layer with one factor for height and width.</summary>
    /// <inheritdoc cref="UpsamplingBilinear2d(Size2d?, double[])"/>
    public UpsamplingBilinear2d(double scaleFactor)
        : this(null, [scaleFactor])
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Resize(x, nameof(UpsamplingBilinear2d), "bilinear", alignCorners: true);
}
