namespace Brachy.Optim;

/// <summary>
/// Adadelta (Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012), with the update of torch.optim.Adadelta. The learning
/// rate, rho and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class Adadelta : OptimizerModule
{
    /// <summary>The decay rate of both means, a single number.</summary>
    [Param]
    public partial Tensor Rho { get; set; }

    /// <summary>The factor of the params that is added to the gradients (an L2 penalty).</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>Added to both means.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The running mean of the squared gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree SquareAvg { get; set; }

    /// <summary>The running mean of the squared updates, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree AccDelta { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The factor of the updates.</param>
    /// <param name="rho">The decay rate of both means.</param>
    /// <param name="eps">Added to both means.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public Adadelta(StructureTree model, double lr = 1, double rho = 0.9, double eps = 1e-6, double weightDecay = 0, bool maximize = false)
        : base(model, lr)
    {
        Hyperparameter.RequireFraction(rho, closed: true);
        Hyperparameter.RequireNonNegative(eps);
        Hyperparameter.RequireNonNegative(weightDecay);
        Rho = Hyperparameter.Of(rho);
        WeightDecay = Hyperparameter.Of(weightDecay);
        Eps = eps;
        Maximize = maximize;
        SquareAvg = Hyperparameter.StateOf(model);
        AccDelta = Hyperparameter.StateOf(model);
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var (rho, rest, descent, weightDecay) = (Rho, 1 - Rho, -Lr, WeightDecay);
        var updated = UpdateEach(parameters, grads, [SquareAvg, AccDelta], (p, g, state) =>
        {
            g = F.blend(Maximize ? -g : g, p, 1, weightDecay);
            var squares = F.blend_product(state[0], g, g, rho, rest);
            var delta = F.sqrt((state[1] + Eps) / (squares + Eps)) * g;
            return [F.blend(p, delta, 1, descent), squares, F.blend_product(state[1], delta, delta, rho, rest)];
        });
        (SquareAvg, AccDelta) = (updated[1], updated[2]);
        return updated[0];
    }
}
