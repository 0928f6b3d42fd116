namespace Brachy.Optim;

/// <summary>
/// Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015), with the update of torch.optim.Adam. The learning
/// rate, betas and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class Adam : MomentOptimizer
{
    /// <summary>Added to the root of the second moment.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether the largest second moment so far is used instead of the last one.</summary>
    [Static("amsgrad")]
    public partial bool AmsGrad { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

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
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="amsgrad">Whether the largest second moment so far is used (Reddi et al., 2018).</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Adam(
        StructureTree model, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0,
        bool amsgrad = false, bool maximize = false)
        : base(model, lr, beta1, beta2, weightDecay)
    {
        Hyperparameter.RequireNonNegative(eps);
        Eps = eps;
        AmsGrad = amsgrad;
        Maximize = maximize;
        ExpAvg = Hyperparameter.StateOf(model);
        ExpAvgSq = Hyperparameter.StateOf(model);
        MaxExpAvgSq = amsgrad ? Hyperparameter.StateOf(model) : new StructureTree();
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var tensors = AmsGrad
            ? new ParamUpdates(parameters, grads, ExpAvg, ExpAvgSq, MaxExpAvgSq)
            : new ParamUpdates(parameters, grads, ExpAvg, ExpAvgSq);
        var updated = tensors.Update((values, gradients, state) =>
        {
            var result = Fused(values, gradients, state[0], state[1], AmsGrad ? state[2] : []);
            return AmsGrad
                ? [result.Parameters, result.ExpAvgs, result.ExpAvgSqs, result.MaxExpAvgSqs]
                : [result.Parameters, result.ExpAvgs, result.ExpAvgSqs];
        });
        (ExpAvg, ExpAvgSq) = (updated[1], updated[2]);
        if (AmsGrad)
        {
            MaxExpAvgSq = updated[3];
        }

        return updated[0];
    }

    /// <summary>The update of params of one element type.</summary>
    private protected virtual (Tensor[] Parameters, Tensor[] ExpAvgs, Tensor[] ExpAvgSqs, Tensor[] MaxExpAvgSqs) Fused(
        Tensor[] parameters, Tensor[] grads, Tensor[] expAvgs, Tensor[] expAvgSqs, Tensor[] maxExpAvgSqs) =>
        F.multi_adam(parameters, grads, expAvgs, expAvgSqs, maxExpAvgSqs, Lr, Beta1, Beta2, WeightDecay, Step, Eps, Maximize);
}
