namespace Brachy.Optim;

/// <summary>What optimizers see where a program has several ranks: means over them.</summary>
internal static class RankGradients
{
    /// <summary>
    /// What an optimizer is given in a step: in a data-parallel function the means over the ranks of loss, gradients and changed running
    /// statistics; when it combines gradients itself, those of the rank; outside, what the function gives.
    /// </summary>
    /// <param name="lossAndGrad">Runs the model on the rank's share of the batch.</param>
    /// <param name="optimizer">The optimizer.</param>
    public static LossAndGrad Of(LossAndGrad lossAndGrad, StructureTree optimizer)
    {
        if (CombinesRanks(optimizer))
        {
            return (current, lossScale) =>
            {
                var (model, grads, loss) = OfRank(lossAndGrad, current, lossScale);
                return (model, grads, RankMeans.Of(loss));
            };
        }

        return RankScope.Current is null
            ? lossAndGrad
            : (current, lossScale) => MeansOf(current, OfRank(lossAndGrad, current, lossScale));
    }

    /// <summary>What a run gives on this rank alone.</summary>
    public static (StructureTree Model, StructureTree Grads, Tensor Loss) OfRank(
        LossAndGrad lossAndGrad, StructureTree current, Tensor? lossScale) => RankScope.Current is { } ranks
        ? ranks.Paused(() => lossAndGrad(current, lossScale)) : lossAndGrad(current, lossScale);

    /// <summary>The means over the ranks of what a run gave.</summary>
    /// <param name="before">The model before the run.</param>
    /// <param name="ran">What the run gave.</param>
    public static (StructureTree Model, StructureTree Grads, Tensor Loss) MeansOf(
        StructureTree before, (StructureTree Model, StructureTree Grads, Tensor Loss) ran) =>
        (RankMeans.OfBuffers(before, ran.Model), RankMeans.Of(ran.Grads), RankMeans.Of(ran.Loss));

    private static bool CombinesRanks(StructureTree optimizer) =>
        optimizer.Aux.TryGetValue("combines_ranks", out var combines) && combines is true;
}
