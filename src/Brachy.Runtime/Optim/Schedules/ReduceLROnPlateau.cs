using Brachy.Trees;

namespace Brachy.Optim;

/// <summary>
/// Lowers the learning rate of an optimizer when a metric, such as the loss on held-out data, has stopped improving, with the rules of
/// torch.optim.lr_scheduler.ReduceLROnPlateau. Steps of the optimizer pass through; report the metric, usually after each epoch, with
/// <see cref="Step"/>. All is tensors, so that both can be compiled and are not traced again.
/// </summary>
/// <example>
/// <code>
/// var (opt, optConfig) = new ReduceLROnPlateau(new AdamW(model), factor: 0.5, patience: 3);
/// // … an epoch of Optimizer.Step, then
/// opt = ReduceLROnPlateau.Step(opt, heldOutLoss);
/// </code>
/// </example>
[Module]
public partial class ReduceLROnPlateau
{
    /// <summary>What counts as better: a smaller metric or a larger one.</summary>
    [Static]
    public partial PlateauMode Mode { get; set; }

    /// <summary>What the learning rate is multiplied by.</summary>
    [Static]
    public partial double Factor { get; set; }

    /// <summary>How many reports in a row without improvement are passed over.</summary>
    [Static]
    public partial long Patience { get; set; }

    /// <summary>By how much a metric must be better to count.</summary>
    [Static]
    public partial double Threshold { get; set; }

    /// <summary>Whether the threshold is a share of the best metric or a difference.</summary>
    [Static]
    public partial PlateauThreshold ThresholdMode { get; set; }

    /// <summary>How many reports after a reduction are passed over.</summary>
    [Static]
    public partial long Cooldown { get; set; }

    /// <summary>What the learning rate does not fall below.</summary>
    [Static]
    public partial double MinLr { get; set; }

    /// <summary>A smaller change of the learning rate is left out.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Which hyperparameters are lowered, by their paths in the inner optimizer's tree.</summary>
    [Static]
    public partial PathFilter Path { get; set; }

    /// <summary>The best metric so far, float64.</summary>
    [Buffer]
    public partial Tensor Best { get; set; }

    /// <summary>The number of reports in a row without improvement, int64.</summary>
    [Buffer]
    public partial Tensor NumBadEpochs { get; set; }

    /// <summary>How many reports of the pause after a reduction are left, int64.</summary>
    [Buffer]
    public partial Tensor CooldownCounter { get; set; }

    /// <summary>The number of reports, int64.</summary>
    [Buffer]
    public partial Tensor LastEpoch { get; set; }

    /// <summary>The optimizer.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>An optimizer whose learning rate falls on a plateau.</summary>
    /// <param name="inner">The optimizer.</param>
    /// <param name="mode">What counts as better.</param>
    /// <param name="factor">What the learning rate is multiplied by, at least 0 and below 1.</param>
    /// <param name="patience">How many reports in a row without improvement are passed over: the next one lowers the learning rate.</param>
    /// <param name="threshold">By how much a metric must be better to count.</param>
    /// <param name="thresholdMode">Whether the threshold is a share of the best metric or a difference.</param>
    /// <param name="cooldown">How many reports after a reduction are passed over.</param>
    /// <param name="minLr">What the learning rate does not fall below.</param>
    /// <param name="eps">A smaller change of the learning rate is left out.</param>
    /// <param name="path">Which hyperparameters are lowered; null for every <c>lr</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">The optimizer has no such hyperparameter.</exception>
    public ReduceLROnPlateau(
        AnyOptimizer inner, PlateauMode mode = PlateauMode.Min, double factor = 0.1, long patience = 10, double threshold = 1e-4,
        PlateauThreshold thresholdMode = PlateauThreshold.Rel, long cooldown = 0, double minLr = 0, double eps = 1e-8,
        PathFilter? path = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Hyperparameter.RequireFraction(factor);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        Hyperparameter.RequireNonNegative(threshold);
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        Hyperparameter.RequireNonNegative(minLr);
        Hyperparameter.RequireNonNegative(eps);
        if (!Enum.IsDefined(mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "Must be PlateauMode.Min or PlateauMode.Max.");
        }

        if (!Enum.IsDefined(thresholdMode))
        {
            throw new ArgumentOutOfRangeException(
                nameof(thresholdMode), thresholdMode, "Must be PlateauThreshold.Rel or PlateauThreshold.Abs.");
        }

        path ??= "**.lr";
        Hyperparameter.RequireUse(inner.Tree, path);
        (Mode, Factor, Patience, Threshold, ThresholdMode, Cooldown, MinLr, Eps, Path) =
            (mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps, path);
        Best = Hyperparameter.Of(mode == PlateauMode.Min ? double.PositiveInfinity : double.NegativeInfinity);
        NumBadEpochs = F.zeros([], DType.Int64);
        CooldownCounter = F.zeros([], DType.Int64);
        LastEpoch = F.zeros([], DType.Int64);
        Inner = inner;
    }

    /// <summary>Reports a metric, and lowers the learning rate if it has not improved for long enough.</summary>
    /// <param name="optimizer">The tree of this optimizer, or of one around it; it is left as it is.</param>
    /// <param name="metric">The metric: one number. NaN is no improvement.</param>
    /// <returns>The optimizer's new tree.</returns>
    /// <exception cref="ArgumentException">There is no ReduceLROnPlateau in the tree.</exception>
    /// <exception cref="ShapeException">The metric is not a single number.</exception>
    public static StructureTree Step(StructureTree optimizer, Tensor metric)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.numel() != 1)
        {
            throw new ShapeException($"ReduceLROnPlateau.Step: metric must be a single number, but is {metric.Type}.");
        }

        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        var result = optimizer.Copy();
        var value = F.reshape(metric, []).to(DType.Float64);
        foreach (var node in Optimizer.FindNodes(result, ApplyFunction))
        {
            ((ReduceLROnPlateau)Bind(node, GlobalConfig.Empty)).Report(value);
        }

        return result;
    }

    /// <summary>One step of the optimizer.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model as the inner optimizer leaves it.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model) => Inner.Call((lossAndGrad, model));

    private void Report(Tensor metric)
    {
        LastEpoch = LastEpoch + 1;
        var isBetter = IsBetter(metric);
        Best = F.where(isBetter, metric, Best);
        var isPaused = CooldownCounter > 0;
        var bad = F.where(F.logical_or(isBetter, isPaused), 0, NumBadEpochs + 1);
        var reduces = bad > Patience;
        CooldownCounter = F.where(reduces, Cooldown, F.where(isPaused, CooldownCounter - 1, CooldownCounter));
        NumBadEpochs = F.where(reduces, 0, bad);
        Hyperparameter.Set(Inner.Tree, Path, old =>
        {
            var lowered = F.maximum(old * Factor, MinLr);
            return F.where(F.logical_and(reduces, old - lowered > Eps), lowered, old);
        });
    }

    private Tensor IsBetter(Tensor metric) => (Mode, ThresholdMode) switch
    {
        (PlateauMode.Min, PlateauThreshold.Rel) => metric < Best * (1 - Threshold),
        (PlateauMode.Min, _) => metric < Best - Threshold,
        (_, PlateauThreshold.Rel) => metric > Best * (1 + Threshold),
        _ => metric > Best + Threshold,
    };
}

/// <summary>What counts as a better metric.</summary>
public enum PlateauMode
{
    /// <summary>A smaller one, as of a loss.</summary>
    Min,

    /// <summary>A larger one, as of an accuracy.</summary>
    Max,
}

/// <summary>What the threshold of an improvement is.</summary>
public enum PlateauThreshold
{
    /// <summary>A share of the best metric.</summary>
    Rel,

    /// <summary>A difference.</summary>
    Abs,
}
