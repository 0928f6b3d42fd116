namespace Brachy;

/// <summary>Gradients of functions of a bound module's state.</summary>
public static partial class Grad
{
    /// <summary>
    /// A function of a state, that is params and buffers without functions as <see cref="StructureTree.BindModule{TInput, TOutput}"/> gives
    /// them, together with the derivative of one of its results by the params.
    /// </summary>
    /// <typeparam name="TResult">A tensor, which is the loss; or a tuple (state after the run, results...).</typeparam>
    /// <param name="function">From the state to the result.</param>
    /// <param name="outputNum">Which of the results after the state is the loss, from 0: one element of a floating-point type.</param>
    /// <returns>A function of the state that gives the whole result and the gradients, in a tree of the params.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The result has no such item.</exception>
    /// <exception cref="ArgumentException">The result is neither a tensor nor a tuple.</exception>
    /// <example>
    /// <code>
    /// var (state, module) = model.BindModule(config);
    /// var step = Grad.StateValueAndGrad((StructureTree s, Tensor x) =>
    /// {
    ///     (s, var y) = module.Apply(s, x);
    ///     return (s, y.square().mean());
    /// });
    /// var ((next, loss), grads) = step(state, x);
    /// </code>
    /// </example>
    public static Func<StructureTree, (TResult Value, StructureTree Grads)> StateValueAndGrad<TResult>(
        Func<StructureTree, TResult> function, int outputNum = 0) =>
        TreeValueAndGrad(function, outputNum, split: null);
}
