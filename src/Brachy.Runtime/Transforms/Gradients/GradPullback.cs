using Brachy.CompilerServices;
using Brachy.Extending;

namespace Brachy;

/// <summary>Derivatives in reverse mode of functions with any results.</summary>
public static partial class Grad
{
    /// <summary>
    /// The value of a function, and the function that pulls cotangents of the result back to the argument: the vector-Jacobian product, as
    /// <c>jax.vjp</c> gives it.
    /// </summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">The result, of the same kinds; of any shape.</typeparam>
    /// <param name="function">The function. It runs once.</param>
    /// <param name="primals">The argument.</param>
    /// <returns>
    /// The result, and a function that may be called often. It takes a cotangent, that is a value of the result's structure with a tensor
    /// of the same shape and element type for each tensor of a floating-point type (null, or a tree without the tensor, stands for zeros),
    /// and gives a value of the argument's structure, in which every floating-point tensor is replaced by the sum of the derivatives of
    /// all results by it, times their cotangents, and every other tensor by zeros. It keeps the intermediate values of the run until the
    /// garbage collector finds that nobody holds it; those belong to the <see cref="TensorScope"/> around, if there is one. Inside a trace
    /// it must not be used outside of it.
    /// </returns>
    /// <inheritdoc cref="Jvp{T, TResult}" path="/exception"/>
    public static (TResult Value, Func<TResult, T> Pullback) Pullback<T, TResult>(Func<T, TResult> function, T primals)
    {
        ArgumentNullException.ThrowIfNull(function);
        return PullbackWith(function, primals, HandlerOf<T>(isChosen: true, "The argument"));
    }

    private static (TResult Value, Func<TResult, T> Pullback) PullbackWith<T, TResult>(
        Func<T, TResult> function, T primals, TreeHandler<T> handler) =>
        PullbackWith(function, primals, handler, TreeHandler.For<TResult>());

    private static (TResult Value, Func<TResult, T> Pullback) PullbackWith<T, TResult>(
        Func<T, TResult> function, T primals, TreeHandler<T> handler, TreeHandler<TResult> resultHandler)
    {
        var argument = Parts<T>.Of(primals, handler);
        using var stretch = Stretch<TResult>.Run("A gradient", argument.Leaves, aliases => function(argument.With(aliases)));
        var result = Parts<TResult>.Of(stretch.Result, resultHandler);
        var (ops, inputs, outputs) = (stretch.Ops, stretch.Inputs, result.Leaves);
        argument = argument.WithoutLeaves();
        return (stretch.Result, Pull);

        T Pull(TResult cotangents)
        {
            var directions = Directions.Match(result, cotangents, "cotangent", "the result");
            var gradients = Backward.Run(ops, outputs, directions, inputs);
            return argument.WithForCaller(argument.Complete(gradients, directions));
        }
    }
}
