namespace Brachy.NN;

/// <summary>What the adaptive pooling layers share: the size of the result.</summary>
/// <typeparam name="TSize">
/// A number for each dim that is pooled: <see cref="long"/>, <see cref="Size2d"/> or <see cref="Size3d"/>.
/// </typeparam>
[Module]
public abstract partial class AdaptivePoolNd<TSize>
    where TSize : struct
{
    /// <summary>The last sizes of the result.</summary>
    [Static]
    public partial TSize OutputSize { get; set; }

    private protected AdaptivePoolNd(TSize outputSize)
    {
        if (SpatialSize.Numbers(outputSize).Any(number => number <= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(outputSize), outputSize, "Sizes must be positive.");
        }

        OutputSize = outputSize;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims.</exception>
    public abstract Tensor Forward(Tensor x);
}
