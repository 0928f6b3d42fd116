namespace Brachy.Optim;

/// <summary>
/// Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov Momentum into Adam", 2016), with the update of torch.optim.NAdam.
/// The learning rate, betas, momentum decay and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class NAdam : MomentOptimizer
{
    /// <summary>How fast the momentum grows to its full size, a single number.</summary>
    [Param]
    public partial Tensor MomentumDecay { get; set; }

    /// <summary>Added to the root of the second moment.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether weight decay shrinks the params, as in AdamW, instead of joining the gradients.</summary>
    [Static]
    public partial bool DecoupledWeightDecay { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The product of the momenta so far, float64.</summary>
    [Buffer]
    public partial Tensor MuProduct { get; set; }

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
    /// <param name="momentumDecay">How fast the momentum grows to its full size.</param>
    /// <param name="decoupledWeightDecay">Whether weight decay shrinks the params, as in AdamW.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public NAdam(
        StructureTree model, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0,
        double momentumDecay = 4e-3, bool decoupledWeightDecay = false, bool maximize = false)
        : base(model, lr, beta1, beta2, weightDecay)
    {
        Hyperparameter.RequireNonNegative(eps);
        Hyperparameter.RequireNonNegative(momentumDecay);
        MomentumDecay = Hyperparameter.Of(momentumDecay);
        Eps = eps;
        DecoupledWeightDecay = decoupledWeightDecay;
        Maximize = maximize;
        MuProduct = F.ones([], DType.Float64);
        ExpAvg = Hyperparameter.StateOf(model);
        ExpAvgSq = Hyperparameter.StateOf(model);
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var (beta1, beta2, weightDecay) = (Beta1, Beta2, WeightDecay);
        var (mu, next) = (Mu(Step), Mu(Step + 1));
        MuProduct = MuProduct * mu;

        // The second moment's correction joins the factors: one pass less over each tensor.
        var root = F.sqrt(1 - F.pow(beta2, Step));
        var (byGrad, byMean) = (-Lr * root * (1 - mu) / (1 - MuProduct), -Lr * root * next / (1 - (MuProduct * next)));
        var (rest1, rest2, keep, eps) = (1 - beta1, 1 - beta2, 1 - (Lr * weightDecay), root * Eps);
        var updated = UpdateEach(parameters, grads, [ExpAvg, ExpAvgSq], (p, g, state) =>
        {
            g = Maximize ? -g : g;
            g = DecoupledWeightDecay ? g : F.blend(g, p, 1, weightDecay);
            var (mean, square) = (F.blend(state[0], g, beta1, rest1), F.blend_product(state[1], g, g, beta2, rest2));
            var divisor = F.root_plus(square, eps);
            p = F.blend_quotient(p, g, divisor, DecoupledWeightDecay ? keep : 1, byGrad);
            return [F.blend_quotient(p, mean, divisor, 1, byMean), mean, square];
        });
        (ExpAvg, ExpAvgSq) = (updated[1], updated[2]);
        return updated[0];

        Tensor Mu(Tensor step) => beta1 * (1 - (0.5 * F.pow(0.96, step * MomentumDecay)));
    }
}
