using Brachy.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;

namespace Brachy.Optim;

/// <summary>
/// Lets any optimizer of TorchSharp's <c>torch.optim</c> train a structure tree, eagerly. Its state lives in the torch
/// optimizer rather than in a tree, so that a step cannot be compiled or differentiated; gradients may come from compiled
/// code.
/// </summary>
/// <example>
/// <code>
/// using var optimizer = new TorchOptimizer(model, parameters => torch.optim.RMSProp(parameters, 1e-3));
/// (model, var loss) = optimizer.Step(model, m => Loss(m, x, y));
/// </code>
/// </example>
public sealed class TorchOptimizer : IDisposable
{
    private readonly Parameter[] _parameters;

    /// <summary>Makes an optimizer for the floating-point params of a model.</summary>
    /// <param name="model">The model; its tensors are copied.</param>
    /// <param name="create">Makes the torch optimizer of parameters, which are in the order of <see cref="Paths"/>.</param>
    /// <exception cref="ArgumentException">The model has no floating-point params.</exception>
    /// <exception cref="InvalidOperationException">A function is being traced.</exception>
    public TorchOptimizer(StructureTree model, Func<IReadOnlyList<Parameter>, torch.optim.Optimizer> create)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(create);
        RequireEager();
        var trained = Trained(model);
        if (trained.Length == 0)
        {
            throw new ArgumentException("The model has no floating-point params to train.", nameof(model));
        }

        Paths = Array.ConvertAll(trained, t => t.Path);
        _parameters = Array.ConvertAll(trained, t => (Parameter)new Parameter(Copy(t.Tensor)).DetachFromDisposeScope());
        Optimizer = create(_parameters) ?? throw new ArgumentException("The function gave no optimizer.", nameof(create));
    }

    /// <summary>The torch optimizer, for its settings, schedules and state.</summary>
    public torch.optim.Optimizer Optimizer { get; }

    /// <summary>The paths of the trained params, in the order of the torch parameters.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>One training step: loss, gradients and update, as often as the optimizer asks for them.</summary>
    /// <param name="model">The model. The tree given is left as it is; params that were set by hand are respected.</param>
    /// <param name="loss">From the model to the model after the run and the loss (one element).</param>
    /// <returns>The model after the last run, with updated params, and the loss of the first run.</returns>
    /// <exception cref="ArgumentException">The model has other params than the one this optimizer was made for.</exception>
    /// <exception cref="InvalidOperationException">A function is being traced.</exception>
    public (StructureTree Model, Tensor Loss) Step(StructureTree model, Func<StructureTree, (StructureTree Model, Tensor Loss)> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var handler = TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor);
        return StepWithGradients(model, current =>
        {
            var ((ran, value), grads) = Grad.TreeValueAndGrad<(StructureTree Model, Tensor Loss)>(
                current, loss, result => result.Loss, handler);
            return (ran, value, grads);
        });
    }

    /// <summary>One training step with gradients from elsewhere, such as a compiled function.</summary>
    /// <param name="model">The model. The tree given is left as it is; params that were set by hand are respected.</param>
    /// <param name="lossAndGrad">
    /// From the model to the model after the run, the loss, and the gradients as a tree of its params. It must not donate the model.
    /// </param>
    /// <inheritdoc cref="Step"/>
    public (StructureTree Model, Tensor Loss) StepWithGradients(
        StructureTree model, Func<StructureTree, (StructureTree Model, Tensor Loss, StructureTree Grads)> lossAndGrad)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        RequireEager();
        Load(model);
        var ran = model;
        Tensor? first = null;
        using var result = Optimizer.step(() =>
        {
            // Only here: what an optimizer makes in a step may be its state, which must outlive the step.
            using var scope = TensorScope.Begin();
            var (after, loss, grads) = lossAndGrad(ran.WithParams(model.GetParams().MapInScope(Latest())));
            ran = scope.Keep(after.WithParams(model.GetParams()));
            SetGradients(grads);
            first ??= scope.Keep(loss);
            return Copy(loss).MoveToOuterDisposeScope();
        });
        using var ending = TensorScope.Begin();
        return (
            ran.WithParams(model.GetParams().MapParamsBuffers(Latest())),
            first ?? throw new InvalidOperationException($"{TypeText.OfValue(Optimizer)} asked for no loss."));
    }

    /// <summary>Frees the torch optimizer and its parameters; models that came from it stay usable.</summary>
    public void Dispose()
    {
        Optimizer.Dispose();
        Array.ForEach(_parameters, parameter => parameter.Dispose());
    }

    private static (string Path, Tensor Tensor)[] Trained(StructureTree tree) =>
        [.. tree.GetParams().DistinctTensors().Where(t => t.Tensor.dtype.IsFloatingPoint())];

    private static torch.Tensor Copy(Tensor tensor)
    {
        using var use = tensor.Use();
        return use.Torch.clone();
    }

    private static void RequireEager()
    {
        if (Trace.Current is { } trace)
        {
            throw new InvalidOperationException(
                $"{trace.Description} is being traced, but an optimizer of torch.optim works on values. Call TorchOptimizer outside, or "
                + "train with an optimizer of Brachy.Optim.");
        }
    }

    private void Load(StructureTree model)
    {
        var trained = Trained(model);
        if (!trained.Select(t => t.Path).SequenceEqual(Paths))
        {
            throw new ArgumentException(
                "The model has other params than the one this optimizer was made for. Make the optimizer anew after editing the model.",
                nameof(model));
        }

        using var noGrad = torch.no_grad();
        for (var i = 0; i < trained.Length; i++)
        {
            var (path, tensor) = trained[i];
            if (!tensor.shape.Sizes.SequenceEqual(_parameters[i].shape))
            {
                throw new ArgumentException(
                    $"The param '{path}' has shape {tensor.shape}, but had [{string.Join(", ", _parameters[i].shape)}] when this optimizer "
                    + "was made.", nameof(model));
            }

            using var use = tensor.Use();
            _parameters[i].copy_(use.Torch);
        }
    }

    /// <summary>From the model's params in their order to copies of the torch parameters.</summary>
    private Func<string, Tensor, Tensor> Latest()
    {
        var next = 0;
        return (_, p) => p.dtype.IsFloatingPoint() ? F.clone(Tensor.FromTorch(_parameters[next++])) : p;
    }

    private void SetGradients(StructureTree grads)
    {
        var trained = Trained(grads);
        if (!trained.Select(t => t.Path).SequenceEqual(Paths))
        {
            throw new ArgumentException("The gradients are not those of the model's params.", nameof(grads));
        }

        for (var i = 0; i < trained.Length; i++)
        {
            using var copy = Copy(trained[i].Tensor);
            _parameters[i].grad = copy;
        }
    }
}
