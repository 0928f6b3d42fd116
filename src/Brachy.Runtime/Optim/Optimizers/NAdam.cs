namespace Brachy.Optim;

/// <summary>
/// Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov Momentum into Adam", 2016), with the update of torch.optim.NAdam.
/// The learning rate, betas, momentum decay and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class NAdam
{
    /// <summary>The learning rate, a single number.</summary>
    [Param]
    public partial Tensor Lr { get; set; }

    /// <summary>The decay rates of the first and second moment, a list of two single numbers.</summary>
    [Param]
    public partial TreeValue Betas { get; set; }

    /// <summary>The weight decay: an L2 penalty, or decoupled.</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

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

    /// <summary>The number of steps taken, float32.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>The product of the momenta so far, float64.</summary>
    [Buffer]
    public partial Tensor MuProduct { get; set; }

    /// <summary>The running mean of the gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpAvg { get; set; }

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
        StructureTree model, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3,
        bool decoupledWeightDecay = false, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        Hyperparameter.RequireNonNegative(lr);
        Hyperparameter.RequireFraction(beta1);
        Hyperparameter.RequireFraction(beta2);
        Hyperparameter.RequireNonNegative(eps);
        Hyperparameter.RequireNonNegative(weightDecay);
        Hyperparameter.RequireNonNegative(momentumDecay);
        Lr = Hyperparameter.Of(lr);
        Betas = new TreeValue[] { Hyperparameter.Of(beta1), Hyperparameter.Of(beta2) };
        WeightDecay = Hyperparameter.Of(weightDecay);
        MomentumDecay = Hyperparameter.Of(momentumDecay);
        Eps = eps;
        DecoupledWeightDecay = decoupledWeightDecay;
        Maximize = maximize;
        Step = F.zeros([]);
        MuProduct = F.ones([], DType.Float64);
        ExpAvg = Hyperparameter.StateOf(model);
        ExpAvgSq = Hyperparameter.StateOf(model);
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
        var (mu, next) = (Mu(Step), Mu(Step + 1));
        MuProduct = MuProduct * mu;

        // The second moment's correction joins the factors: one pass less over each tensor.
        var root = F.sqrt(1 - F.pow(beta2, Step));
        var (byGrad, byMean) = (-Lr * root * (1 - mu) / (1 - MuProduct), -Lr * root * next / (1 - (MuProduct * next)));
        var (rest1, rest2, keep, eps) = (1 - beta1, 1 - beta2, 1 - (Lr * weightDecay), root * Eps);
        var updated = new ParamGroup(model.GetParams(), grads, ExpAvg, ExpAvgSq).UpdateEach((p, g, state) =>
        {
            g = Maximize ? -g : g;
            g = DecoupledWeightDecay ? g : F.blend(g, p, 1, weightDecay);
            var (mean, square) = (F.blend(state[0], g, beta1, rest1), F.blend_product(state[1], g, g, beta2, rest2));
            var divisor = F.root_plus(square, eps);
            p = F.blend_quotient(p, g, divisor, DecoupledWeightDecay ? keep : 1, byGrad);
            return [F.blend_quotient(p, mean, divisor, 1, byMean), mean, square];
        });
        (ExpAvg, ExpAvgSq) = (updated[1], updated[2]);
        return ran.WithParams(updated[0]);

        Tensor Mu(Tensor step) => beta1 * (1 - (0.5 * F.pow(0.96, step * MomentumDecay)));
    }
}
