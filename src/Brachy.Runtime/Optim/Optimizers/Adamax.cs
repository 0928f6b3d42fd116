namespace Brachy.Optim;

/// <summary>
/// Adamax, Adam with the maximum norm (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), with the update of
/// torch.optim.Adamax. The learning rate, betas and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class Adamax : MomentOptimizer
{
    /// <summary>Added to the gradients' sizes.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

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
        StructureTree model, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0,
        bool maximize = false)
        : base(model, lr, beta1, beta2, weightDecay)
    {
        Hyperparameter.RequireNonNegative(eps);
        Eps = eps;
        Maximize = maximize;
        ExpAvg = Hyperparameter.StateOf(model);
        ExpInf = Hyperparameter.StateOf(model);
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var (beta1, beta2, weightDecay) = (Beta1, Beta2, WeightDecay);
        var (rest, descent) = (1 - beta1, -Lr / (1 - F.pow(beta1, Step)));
        var updated = UpdateEach(parameters, grads, [ExpAvg, ExpInf], (p, g, state) =>
        {
            g = F.blend(Maximize ? -g : g, p, 1, weightDecay);
            var mean = F.blend(state[0], g, beta1, rest);
            var largest = F.maximum((state[1] * beta2).to(p.dtype), F.abs(g) + Eps);
            return [F.blend_quotient(p, mean, largest, 1, descent), mean, largest];
        });
        (ExpAvg, ExpInf) = (updated[1], updated[2]);
        return updated[0];
    }
}
