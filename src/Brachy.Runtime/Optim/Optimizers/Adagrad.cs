namespace Brachy.Optim;

/// <summary>
/// Adagrad (Duchi, Hazan and Singer, "Adaptive Subgradient Methods", 2011), with the update of torch.optim.Adagrad. The learning
/// rate, its decay and the weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class Adagrad : OptimizerModule
{
    /// <summary>How fast the learning rate falls: it is divided by 1 + (step - 1) times this.</summary>
    [Param]
    public partial Tensor LrDecay { get; set; }

    /// <summary>The factor of the params that is added to the gradients (an L2 penalty).</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>Added to the root of the sum.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The sum of the squared gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree Sum { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="lrDecay">How fast the learning rate falls.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="initialAccumulatorValue">Where the sums of squares start.</param>
    /// <param name="eps">Added to the root of the sum.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Adagrad(
        StructureTree model, double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double initialAccumulatorValue = 0,
        double eps = 1e-10, bool maximize = false)
        : base(model, lr)
    {
        Hyperparameter.RequireNonNegative(lrDecay);
        Hyperparameter.RequireNonNegative(weightDecay);
        Hyperparameter.RequireNonNegative(initialAccumulatorValue);
        Hyperparameter.RequireNonNegative(eps);
        LrDecay = Hyperparameter.Of(lrDecay);
        WeightDecay = Hyperparameter.Of(weightDecay);
        Eps = eps;
        Maximize = maximize;
        Sum = Hyperparameter.StateOf(model, initialAccumulatorValue);
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var (lr, lrDecay, weightDecay) = (Lr, LrDecay, WeightDecay);
        var updated = new ParamUpdates(parameters, grads, Sum).Update((values, gradients, state) =>
        {
            var result = F.multi_adagrad(values, gradients, state[0], lr, lrDecay, weightDecay, Eps, Step, Maximize);
            return [result.Parameters, result.StateSums];
        });
        Sum = updated[1];
        return updated[0];
    }
}
