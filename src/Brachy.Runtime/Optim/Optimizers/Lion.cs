namespace Brachy.Optim;

/// <summary>
/// Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2): each param moves by the sign of a mean
/// of gradients, so that all moves are equally long. A good learning rate is three to ten times smaller than for AdamW, and a
/// good weight decay that much larger. The learning rate, betas and weight decay are params: they can be set, scheduled and
/// differentiated; the sign lets no derivative by the betas through.
/// </summary>
[Module]
public partial class Lion : MomentOptimizer
{
    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">How much of the mean enters the direction; the rest is the gradient.</param>
    /// <param name="beta2">How much of the mean stays.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Lion(StructureTree model, double lr = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
        : base(model, lr, beta1, beta2, weightDecay) => ExpAvg = Hyperparameter.StateOf(model);

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var (beta1, beta2) = (Beta1, Beta2);
        var (rest1, rest2, keep, descent) = (1 - beta1, 1 - beta2, 1 - (Lr * WeightDecay), -Lr);
        var updated = UpdateEach(parameters, grads, [ExpAvg], (p, g, state) =>
        {
            var direction = F.sign((state[0] * beta1) + (g * rest1));
            return [F.blend(p, direction.to(p.dtype), keep, descent), F.blend(state[0], g, beta2, rest2)];
        });
        ExpAvg = updated[1];
        return updated[0];
    }
}
