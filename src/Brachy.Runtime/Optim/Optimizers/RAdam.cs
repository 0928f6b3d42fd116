namespace Brachy.Optim;

/// <summary>
/// Rectified Adam (Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020), with the update of
/// torch.optim.RAdam. The learning rate, betas and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class RAdam : MomentOptimizer
{
    /// <summary>Added to the root of the second moment.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether weight decay shrinks the params, as in AdamW, instead of joining the gradients.</summary>
    [Static]
    public partial bool DecoupledWeightDecay { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The running mean of the squared gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpAvgSq { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay rate of the first moment.</param>
    /// <param name="beta2">The decay rate of the second moment.</param>
    /// <param name="eps">Added to the root of the second moment.</param>
    /// <param name="weightDecay">The weight decay.</param>
    /// <param name="decoupledWeightDecay">Whether weight decay shrinks the params, as in AdamW.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public RAdam(
        StructureTree model, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0,
        bool decoupledWeightDecay = false, bool maximize = false)
        : base(model, lr, beta1, beta2, weightDecay)
    {
        Hyperparameter.RequireNonNegative(eps);
        Eps = eps;
        DecoupledWeightDecay = decoupledWeightDecay;
        Maximize = maximize;
        ExpAvg = Hyperparameter.StateOf(model);
        ExpAvgSq = Hyperparameter.StateOf(model);
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var (beta1, beta2, weightDecay) = (Beta1, Beta2, WeightDecay);
        var correction = 1 - F.pow(beta2, Step);
        var longest = (2 / (1 - beta2)) - 1;
        var length = longest - (2 * Step * (1 - correction) / correction);

        // Until the variance can be told from enough gradients, the step is by the mean alone.
        var isEnough = length > 5;
        var enough = F.where(isEnough, length, 6);
        var rectified = F.sqrt((enough - 4) * (enough - 2) * longest / ((longest - 4) * (longest - 2) * enough)) * F.sqrt(correction);
        var descent = -Lr / (1 - F.pow(beta1, Step)) * F.where(isEnough, rectified, 1);
        var (rest1, rest2, keep) = (1 - beta1, 1 - beta2, 1 - (Lr * weightDecay));
        var updated = UpdateEach(parameters, grads, [ExpAvg, ExpAvgSq], (p, g, state) =>
        {
            g = Maximize ? -g : g;
            g = DecoupledWeightDecay ? g : F.blend(g, p, 1, weightDecay);
            var (mean, square) = (F.blend(state[0], g, beta1, rest1), F.blend_product(state[1], g, g, beta2, rest2));
            var divisor = F.where(isEnough, F.root_plus(square, Eps), 1);
            return [F.blend_quotient(p, mean, divisor, DecoupledWeightDecay ? keep : 1, descent), mean, square];
        });
        (ExpAvg, ExpAvgSq) = (updated[1], updated[2]);
        return updated[0];
    }
}
