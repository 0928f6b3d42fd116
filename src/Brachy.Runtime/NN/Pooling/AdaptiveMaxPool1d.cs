namespace Brachy.NN;

/// <summary>
/// Largest elements of windows that divide the last dim into the size asked for; see <see cref="F.adaptive_max_pool1d"/>.
/// [N, C, L] or [C, L].
/// </summary>
[Module]
public partial class AdaptiveMaxPool1d : AdaptivePoolNd<long>
{
    /// <summary>An adaptive max pooling layer.</summary>
    /// <param name="outputSize">The last size of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public AdaptiveMaxPool1d(long outputSize)
        : base(outputSize)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.adaptive_max_pool1d(x, OutputSize);
}
