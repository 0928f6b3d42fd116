namespace Brachy.Optim;

/// <summary>
/// What Adam and its relatives share: a running mean of the gradients, the decay rates of running means, and weight decay. Learning rate,
/// betas and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public abstract partial class MomentOptimizer : OptimizerModule
{
    /// <summary>The decay rates of the running means, a list of two single numbers: that of <see cref="ExpAvg"/> first.</summary>
    [Param]
    public partial TreeValue Betas { get; set; }

    /// <summary>The weight decay, a single number: an L2 penalty, or decoupled, as the optimizer says.</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>The running mean of the gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree ExpAvg { get; set; }

    private protected MomentOptimizer(StructureTree model, double lr, double beta1, double beta2, double weightDecay)
        : base(model, lr)
    {
        Hyperparameter.RequireFraction(beta1);
        Hyperparameter.RequireFraction(beta2);
        Hyperparameter.RequireNonNegative(weightDecay);
        Betas = new TreeValue[] { Hyperparameter.Of(beta1), Hyperparameter.Of(beta2) };
        WeightDecay = Hyperparameter.Of(weightDecay);
    }

    private protected Tensor Beta1 => Betas.List[0].Tensor;

    private protected Tensor Beta2 => Betas.List[1].Tensor;
}
