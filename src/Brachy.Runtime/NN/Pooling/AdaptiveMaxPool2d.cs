namespace Brachy.NN;

/// <summary>
/// Largest elements of windows that divide height and width into the size asked for; see <see cref="F.adaptive_max_pool2d"/>.
/// [N, C, H, W] or [C, H, W].
/// </summary>
[Module]
public partial class AdaptiveMaxPool2d : AdaptivePoolNd<Size2d>
{
    /// <summary>An adaptive max pooling layer.</summary>
    /// <param name="outputSize">Height and width of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public AdaptiveMaxPool2d(Size2d outputSize)
        : base(outputSize)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.adaptive_max_pool2d(x, OutputSize);
}
