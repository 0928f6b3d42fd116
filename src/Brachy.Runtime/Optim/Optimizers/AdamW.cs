namespace Brachy.Optim;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019), with the
/// update of torch.optim.AdamW. The learning rate, betas and weight decay are params: they can be set, scheduled and
/// differentiated.
/// </summary>
[Module]
public partial class AdamW
{
    /// <summary>The learning rate, a single number.</summary>
    [Param]
    public partial Tensor Lr { get; set; }

    /// <summary>The decay rates of the first and second moment, a list of two single numbers.</summary>
    [Param]
    public partial TreeValue Betas { get; set; }

    /// <summary>The share of each param that is taken off at each step, times the learning rate.</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>Added to the root of the second moment.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether the largest second moment so far is used instead of the last one.</summary>
    [Static("amsgrad")]
    public partial bool AmsGrad { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The number of steps taken, float32.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>The running mean of the gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpAvg { get; set; }

    /// <summary>The running mean of the squared gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpAvgSq { get; set; }

    /// <summary>The largest second moment so far, a tree of the model's params; empty without amsgrad.</summary>
    [Buffer]
    public partial StructureTree MaxExpAvgSq { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="beta1">The decay rate of the first moment.</param>
    /// <param name="beta2">The decay rate of the second moment.</param>
    /// <param name="eps">Added to the root of the second moment.</param>
    /// <param name="weightDecay">The decoupled weight decay.</param>
    /// <param name="amsgrad">Whether the largest second moment so far is used (Reddi et al., 2018).</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdamW(
        StructureTree model, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 1e-2,
        bool amsgrad = false, bool maximize = false)
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
        AmsGrad = amsgrad;
        Maximize = maximize;
        Step = F.zeros([]);
        ExpAvg = Hyperparameter.StateOf(model);
        ExpAvgSq = Hyperparameter.StateOf(model);
        MaxExpAvgSq = amsgrad ? Hyperparameter.StateOf(model) : new StructureTree();
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
        var group = AmsGrad
            ? new ParamGroup(model.GetParams(), grads, ExpAvg, ExpAvgSq, MaxExpAvgSq)
            : new ParamGroup(model.GetParams(), grads, ExpAvg, ExpAvgSq);
        var (lr, beta1, beta2, weightDecay) = (Lr, Betas.List[0].Tensor, Betas.List[1].Tensor, WeightDecay);
        var updated = group.Update((parameters, gradients, state) =>
        {
            var maxima = AmsGrad ? state[2] : [];
            var result = F.multi_adamw(parameters, gradients, state[0], state[1], maxima, lr, beta1, beta2, weightDecay, Step, Eps, Maximize);
            return AmsGrad ? [result.Parameters, result.ExpAvgs, result.ExpAvgSqs, result.MaxExpAvgSqs] : [result.Parameters, result.ExpAvgs, result.ExpAvgSqs];
        });
        (ExpAvg, ExpAvgSq) = (updated[1], updated[2]);
        if (AmsGrad)
        {
            MaxExpAvgSq = updated[3];
        }

        return ran.WithParams(updated[0]);
    }
}
