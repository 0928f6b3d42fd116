namespace Brachy.Optim;

/// <summary>
/// RMSprop (Hinton, "Neural Networks for Machine Learning", lecture 6, 2012), with the update of torch.optim.RMSprop. The learning
/// rate, alpha, momentum and weight decay are params: they can be set, scheduled and differentiated.
/// </summary>
[Module]
public partial class RMSprop : OptimizerModule
{
    /// <summary>The decay rate of the mean of the squared gradients, a single number.</summary>
    [Param]
    public partial Tensor Alpha { get; set; }

    /// <summary>How much of the last update is kept, a single number; null when the optimizer was made without momentum.</summary>
    [Param]
    public partial Tensor? Momentum { get; set; }

    /// <summary>The factor of the params that is added to the gradients (an L2 penalty).</summary>
    [Param]
    public partial Tensor WeightDecay { get; set; }

    /// <summary>Added to the root of the mean.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether the gradient is divided by its standard deviation instead of its root mean square.</summary>
    [Static]
    public partial bool Centered { get; set; }

    /// <summary>Whether there is momentum; false saves its memory.</summary>
    [Static]
    public partial bool HasMomentum { get; set; }

    /// <summary>Whether to ascend.</summary>
    [Static]
    public partial bool Maximize { get; set; }

    /// <summary>The running mean of the squared gradients, a tree of the model's params.</summary>
    [Buffer]
    public partial StructureTree SquareAvg { get; set; }

    /// <summary>The momentum, a tree of the model's params; empty without momentum.</summary>
    [Buffer]
    public partial StructureTree MomentumBuffer { get; set; }

    /// <summary>The running mean of the gradients, a tree of the model's params; empty when not centered.</summary>
    [Buffer]
    public partial StructureTree GradAvg { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="alpha">The decay rate of the mean of the squared gradients.</param>
    /// <param name="eps">Added to the root of the mean.</param>
    /// <param name="weightDecay">The L2 penalty.</param>
    /// <param name="momentum">
    /// How much of the last update is kept; with 0, there is no momentum at all, and no param to set it later.
    /// </param>
    /// <param name="centered">Whether the gradient is divided by its standard deviation.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public RMSprop(
        StructureTree model, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0,
        bool centered = false, bool maximize = false)
        : base(model, lr)
    {
        Hyperparameter.RequireNonNegative(alpha);
        Hyperparameter.RequireNonNegative(eps);
        Hyperparameter.RequireNonNegative(weightDecay);
        Hyperparameter.RequireNonNegative(momentum);
        Alpha = Hyperparameter.Of(alpha);
        WeightDecay = Hyperparameter.Of(weightDecay);
        Eps = eps;
        Centered = centered;
        HasMomentum = momentum != 0;
        Momentum = HasMomentum ? Hyperparameter.Of(momentum) : null;
        Maximize = maximize;
        SquareAvg = Hyperparameter.StateOf(model);
        MomentumBuffer = HasMomentum ? Hyperparameter.StateOf(model) : new StructureTree();
        GradAvg = centered ? Hyperparameter.StateOf(model) : new StructureTree();
    }

    /// <inheritdoc/>
    protected override StructureTree Update(StructureTree parameters, StructureTree grads)
    {
        StructureTree[] used =
        [
            SquareAvg, .. HasMomentum ? [MomentumBuffer] : Array.Empty<StructureTree>(),
            .. Centered ? [GradAvg] : Array.Empty<StructureTree>()
        ];
        var (alpha, rest, descent, momentum, weightDecay) = (Alpha, 1 - Alpha, -Lr, Momentum ?? 0.0, WeightDecay);
        var updated = UpdateEach(parameters, grads, used, (p, g, state) =>
        {
            g = F.blend(Maximize ? -g : g, p, 1, weightDecay);
            state[0] = F.blend_product(state[0], g, g, alpha, rest);
            var spread = state[0];
            if (Centered)
            {
                // Not below 0, which rounding can lead to, nor the difference of two infinities.
                state[^1] = F.blend(state[^1], g, alpha, rest);
                spread = F.where(F.isinf(spread), spread, F.clamp(spread - (state[^1] * state[^1]), min: 0));
            }

            var root = F.root_plus(spread, Eps);
            if (!HasMomentum)
            {
                return [F.blend_quotient(p, g, root, 1, descent), .. state];
            }

            state[1] = F.blend_quotient(state[1], g, root, momentum, 1);
            return [F.blend(p, state[1], 1, descent), .. state];
        });
        SquareAvg = updated[1];
        if (HasMomentum)
        {
            MomentumBuffer = updated[2];
        }

        if (Centered)
        {
            GradAvg = updated[^1];
        }

        return updated[0];
    }

    /// <inheritdoc/>
    protected override void RequireReady() => Hyperparameter.RequireMomentum(HasMomentum, Momentum);
}
