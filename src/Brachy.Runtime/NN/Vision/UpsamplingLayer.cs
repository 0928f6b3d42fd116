namespace Brachy.NN;

/// <summary>What the layers that resize images share: a size, or what to multiply it by.</summary>
[Module]
public abstract partial class UpsamplingLayer
{
    /// <summary>The new height and width; null to scale.</summary>
    [Static]
    public partial Size2d? Size { get; set; }

    /// <summary>What to multiply height and width by; null for given sizes.</summary>
    [Static]
    public partial double[]? ScaleFactor { get; set; }

    private protected UpsamplingLayer(Size2d? size, double[]? scaleFactor)
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

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> is not [N, C, H, W], or a dim other than the first is empty.</exception>
    public abstract Tensor Forward(Tensor x);

    private protected Tensor Resize(Tensor x, string layer, string mode, bool? alignCorners = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim == 4
            ? F.interpolate(x, Size is { } size ? [size.Height, size.Width] : (Shape?)null, ScaleFactor, mode, alignCorners)
            : throw new ShapeException($"{layer}: x must be [N, C, H, W], but is {x.Type}.");
    }
}
