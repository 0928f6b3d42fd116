namespace Brachy.NN;

/// <summary>
/// Largest elements of windows that divide depth, height and width into the size asked for; see <see cref="F.adaptive_max_pool3d"/>. [N, C,
/// D, H, W] or [C, D, H, W].
/// </summary>
[Module]
public partial class AdaptiveMaxPool3d : AdaptivePoolNd<Size3d>
{
    /// <summary>An adaptive max pooling layer.</summary>
    /// <param name="outputSize">Depth, height and width of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public AdaptiveMaxPool3d(Size3d outputSize)
        : base(outputSize)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.adaptive_max_pool3d(x, OutputSize);
}
