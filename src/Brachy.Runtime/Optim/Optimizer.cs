using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.Optim;

/// <summary>Runs a model, and gives its loss and the gradients by its params.</summary>
/// <param name="model">The model.</param>
/// <param name="lossScale">
/// A single floating-point number that the loss is multiplied by, for the gradients only: they are those of
/// <c>lossScale * loss</c>, scaled before the backward pass, so that small ones survive in half precision. It takes the
/// element type of the loss. Null for 1.
/// </param>
/// <returns>
/// The model after the run, with changed buffers, the gradients as a tree of its params, and the loss (one element), which is
/// not scaled.
/// </returns>
public delegate (StructureTree Model, StructureTree Grads, Tensor Loss) LossAndGrad(StructureTree model, Tensor? lossScale = null);

/// <summary>
/// What optimizers have in common. An optimizer is a module: its hyperparameters are params and its state buffers of its
/// own tree, and it is applied to a function that gives loss and gradients.
/// </summary>
public static partial class Optimizer
{
    /// <summary>One training step: loss, gradients and update.</summary>
    /// <typeparam name="TAux">What the loss function gives besides the loss.</typeparam>
    /// <param name="optimizer">The optimizer's tree.</param>
    /// <param name="config">The optimizer's config.</param>
    /// <param name="model">The model's tree.</param>
    /// <param name="loss">From the model to the model after the run, the loss (one element), and anything else.</param>
    /// <returns>The new optimizer and model, and the loss and the rest of the first run; most optimizers run the model once.</returns>
    public static (StructureTree Optimizer, StructureTree Model, Tensor Loss, TAux Aux) Step<TAux>(
        StructureTree optimizer, GlobalConfig config, StructureTree model,
        Func<StructureTree, (StructureTree Model, Tensor Loss, TAux Aux)> loss)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        var update = Update(optimizer);
        var handler = TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.For<TAux>());

        // Eagerly and outside a gradient, nothing else can need the gradients and intermediate results.
        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        (StructureTree Model, Tensor Loss, TAux Aux) first = default!;
        var newOptimizer = optimizer.Copy();
        var lossAndGrad = RankGradients.Of((current, lossScale) =>
        {
            var (value, grads) = Grad.TreeValueAndGrad<(StructureTree Model, Tensor Loss, TAux Aux)>(
                current, loss, result => result.Loss, handler, lossScale);
            first = first.Loss is null ? value : first;
            return (value.Model, grads, value.Loss);
        }, optimizer);
        Tensor? firstLoss = null;
        LossAndGrad observed = (current, lossScale) =>
        {
            var result = lossAndGrad(current, lossScale);
            firstLoss ??= result.Loss;
            return result;
        };
        var newModel = update.Call(newOptimizer, config, (observed, model));
        first.Loss = firstLoss!;
        if (scope is not null)
        {
            scope.Keep(newOptimizer);
            scope.Keep(newModel);
            scope.KeepLeaves(first, handler);
        }

        return (newOptimizer, newModel, first.Loss!, first.Aux);
    }

    /// <inheritdoc cref="Step{TAux}"/>
    public static (StructureTree Optimizer, StructureTree Model, Tensor Loss) Step(
        StructureTree optimizer, GlobalConfig config, StructureTree model, Func<StructureTree, (StructureTree Model, Tensor Loss)> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var (newOptimizer, newModel, value, _) = Step(optimizer, config, model, current =>
        {
            var (ran, l) = loss(current);
            return (ran, l, 0);
        });
        return (newOptimizer, newModel, value);
    }

    /// <summary>One training step with loss and gradients from elsewhere, such as a compiled function.</summary>
    /// <param name="optimizer">The optimizer's tree.</param>
    /// <param name="config">The optimizer's config.</param>
    /// <param name="model">The model's tree.</param>
    /// <param name="lossAndGrad">Runs the model and gives loss and gradients. It must not donate the model.</param>
    /// <returns>The new optimizer and model, and the loss of the first run.</returns>
    /// <exception cref="InvalidOperationException">The optimizer asked for no loss.</exception>
    public static (StructureTree Optimizer, StructureTree Model, Tensor Loss) Step(
        StructureTree optimizer, GlobalConfig config, StructureTree model, LossAndGrad lossAndGrad)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        var update = Update(optimizer);
        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        Tensor? first = null;
        var newOptimizer = optimizer.Copy();
        var ranked = RankGradients.Of(lossAndGrad, optimizer);
        LossAndGrad observed = (current, lossScale) =>
        {
            var result = ranked(current, lossScale);
            first ??= result.Loss;
            return result;
        };
        var newModel = update.Call(newOptimizer, config, (observed, model));
        var loss = first ?? throw new InvalidOperationException($"{update.Name} asked for no loss.");
        if (scope is not null)
        {
            scope.Keep(newOptimizer);
            scope.Keep(newModel);
            scope.Keep(loss);
        }

        return (newOptimizer, newModel, loss);
    }

    private static ApplyFn<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree> Update(StructureTree optimizer) =>
        optimizer.ApplyFn as ApplyFn<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree>
        ?? throw new ArgumentException(
            $"The tree computes {optimizer.ApplyFn?.Name ?? "nothing"}; an optimizer takes (LossAndGrad, StructureTree) and gives a "
            + "StructureTree.",
            nameof(optimizer));
}
