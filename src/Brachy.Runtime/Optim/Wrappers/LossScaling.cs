namespace Brachy.Optim;

/// <summary>
/// Multiplies the loss before the backward pass and divides the gradients afterwards, in float32, so that gradients that
/// are small survive in float16. The scale adapts itself as that of torch.amp.GradScaler does: it grows after many good
/// steps, and shrinks when gradients overflow. A step whose gradients are not all finite is skipped. Not needed for
/// bfloat16, whose exponents are those of float32.
/// </summary>
/// <remarks>
/// <para>A skipped step leaves the whole model, params and buffers, and the whole inner optimizer exactly as they were:
/// running statistics may have overflowed too, and random keys are used again. Only the scale and the counters of this
/// optimizer change. All is part of the compiled step: nothing is read back, nothing is traced again. Wrappers around this
/// one, such as <see cref="Scheduled"/> and <see cref="ExponentialMovingAverage"/>, take a skipped step for a step: put them
/// inside.</para>
/// <para>Nested with clipping in either order, clipping sees the true gradients. See <see cref="GradientAccumulation"/>
/// for what a skipped step means there.</para>
/// </remarks>
/// <example>
/// <code>
/// model = MixedPrecision.Cast(model, DType.Float16);
/// var (opt, optConfig) = new LossScaling(new ClipGradNorm(new AdamW(model), maxNorm: 1));
/// </code>
/// </example>
[Module]
public partial class LossScaling
{
    /// <summary>Below this, the reciprocal of the scale would come near the limits of float32.</summary>
    private const double MinScale = 1.0 / (1L << 40);

    /// <summary>Whether the scale adapts itself.</summary>
    [Static]
    public partial bool Dynamic { get; set; }

    /// <summary>What the scale is multiplied by when it grows.</summary>
    [Static]
    public partial double GrowthFactor { get; set; }

    /// <summary>What the scale is multiplied by after an overflow.</summary>
    [Static]
    public partial double BackoffFactor { get; set; }

    /// <summary>After how many good steps in a row the scale grows.</summary>
    [Static]
    public partial long GrowthInterval { get; set; }

    /// <summary>What the loss is multiplied by, float32.</summary>
    [Buffer]
    public partial Tensor Scale { get; set; }

    /// <summary>The number of good steps since the scale last changed, int64.</summary>
    [Buffer]
    public partial Tensor GrowthTracker { get; set; }

    /// <summary>The number of skipped steps in all, int64.</summary>
    [Buffer]
    public partial Tensor SkippedSteps { get; set; }

    /// <summary>The number of skipped steps in a row until now, int64.</summary>
    [Buffer]
    public partial Tensor SkippedInARow { get; set; }

    /// <summary>The optimizer that gets the true gradients.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>An optimizer that scales the loss.</summary>
    /// <param name="inner">The optimizer that gets the true gradients.</param>
    /// <param name="initScale">What the loss is multiplied by at first; a power of two loses no digits.</param>
    /// <param name="dynamic">Whether the scale adapts itself; a fixed one still skips steps that overflow.</param>
    /// <param name="growthFactor">What the scale is multiplied by when it grows.</param>
    /// <param name="backoffFactor">What the scale is multiplied by after an overflow.</param>
    /// <param name="growthInterval">After how many good steps in a row the scale grows.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The scale is not positive and finite, the growth factor not above 1, the backoff factor not between 0 and 1, or the
    /// interval not positive.
    /// </exception>
    public LossScaling(
        AnyOptimizer inner, double initScale = 65536, bool dynamic = true, double growthFactor = 2, double backoffFactor = 0.5,
        long growthInterval = 2000)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Require(initScale >= MinScale && initScale <= float.MaxValue, nameof(initScale), initScale, "Must be positive and finite.");
        Require(growthFactor > 1 && double.IsFinite(growthFactor), nameof(growthFactor), growthFactor, "Must be above 1 and finite.");
        Require(backoffFactor > 0 && backoffFactor < 1, nameof(backoffFactor), backoffFactor, "Must be between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(growthInterval);
        (Dynamic, GrowthFactor, BackoffFactor, GrowthInterval) = (dynamic, growthFactor, backoffFactor, growthInterval);
        Scale = F.full([], initScale, DType.Float32);
        GrowthTracker = F.zeros([], DType.Int64);
        SkippedSteps = F.zeros([], DType.Int64);
        SkippedInARow = F.zeros([], DType.Int64);
        Inner = inner;
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model as the inner optimizer leaves it; when gradients overflowed, the model as it was.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        var scale = Scale;
        var inverse = 1 / scale;
        var before = Inner.Tree.Copy();
        Tensor? isGood = null;
        var updated = Inner.Call(((current, outer) =>
        {
            var (ran, scaled, loss) = lossAndGrad(current, outer is null ? scale : scale * outer);
            var grads = Gradients.Scale(scaled, inverse);
            var areFinite = Gradients.AreFinite(grads);
            isGood = isGood is null ? areFinite : F.logical_and(isGood, areFinite);
            return (ran, grads, loss);
        }, model));
        if (isGood is null)
        {
            return updated;
        }

        Inner = AnyOptimizer.Bind(TreePairing.Select(isGood, Inner.Tree, before), Config);
        SkippedSteps = F.where(isGood, SkippedSteps, SkippedSteps + 1);
        SkippedInARow = F.where(isGood, 0, SkippedInARow + 1);
        if (Dynamic)
        {
            Adapt(isGood);
        }

        return TreePairing.Select(isGood, updated, model);
    }

    private static void Require(bool holds, string name, double value, string message)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, message);
        }
    }

    private void Adapt(Tensor isGood)
    {
        var tracked = GrowthTracker + 1;
        var grows = F.ge(tracked, GrowthInterval);
        var grown = Scale * GrowthFactor;
        var next = F.where(F.logical_and(grows, F.isfinite(grown)), grown, Scale);
        Scale = F.where(isGood, next, F.maximum(Scale * BackoffFactor, MinScale));
        GrowthTracker = F.where(F.logical_and(isGood, F.logical_not(grows)), tracked, 0);
    }
}
