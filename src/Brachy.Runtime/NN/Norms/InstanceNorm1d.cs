namespace Brachy.NN;

/// <summary>
/// Normalises each channel of each of sequences; then scales and shifts it, if asked to. Input and output [N, C, L] or [C, L]. Running
/// statistics, if kept, are used in evaluation. See <see cref="F.instance_norm"/>.
/// </summary>
[Module]
public partial class InstanceNorm1d : RunningNorm
{
    /// <summary>An instance norm for sequences.</summary>
    /// <param name="numFeatures">The number of channels, C.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">The share of a new batch in the running statistics; null for none, as in PyTorch.</param>
    /// <param name="affine">Whether to scale and shift.</param>
    /// <param name="trackRunningStats">Whether to keep running statistics; without them those of the sample are always used.</param>
    /// <param name="dtype">The element type of params and running statistics.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numFeatures"/> is not positive.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public InstanceNorm1d(
        long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = false, bool trackRunningStats = false,
        DType dtype = DType.Float32)
        : base(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
    {
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">x is not [N, C, L] or [C, L], or has one value for each channel of a sample.</exception>
    public Tensor Forward(Tensor x) => NormalizeSamples(x, nameof(InstanceNorm1d), "[N, C, L] or [C, L]", 2);
}
