namespace Brachy.NN;

/// <summary>
/// Resizes the dims after the first two; see <see cref="F.interpolate(Tensor, Shape?, double[], string, bool?, bool?, bool)"/>.
/// </summary>
[Module]
public partial class Upsample
{
    /// <summary>The new sizes; null to scale.</summary>
    [Static]
    public partial Shape? Size { get; set; }

    /// <summary>What to multiply each size by; null for given sizes. A single number is for every dim.</summary>
    [Static]
    public partial double[]? ScaleFactor { get; set; }

    /// <summary>How elements between others come about.</summary>
    [Static]
    public partial string Mode { get; set; }

    /// <summary>Whether the centres of corner elements stay in place; null for the mode's default.</summary>
    [Static]
    public partial bool? AlignCorners { get; set; }

    /// <summary>Whether positions follow from the sizes instead of the scale factor.</summary>
    [Static]
    public partial bool? RecomputeScaleFactor { get; set; }

    /// <summary>A resizing layer. Give either size or scaleFactor; one number is for every dim after the first two.</summary>
    /// <param name="size">The new sizes.</param>
    /// <param name="scaleFactor">What to multiply each size by, rounding down.</param>
    /// <param name="mode">nearest, nearest-exact, linear, bilinear, bicubic, trilinear or area.</param>
    /// <param name="alignCorners">Whether the centres of corner elements stay in place; only for the linear and cubic modes.</param>
    /// <param name="recomputeScaleFactor">Whether positions follow from the sizes instead of the scale factor.</param>
    /// <exception cref="ArgumentException">Not exactly one of size and scale factor is given, or a number is not positive.</exception>
    public Upsample(
        Shape? size = null, double[]? scaleFactor = null, string mode = "nearest", bool? alignCorners = null,
        bool? recomputeScaleFactor = null)
    {
        ArgumentNullException.ThrowIfNull(mode);
        if (size is null == scaleFactor is null)
        {
            throw new ArgumentException("Give either size or scaleFactor, and not both.", nameof(size));
        }

        if (size is not null && recomputeScaleFactor == true)
        {
            throw new ArgumentException("There is no scale factor to recompute where a size is given.", nameof(recomputeScaleFactor));
        }

        if (size?.Any(n => n < 1) == true)
        {
            throw new ArgumentException($"Sizes must be positive, but are {size}.", nameof(size));
        }

        if (scaleFactor is not null && !Array.TrueForAll(scaleFactor, s => s > 0 && double.IsFinite(s)))
        {
            throw new ArgumentException($"Factors must be positive, but are [{string.Join(", ", scaleFactor)}].", nameof(scaleFactor));
        }

        Size = size;
        ScaleFactor = (double[]?)scaleFactor?.Clone();
        Mode = mode;
        AlignCorners = alignCorners;
        RecomputeScaleFactor = recomputeScaleFactor;
    }

    /// <summary>A resizing layer with one factor for every dim after the first two.</summary>
    /// <inheritdoc cref="Upsample(Shape?, double[], string, bool?, bool?)"/>
    public Upsample(double scaleFactor, string mode = "nearest", bool? alignCorners = null, bool? recomputeScaleFactor = null)
        : this(null, [scaleFactor], mode, alignCorners, recomputeScaleFactor)
    {
    }

    /// <summary>Applies the layer. [N, C, L], [N, C, H, W] or [N, C, D, H, W].</summary>
    /// <exception cref="ShapeException">
    /// <paramref name="x"/> does not have the dims of the mode, or a dim other than the first is empty.
    /// </exception>
    public Tensor Forward(Tensor x) => (Size, ScaleFactor) switch
    {
        ({ Rank: 1 } size, _) => F.interpolate(x, size[0], Mode, AlignCorners),
        (null, [var scale]) => F.interpolate(x, scale, Mode, AlignCorners, RecomputeScaleFactor),
        _ => F.interpolate(x, Size, ScaleFactor, Mode, AlignCorners, RecomputeScaleFactor),
    };
}
