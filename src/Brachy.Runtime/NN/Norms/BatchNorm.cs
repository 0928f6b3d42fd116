using Brachy.Extending;

namespace Brachy.NN;

/// <summary>
/// Normalises each channel, over all other dims in training and by running statistics otherwise; then scales and shifts it. Any
/// dim may be the channels: <c>new BatchNorm(64, axis: -1)</c> takes [N, H, W, C]. See <see cref="F.batch_norm"/>.
/// With <see cref="RunningNorm.BatchAxes"/> a sample needs no dim of a batch: [C], or [C, H, W] with <c>axis: 0</c>.
/// </summary>
[Module]
public partial class BatchNorm : RunningNorm
{
    /// <summary>The dim of the channels.</summary>
    [Static]
    public partial long Axis { get; set; }

    /// <summary>A batch norm for tensors of any number of dims but one.</summary>
    /// <param name="numFeatures">The number of channels.</param>
    /// <param name="axis">The dim of the channels; negative dims count from the end.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">The share of a new batch in the running statistics; null for the mean of all batches.</param>
    /// <param name="affine">Whether to scale and shift.</param>
    /// <param name="trackRunningStats">Whether to keep running statistics; without them those of the batch are always used.</param>
    /// <param name="dtype">The element type of params and running statistics.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numFeatures"/> is not positive.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public BatchNorm(
        long numFeatures, long axis = 1, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
        DType dtype = DType.Float32)
        : base(numFeatures, eps, momentum, affine, trackRunningStats, dtype) => Axis = axis;

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">
    /// x has no such dim, another number of channels, less than 2 dims, or one value for each channel in training.
    /// </exception>
    public Tensor Forward(Tensor x)
    {
        if (IsSample(x, 1))
        {
            RequireChannels(x, nameof(BatchNorm), (int)Shapes.NormalizeDim(nameof(BatchNorm), Axis, 1), "[C]", 1);
            return F.squeeze(NormalizeBatch(F.unsqueeze(x, 0), nameof(BatchNorm)), 0);
        }

        var channels = Shapes.NormalizeDim(nameof(BatchNorm), Axis, x.ndim);
        RequireChannels(x, nameof(BatchNorm), channels, "of 2 dims or more", [.. Enumerable.Range(2, Math.Max(0, x.ndim - 1))]);
        return F.movedim(NormalizeBatch(F.movedim(x, channels, 1), nameof(BatchNorm)), 1, channels);
    }
}
