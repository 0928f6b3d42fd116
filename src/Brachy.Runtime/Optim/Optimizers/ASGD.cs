namespace Brachy.Optim;

/// <summary>
/// Averaged stochastic gradient descent (Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992), with the
/// update of torch.optim.ASGD: steps that shrink, and from step <see cref="T0"/> on the mean of the params, which is
/// <see cref="Ax"/>. All numbers but T0 are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class ASGD : OptimizerModule
{
    /// <summary>The decay of the params by the size of a step, a single number.</summary>
    [Param]
    public partial Tensor Lambd { get; set; }

    /// <summary>The power by which the learning rate falls, a single number.</summary>
    [Param]
    public partial Tensor Alpha { get; set; }

    /// <summary>The factor of the params that is added to the gradients (an L2 penalty).</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>The number of steps before the mean starts; until then it is the last params.</summary>
    [Static]
    public partial double T0 { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>
    /// The mean of the params, a tree of the model's params; put it into a model by <c>model.WithParams</c> to evaluate it.
    /// </summary>
    [Buffer]
    public partial StructureTree Ax { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The first learning rate: η in step t is lr / (1 + lambd lr (t - 1))^alpha.</param>
    /// <param name="lambd">The decay of the params: they are multiplied by 1 - lambd η.</param>
    /// <param name="alpha">The power by which the learning rate falls.</param>
    /// <param name="t0">The number of steps before the mean starts.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public ASGD(
        StructureTree model, double lr = 1e-2, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weightDecay = 0,
        bool maximize = false)
        : base(model, lr)
    {
        Hyperparameter.RequireNonNegative(lambd);
        Hyperparameter.RequireNonNegative(alpha);
        Hyperparameter.RequireNonNegative(t0);
        Hyperparameter.RequireNonNegative(weightDecay);
        Lambd = Hyperparameter.Of(lambd);
        Alpha = Hyperparameter.Of(alpha);
        WeightDecay = Hyperparameter.Of(weightDecay);
        T0 = t0;
        Maximize = maximize;
        Ax = Hyperparameter.StateOf(model);
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var before = Step.to(DType.Float64) - 1;
        var (lambd, weightDecay) = (Lambd, WeightDecay);
        var eta = Lr / F.pow(1 + (lambd * Lr * before), Alpha);
        var mu = 1 / F.maximum(before - T0, 1.0);
        var (keep, decay, descent) = (1 - mu, 1 - (lambd * eta), -eta);
        var updated = UpdateEach(parameters, grads, [Ax], (p, g, state) =>
        {
            g = F.blend(Maximize ? -g : g, p, 1, weightDecay);
            p = F.blend(p, g, decay, descent);
            return [p, F.blend(state[0], p, keep, mu)];
        });
        Ax = updated[1];
        return updated[0];
    }
}
