namespace Brachy.Optim;

/// <summary>
/// Adamax, Adam with the maximum norm (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), with the update of
/// torch.optim.Adamax. The learning rate, betas and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class Adamax
{
    /// <summary>The learning rate, a single number.</summary>
    [Param]
    public partial Tensor Lr { get; set; }

    /// <summary>The decay rates of the mean and of the maximum, a list of two single numbers.</summary>
    [Param]
    public partial TreeValue Betas { get; set; }

    /// <summary>The factor of the params that is added to the gradients (an L2 penalty).</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>Added to the gradients' sizes.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The number of steps taken, float32.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>The running mean of the gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpAvg { get; set; }

    /// <summary>The decaying maximum of the gradients' sizes, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpInf { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay rate of the mean.</param>
    /// <param name="beta2">The decay rate of the maximum.</param>
    /// <param name="eps">Added to the gradients' sizes.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Adamax(
        StructureTree model, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        Hyperparameter.RequireNonNegative(lr);
        Hyperparameter.RequireFraction(beta1);
        Hyperparameter.RequireFraction(beta2);
        Hyperparameter.RequireNonNegative(eps);
        Hyperparameter.RequireNonNegative(weightDecay);
        Lr = Hyperparameter.Of(lr);
        Betas = new TreeValue[] { Hyperparameter.Of(beta1), Hyperparameter.Of(beta2) };
        WeightDecay = Hyperparameter.Of(weightDecay);
        Eps = eps;
        Maximize = maximize;
        Step = F.zeros([]);
        ExpAvg = Hyperparameter.StateOf(model);
        ExpInf = Hyperparameter.StateOf(model);
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
        var (beta1, beta2, weightDecay) = (Betas.List[0].Tensor, Betas.List[1].Tensor, WeightDecay);
        var (rest, descent) = (1 - beta1, -Lr / (1 - F.pow(beta1, Step)));
        var updated = new ParamGroup(model.GetParams(), grads, ExpAvg, ExpInf).UpdateEach((p, g, state) =>
        {
            g = F.blend(Maximize ? -g : g, p, 1, weightDecay);
            var mean = F.blend(state[0], g, beta1, rest);
            var largest = F.maximum((state[1] * beta2).to(p.dtype), F.abs(g) + Eps);
            return [F.blend_quotient(p, mean, largest, 1, descent), mean, largest];
        });
        (ExpAvg, ExpInf) = (updated[1], updated[2]);
        return ran.WithParams(updated[0]);
    }
}
