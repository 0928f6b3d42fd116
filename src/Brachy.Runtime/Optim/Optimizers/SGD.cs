namespace Brachy.Optim;

/// <summary>
/// Stochastic gradient descent with momentum, with the update of torch.optim.SGD. The learning rate, momentum, dampening
/// and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class SGD : OptimizerModule
{
    /// <summary>How much of the last update is kept, a single number; null when the optimizer was made without momentum.</summary>
    [Param]
    public partial Tensor? Momentum { get; set; }

    /// <summary>How much of the gradient does not enter the momentum, a single number; null without momentum.</summary>
    [Param]
    public partial Tensor? Dampening { get; set; }

    /// <summary>The factor of the params that is added to the gradients (an L2 penalty).</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>Whether the gradient is taken at the point that momentum leads to.</summary>
    [Static]
    public partial bool Nesterov { get; set; }

    /// <summary>Whether there is momentum; false saves its memory.</summary>
    [Static]
    public partial bool HasMomentum { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The momentum, a tree of the model's params; empty without momentum.</summary>
    [Buffer]
    public partial StructureTree MomentumBuffer { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="momentum">
    /// How much of the last update is kept; with 0, there is no momentum at all, and no param to set it later.
    /// </param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="dampening">How much of the gradient does not enter the momentum.</param>
    /// <param name="nesterov">Whether the gradient is taken at the point that momentum leads to.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">Nesterov's method needs momentum and no dampening.</exception>
    public SGD(
        StructureTree model, double lr = 1e-3, double momentum = 0, double weightDecay = 0, double dampening = 0, bool nesterov = false,
        bool maximize = false)
        : base(model, lr)
    {
        Hyperparameter.RequireNonNegative(momentum);
        Hyperparameter.RequireNonNegative(weightDecay);
        if (!double.IsFinite(dampening))
        {
            throw new ArgumentOutOfRangeException(nameof(dampening), dampening, "Must be finite.");
        }

        if (nesterov && (momentum == 0 || dampening != 0))
        {
            throw new ArgumentException("Nesterov's method needs momentum and no dampening.", nameof(nesterov));
        }

        HasMomentum = momentum != 0;
        Momentum = HasMomentum ? Hyperparameter.Of(momentum) : null;
        Dampening = HasMomentum ? Hyperparameter.Of(dampening) : null;
        WeightDecay = Hyperparameter.Of(weightDecay);
        Nesterov = nesterov;
        Maximize = maximize;
        MomentumBuffer = HasMomentum ? Hyperparameter.StateOf(model) : new StructureTree();
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        var tensors = HasMomentum ? new ParamUpdates(parameters, grads, MomentumBuffer) : new ParamUpdates(parameters, grads);
        var (lr, momentum, dampening, weightDecay) = (Lr, Momentum ?? 0.0, Dampening ?? 0.0, WeightDecay);
        var updated = tensors.Update((values, gradients, state) =>
        {
            var result = F.multi_sgd(
                values, gradients, HasMomentum ? state[0] : [], lr, weightDecay, momentum, dampening, Step, Nesterov, Maximize);
            return HasMomentum ? [result.Parameters, result.Momenta] : [result.Parameters];
        });
        if (HasMomentum)
        {
            MomentumBuffer = updated[1];
        }

        return updated[0];
    }

    /// <inheritdoc/>
    protected override void RequireReady() => Hyperparameter.RequireMomentum(HasMomentum, Momentum ?? Dampening);
}
