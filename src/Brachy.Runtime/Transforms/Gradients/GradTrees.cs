using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Gradients by the params of structure trees.</summary>
public static partial class Grad
{
    /// <summary>
    /// A function of a model, together with the derivative of its loss by the model's params. Buffers and aux are not
    /// differentiated.
    /// </summary>
    /// <typeparam name="TResult">The result: a tensor, tree, <c>[Tree]</c> type or tuple.</typeparam>
    /// <param name="function">From the model to a result that holds the loss.</param>
    /// <param name="loss">Picks the loss: one element of a floating-point type.</param>
    /// <returns>
    /// A function of the model that gives the result and a tree of the model's params (see <see cref="StructureTree.GetParams"/>)
    /// with gradients in place of the values; zeros for params that the loss does not depend on.
    /// </returns>
    public static Func<StructureTree, (TResult Value, StructureTree Grads)> TreeValueAndGrad<TResult>(
        Func<StructureTree, TResult> function, Func<TResult, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(loss);
        var handler = TreeHandler.For<TResult>();
        return model => TreeValueAndGrad(model, function, loss, handler, forCaller: true);
    }

    /// <summary>A function of a model with a single-number result, together with its derivative by the model's params.</summary>
    /// <inheritdoc cref="TreeValueAndGrad{TResult}(Func{StructureTree, TResult}, Func{TResult, Tensor})"/>
    public static Func<StructureTree, (Tensor Value, StructureTree Grads)> TreeValueAndGrad(Func<StructureTree, Tensor> function) =>
        TreeValueAndGrad(function, loss => loss);

    internal static (TResult Value, StructureTree Grads) TreeValueAndGrad<TResult>(
        StructureTree model, Func<StructureTree, TResult> function, Func<TResult, Tensor> loss, TreeHandler<TResult> handler,
        Tensor? scale = null, bool forCaller = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Evaluate(
            model.GetParams(), TreeHandler.StructureTree, parameters => function(model.WithParams(parameters)), handler, loss, scale,
            forCaller);
    }
}
