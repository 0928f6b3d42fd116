namespace Brachy.Optim;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019), with the
/// update of torch.optim.AdamW. The learning rate, betas and weight decay are params: they can be set, scheduled and
/// differentiated.
/// </summary>
[Module]
public partial class AdamW : Adam
{
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
        : base(model, lr, beta1, beta2, eps, weightDecay, amsgrad, maximize)
    {
    }

    private protected override (Tensor[] Parameters, Tensor[] ExpAvgs, Tensor[] ExpAvgSqs, Tensor[] MaxExpAvgSqs) Fused(
        Tensor[] parameters, Tensor[] grads, Tensor[] expAvgs, Tensor[] expAvgSqs, Tensor[] maxExpAvgSqs) =>
        F.multi_adamw(parameters, grads, expAvgs, expAvgSqs, maxExpAvgSqs, Lr, Beta1, Beta2, WeightDecay, Step, Eps, Maximize);
}
