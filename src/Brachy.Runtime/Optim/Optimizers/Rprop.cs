namespace Brachy.Optim;

/// <summary>
/// Resilient backpropagation (Riedmiller and Braun, "A Direct Adaptive Method for Faster Backpropagation Learning", 1993), with the
/// update of torch.optim.Rprop: each element has a step size of its own, which grows while the sign of its gradient stays and shrinks
/// when it changes; the gradient's size does not matter. For whole batches, not for mini-batches.
/// </summary>
[Module]
public partial class Rprop : OptimizerModule
{
    /// <summary>What a step size is multiplied by when the sign of the gradient changes, and when it stays: two single numbers.</summary>
    [Param]
    public partial TreeValue Etas { get; set; }

    /// <summary>The smallest and largest step size: two single numbers.</summary>
    [Param]
    public partial TreeValue StepSizes { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The last gradients, zero where the sign had changed, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree Prev { get; set; }

    /// <summary>The step size of each element, a tree of the model's params; zeros before the first step.</summary>
    [Buffer]
    public partial StructureTree StepSize { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The first step size.</param>
    /// <param name="etaMinus">What a step size is multiplied by when the sign of the gradient changes, in (0, 1).</param>
    /// <param name="etaPlus">What a step size is multiplied by when the sign stays, above 1.</param>
    /// <param name="minStepSize">The smallest step size.</param>
    /// <param name="maxStepSize">The largest step size.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Rprop(
        StructureTree model, double lr = 1e-2, double etaMinus = 0.5, double etaPlus = 1.2, double minStepSize = 1e-6,
        double maxStepSize = 50, bool maximize = false)
        : base(model, lr)
    {
        Hyperparameter.RequireNonNegative(minStepSize);
        Hyperparameter.RequireNonNegative(maxStepSize);
        if (!(etaMinus > 0 && etaMinus < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(etaMinus), etaMinus, "Must lie between 0 and 1.");
        }

        if (!(etaPlus > 1) || double.IsInfinity(etaPlus))
        {
            throw new ArgumentOutOfRangeException(nameof(etaPlus), etaPlus, "Must be finite and above 1.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(minStepSize, maxStepSize);
        Etas = new TreeValue[] { Hyperparameter.Of(etaMinus), Hyperparameter.Of(etaPlus) };
        StepSizes = new TreeValue[] { Hyperparameter.Of(minStepSize), Hyperparameter.Of(maxStepSize) };
        Maximize = maximize;
        Prev = Hyperparameter.StateOf(model);
        StepSize = Hyperparameter.StateOf(model);
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var (lr, isFirst) = (Lr, F.eq(Step, 1));
        var (shrink, grow) = (Etas.List[0].Tensor, Etas.List[1].Tensor);
        var (smallest, largest) = (StepSizes.List[0].Tensor, StepSizes.List[1].Tensor);
        var updated = UpdateEach(parameters, grads, [Prev, StepSize], (p, g, state) =>
        {
            g = Maximize ? -g : g;

            // The product of the signs: that of two small gradients would be zero in half precision.
            var agreement = F.sign(g) * F.sign(state[0]);
            var (stays, changes) = (agreement > 0, agreement < 0);
            var size = F.where(isFirst, lr.to(p.dtype), state[1]);
            var factor = F.where(stays, grow.to(p.dtype), F.where(changes, shrink.to(p.dtype), F.ones_like(size)));
            size = F.clamp(size * factor, smallest.to(p.dtype), largest.to(p.dtype));
            g = F.where(changes, 0, g);
            return [p - (F.sign(g) * size), g, size];
        });
        (Prev, StepSize) = (updated[1], updated[2]);
        return updated[0];
    }
}
