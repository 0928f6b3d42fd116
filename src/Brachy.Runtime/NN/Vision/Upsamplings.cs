namespace Brachy.NN;

/// <summary>
/// Resizes images by the nearest elements; see
/// <see cref="F.interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>. [N, C, H, W].
/// </summary>
[Module]
public partial class UpsamplingNearest2d
{
    /// <summary>The new height and width; null to scale.</summary>
    [Static]
    public partial Size2d? Size { get; set; }

    /// <summary>What to multiply height and width by; null for given sizes.</summary>
    [Static]
    public partial double[]? ScaleFactor { get; set; }

    /// <summary>A resizing layer. Give either a size or a scale factor.</summary>
    /// <param name="size">The new height and width.</param>
    /// <param name="scaleFactor">What to multiply height and width by, rounding down: one number for both, or two.</param>
    /// <exception cref="ArgumentException">Not exactly one of both is given, or a number is not positive.</exception>
    public UpsamplingNearest2d(Size2d? size = null, double[]? scaleFactor = null)
    {
        if (size is null == scaleFactor is null)
        {
            throw new ArgumentException("Give either size or scaleFactor, and not both.", nameof(size));
        }

        if (size is { Height: < 1 } or { Width: < 1 })
        {
            throw new ArgumentException($"Sizes must be positive, but are {size}.", nameof(size));
        }

        if (scaleFactor is not null
            && (scaleFactor.Length is not (1 or 2) || !Array.TrueForAll(scaleFactor, s => s > 0 && double.IsFinite(s))))
        {
            throw new ArgumentException(
                $"Factors must be one or two positive numbers, but are [{string.Join(", ", scaleFactor)}].", nameof(scaleFactor));
        }

        Size = size;
        ScaleFactor = scaleFactor is [var both] ? [both, both] : (double[]?)scaleFactor?.Clone();
    }

    /// <summary>A resizing layer with one factor for height and width.</summary>
    /// <inheritdoc cref="UpsamplingNearest2d(Size2d?, double[])"/>
    public UpsamplingNearest2d(double scaleFactor)
        : this(null, [scaleFactor])
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> is not [N, C, H, W], or a dim other than the first is empty.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim == 4
            ? F.interpolate(x, Size is { } size ? [size.Height, size.Width] : (Shape?)null, ScaleFactor, "nearest")
            : throw new ShapeException($"UpsamplingNearest2d: x must be [N, C, H, W], but is {x.Type}.");
    }
}

/// <summary>
/// Resizes images by straight lines between elements, with the corners aligned; see
/// <see cref="F.interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>. [N, C, H, W].
/// </summary>
[Module]
public partial class UpsamplingBilinear2d
{
    /// <summary>The new height and width; null to scale.</summary>
    [Static]
    public partial Size2d? Size { get; set; }

    /// <summary>What to multiply height and width by; null for given sizes.</summary>
    [Static]
    public partial double[]? ScaleFactor { get; set; }

    /// <summary>A resizing layer. Give either a size or a scale factor.</summary>
    /// <param name="size">The new height and width.</param>
    /// <param name="scaleFactor">What to multiply height and width by, rounding down: one number for both, or two.</param>
    /// <exception cref="ArgumentException">Not exactly one of both is given, or a number is not positive.</exception>
    public UpsamplingBilinear2d(Size2d? size = null, double[]? scaleFactor = null)
    {
        if (size is null == scaleFactor is null)
        {
            throw new ArgumentException("Give either size or scaleFactor, and not both.", nameof(size));
        }

        if (size is { Height: < 1 } or { Width: < 1 })
        {
            throw new ArgumentException($"Sizes must be positive, but are {size}.", nameof(size));
        }

        if (scaleFactor is not null
            && (scaleFactor.Length is not (1 or 2) || !Array.TrueForAll(scaleFactor, s => s > 0 && double.IsFinite(s))))
        {
            throw new ArgumentException(
                $"Factors must be one or two positive numbers, but are [{string.Join(", ", scaleFactor)}].", nameof(scaleFactor));
        }

        Size = size;
        ScaleFactor = scaleFactor is [var both] ? [both, both] : (double[]?)scaleFactor?.Clone();
    }

    /// <summary>A resizing layer with one factor for height and width.</summary>
    /// <inheritdoc cref="UpsamplingBilinear2d(Size2d?, double[])"/>
    public UpsamplingBilinear2d(double scaleFactor)
        : this(null, [scaleFactor])
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> is not [N, C, H, W], or a dim other than the first is empty.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim == 4
            ? F.interpolate(x, Size is { } size ? [size.Height, size.Width] : (Shape?)null, ScaleFactor, "bilinear", align_corners: true)
            : throw new ShapeException($"UpsamplingBilinear2d: x must be [N, C, H, W], but is {x.Type}.");
    }
}
