namespace Brachy.NN;

/// <summary>Spreads groups of r² channels over blocks of r × r pixels: [*, C·r², H, W] becomes [*, C, H·r, W·r].</summary>
[Module]
public partial class PixelShuffle
{
    /// <summary>r.</summary>
    [Static]
    public partial long UpscaleFactor { get; set; }

    /// <summary>A layer that trades channels and resolution.</summary>
    /// <param name="upscaleFactor">r.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="upscaleFactor"/> is not positive.</exception>
    public PixelShuffle(long upscaleFactor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(upscaleFactor);
        UpscaleFactor = upscaleFactor;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has fewer than three dims, or the channels do not divide by r².</exception>
    public Tensor Forward(Tensor x) => F.pixel_shuffle(x, UpscaleFactor);
}
