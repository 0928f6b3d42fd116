using Brachy.Trees;

namespace Brachy.Optim;

/// <summary>
/// Sets hyperparameters of an optimizer by schedules before each step. The number of steps is a buffer, so that a compiled
/// step is not traced again as it grows. A hyperparameter that has a schedule keeps the value used last.
/// </summary>
/// <remarks>
/// Each call is a step. Around <see cref="GradientAccumulation"/> schedules count micro-batches, and around
/// <see cref="LossScaling"/> skipped steps too; inside they count what the optimizer does.
/// </remarks>
/// <example>
/// <code>
/// var (opt, config) = new Scheduled(new AdamW(model), ("lr", Schedule.CosineWithWarmup(3e-4, 100, 1000)));
/// </code>
/// </example>
[Module]
public partial class Scheduled
{
    /// <summary>The optimizer.</summary>
    public partial Module<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree> Inner { get; set; }

    /// <summary>The number of steps taken, int64.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>Which hyperparameters each schedule sets, by their paths in the optimizer's tree.</summary>
    [Static]
    public partial PathFilter[] Paths { get; set; }

    /// <summary>The schedules.</summary>
    [Static]
    public partial Schedule[] Schedules { get; set; }

    /// <summary>An optimizer whose hyperparameters follow schedules.</summary>
    /// <param name="inner">The optimizer.</param>
    /// <param name="schedules">
    /// Paths of hyperparameters in the optimizer's tree, such as <c>"lr"</c>, <c>"betas.0"</c>, <c>"0.lr"</c> in
    /// <see cref="ParamGroups"/> or <c>"**.lr"</c> for all groups, and the schedule of each.
    /// </param>
    /// <exception cref="ArgumentException">There is no such hyperparameter, or two schedules set the same.</exception>
    public Scheduled(
        Module<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree> inner,
        params ReadOnlySpan<(PathFilter Path, Schedule Schedule)> schedules)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
        Step = F.zeros([], DType.Int64);
        (Paths, Schedules) = (new PathFilter[schedules.Length], new Schedule[schedules.Length]);
        for (var i = 0; i < schedules.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(schedules[i].Path, nameof(schedules));
            ArgumentNullException.ThrowIfNull(schedules[i].Schedule, nameof(schedules));
            (Paths[i], Schedules[i]) = schedules[i];
        }

        foreach (var (path, tensor) in Hyperparameter.PathsIn(inner.Tree))
        {
            if (Paths.Count(filter => filter.Matches(path, tensor)) > 1)
            {
                throw new ArgumentException(
                    $"Two schedules set '{path}': {string.Join(" and ", Paths.Where(filter => filter.Matches(path, tensor)))}.",
                    nameof(schedules));
            }
        }

        Array.ForEach(Paths, path => Hyperparameter.RequireUse(inner.Tree, path));
    }

    /// <summary>One step of the optimizer.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the run, with updated params.</returns>
    /// <exception cref="ArgumentException">A hyperparameter that has a schedule is gone.</exception>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        for (var i = 0; i < Paths.Length; i++)
        {
            Hyperparameter.RequireUse(Inner.Tree, Paths[i]);
            var value = Schedules[i].At(Step);
            Hyperparameter.Set(Inner.Tree, Paths[i], _ => value);
        }

        Step = Step + 1;
        return Inner.Call((lossAndGrad, model));
    }
}
