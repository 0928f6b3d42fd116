namespace Brachy.Optim;

/// <summary>
/// Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2): each param moves by the sign of a mean
/// of gradients, so that all moves are equally long. A good learning rate is three to ten times smaller than for AdamW, and a
/// good weight decay that much larger. The learning rate, betas and weight decay are params: they can be set, scheduled and
/// differentiated; the sign lets no derivative by the betas through.
/// </summary>
[Module]
public partial class Lion
{
    /// <summary>The learning rate, a single number.</summary>
    [Param]
    public partial Tensor Lr { get; set; }

    /// <summary>How much of the mean enters the direction and how much of it stays, a list of two single numbers.</summary>
    [Param]
    public partial TreeValue Betas { get; set; }

    /// <summary>The share of each param that is taken off at each step, times the learning rate.</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>The number of steps taken, float32.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>The running mean of the gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpAvg { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">How much of the mean enters the direction; the rest is the gradient.</param>
    /// <param name="beta2">How much of the mean stays.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Lion(StructureTree model, double lr = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        Hyperparameter.RequireNonNegative(lr);
        Hyperparameter.RequireFraction(beta1);
        Hyperparameter.RequireFraction(beta2);
        Hyperparameter.RequireNonNegative(weightDecay);
        Lr = Hyperparameter.Of(lr);
        Betas = new TreeValue[] { Hyperparameter.Of(beta1), Hyperparameter.Of(beta2) };
        WeightDecay = Hyperparameter.Of(weightDecay);
        Step = F.zeros([]);
        ExpAvg = Hyperparameter.StateOf(model);
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the run, with updated params.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        var (ran, grads, _) = lossAndGrad(model);
        Step = Step + 1;
        var (beta1, beta2) = (Betas.List[0].Tensor, Betas.List[1].Tensor);
        var (rest1, rest2, keep, descent) = (1 - beta1, 1 - beta2, 1 - (Lr * WeightDecay), -Lr);
        var updated = new ParamGroup(model.GetParams(), grads, ExpAvg).UpdateEach((p, g, state) =>
        {
            var direction = F.sign((state[0] * beta1) + (g * rest1));
            return [F.blend(p, direction.to(p.dtype), keep, descent), F.blend(state[0], g, beta2, rest2)];
        });
        ExpAvg = updated[1];
        return ran.WithParams(updated[0]);
    }
}
