namespace Brachy.Optim;

/// <summary>
/// Lets an optimizer see the means over all ranks of loss, gradients and running statistics, so that each rank trains on its own share of
/// the batch and all models stay equal. Inside a <c>[Jit, DataParallel]</c> step nothing more is exchanged.
/// </summary>
/// <remarks>
/// What is around it sees the gradients of the rank alone: put clipping and loss scaling inside. Inside of
/// <see cref="GradientAccumulation"/> each micro-batch stays on its rank, and ranks exchange the accumulated gradients.
/// </remarks>
/// <example>
/// <code>
/// var (opt, config) = new DataParallel(new ClipGradNorm(new AdamW(model), maxNorm: 1));
/// </code>
/// </example>
[Module]
public partial class DataParallel
{
    /// <summary>Says to <see cref="Optimizer"/> that it combines gradients itself.</summary>
    [Static]
    public partial bool CombinesRanks { get; set; }

    /// <summary>The optimizer that gets the means.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>An optimizer that trains on the batch of all ranks.</summary>
    /// <param name="inner">The optimizer that gets the means.</param>
    /// <exception cref="ArgumentNullException">The optimizer is null.</exception>
    public DataParallel(AnyOptimizer inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        (CombinesRanks, Inner) = (true, inner);
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model on the rank's share of the batch and gives the gradients.</param>
    /// <param name="model">The model, equal on all ranks.</param>
    /// <returns>The model as the inner optimizer leaves it.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        return Inner.Call((
            (current, lossScale) => RankGradients.MeansOf(current, RankGradients.OfRank(lossAndGrad, current, lossScale)), model));
    }
}
