namespace Brachy.NN;

/// <summary>
/// Largest elements of windows that divide height and width into the size asked for; see <see cref="F.adaptive_max_pool2d"/>.
/// [N, C, H, W] or [C, H, W].
/// </summary>
[Module]
public partial class AdaptiveMaxPool2d
{
    /// <summary>Height and width of the result.</summary>
    [Static]
    public partial Size2d OutputSize { get; set; }

    /// <summary>An adaptive max pooling layer.</summary>
    /// <param name="outputSize">Height and width of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public AdaptiveMaxPool2d(Size2d outputSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize.Height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize.Width);
        OutputSize = outputSize;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims.</exception>
    public Tensor Forward(Tensor x) => F.adaptive_max_pool2d(x, OutputSize);
}
