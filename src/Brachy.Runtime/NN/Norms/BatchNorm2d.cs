namespace Brachy.NN;

/// <summary>
/// Normalises each channel of images, over the batch in training and by running statistics otherwise; then scales and shifts it.
/// Input and output [N, C, H, W]. See <see cref="F.batch_norm"/>.
/// With <see cref="RunningNorm.BatchAxes"/> also [C, H, W].
/// </summary>
[Module]
public partial class BatchNorm2d : RunningNorm
{
    /// <summary>A batch norm for images.</summary>
    /// <param name="numFeatures">The number of channels, C.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">The share of a new batch in the running statistics; null for the mean of all batches.</param>
    /// <param name="affine">Whether to scale and shift.</param>
    /// <param name="trackRunningStats">Whether to keep running statistics; without them those of the batch are always used.</param>
    /// <param name="dtype">The element type of params and running statistics.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numFeatures"/> is not positive.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public BatchNorm2d(
        long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
        DType dtype = DType.Float32)
        : base(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">x is not [N, C, H, W], or has one value for each channel in training.</exception>
    public Tensor Forward(Tensor x)
    {
        if (IsSample(x, 3))
        {
            return F.squeeze(Forward(F.unsqueeze(x, 0)), 0);
        }

        RequireChannels(x, nameof(BatchNorm2d), 1, "[N, C, H, W]", 4);
        return NormalizeBatch(x, nameof(BatchNorm2d));
    }
}
