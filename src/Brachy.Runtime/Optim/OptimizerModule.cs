namespace Brachy.Optim;

/// <summary>
/// What optimizers share that make one step from one run of the model: a learning rate, the count of steps, and the order of things. Derive
/// from it to write an optimizer of your own: declare hyperparameters as params and state as buffers, and override <see cref="Update"/>.
/// </summary>
/// <remarks>
/// Such an optimizer goes wherever others go: <see cref="Optimizer"/>'s steps, eager and compiled, the wrappers, <see cref="Scheduled"/>,
/// and checkpoints. One that runs the model several times in a step is a <c>[Module]</c> class with a Forward of its own,
/// as <see cref="LBFGS"/> is.
/// </remarks>
/// <example>
/// <code>
/// [Module]
/// public partial class Signum : OptimizerModule
/// {
///     [Param]
///     public partial Tensor Momentum { get; set; }
///
///     [Buffer]
///     public partial StructureTree Mean { get; set; }
///
///     public Signum(StructureTree model, double lr = 1e-3, double momentum = 0.9)
///         : base(model, lr) => (Momentum, Mean) = (Setting(momentum), StateOf(model));
///
///     protected override StructureTree Update(StructureTree parameters, StructureTree grads)
///     {
///         var updated = UpdateEach(parameters, grads, [Mean], (p, g, state) =>
///         {
///             var mean = (state[0] * Momentum) + (g * (1 - Momentum));
///             return [p - (Lr * F.sign(mean)), mean];
///         });
///         Mean = updated[1];
///         return updated[0];
///     }
/// }
/// </code>
/// </example>
[Module]
public abstract partial class OptimizerModule
{
    /// <summary>The learning rate, a single number.</summary>
    [Param]
    public partial Tensor Lr { get; set; }

    /// <summary>The number of steps taken, float32; in <see cref="Update"/> the one that is going on counts.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="lr">The learning rate.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lr"/> is negative or not finite.</exception>
    protected OptimizerModule(StructureTree model, double lr)
    {
        ArgumentNullException.ThrowIfNull(model);
        Hyperparameter.RequireNonNegative(lr);
        Lr = Hyperparameter.Of(lr);
        Step = F.zeros([]);
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the run, with updated params.</returns>
    /// <exception cref="ArgumentException">
    /// The params are not those that the optimizer was made for, or its settings do not allow a step.
    /// </exception>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        RequireReady();
        var (ran, grads, _) = lossAndGrad(model);
        Step = Step + 1;
        return ran.WithParams(Update(model.GetParams(), grads));
    }

    /// <summary>The new params. State is written to the optimizer's buffers.</summary>
    /// <param name="parameters">The model's params, as <see cref="StructureTree.GetParams"/> gives them.</param>
    /// <param name="grads">Their gradients, a tree of the same tensors.</param>
    /// <returns>A tree of the same tensors as <paramref name="parameters"/>.</returns>
    protected abstract StructureTree Update(StructureTree parameters, StructureTree grads);

    /// <summary>Throws when a step cannot be made, before the model runs. By default it can.</summary>
    /// <exception cref="ArgumentException">A step cannot be made.</exception>
    protected virtual void RequireReady()
    {
    }

    /// <summary>Updates params one by one. A tensor that stands at several places of the model is updated once.</summary>
    /// <param name="parameters">The model's params.</param>
    /// <param name="grads">Their gradients.</param>
    /// <param name="state">The optimizer's state: trees of the model's params, such as <see cref="StateOf"/> makes.</param>
    /// <param name="update">
    /// From a param, its gradient and its state, one tensor for each tree, to the new param and the new state in the same order. In half
    /// precision it gets float32, and the results are rounded to the type of the param, as fused optimizers do.
    /// </param>
    /// <returns>The new params and the new state, trees of the model's params.</returns>
    /// <exception cref="ArgumentException">The trees do not have the same tensors, or tensors of other shapes.</exception>
    /// <exception cref="DTypeException">A param is not floating-point.</exception>
    protected static StructureTree[] UpdateEach(
        StructureTree parameters, StructureTree grads, StructureTree[] state, Func<Tensor, Tensor, Tensor[], Tensor[]> update)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(grads);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(update);
        return new ParamUpdates(parameters, grads, state).UpdateEach(update);
    }

    /// <summary>A hyperparameter as optimizers keep it: a float64 scalar, which does not widen the params it meets.</summary>
    protected static Tensor Setting(double value) => Hyperparameter.Of(value);

    /// <summary>State of zeros, or of another number, for each param of a model: a tree of its params, in their shapes and types.</summary>
    /// <param name="model">The model.</param>
    /// <param name="value">The first value of all elements.</param>
    protected static StructureTree StateOf(StructureTree model, double value = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Hyperparameter.StateOf(model, value);
    }
}
