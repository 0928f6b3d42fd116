namespace Brachy.NN;

/// <summary>Moves blocks of r × r pixels into r² channels: [*, C, H·r, W·r] becomes [*, C·r², H, W].</summary>
[Module]
public partial class PixelUnshuffle
{
    /// <summary>r.</summary>
    [Static]
    public partial long DownscaleFactor { get; set; }

    /// <summary>A layer that trades channels and resolution.</summary>
    /// <param name="downscaleFactor">r.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="downscaleFactor"/> is not positive.</exception>
    public PixelUnshuffle(long downscaleFactor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(downscaleFactor);
        DownscaleFactor = downscaleFactor;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">
    /// <paramref name="x"/> has fewer than three dims, or height or width does not divide by r.
    /// </exception>
    public Tensor Forward(Tensor x) => F.pixel_unshuffle(x, DownscaleFactor);
}
