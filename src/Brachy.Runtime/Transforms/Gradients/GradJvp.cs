using Brachy.CompilerServices;
using Brachy.Extending;

namespace Brachy;

/// <summary>Derivatives in forward mode: along one direction, at the cost of about two more runs of the function.</summary>
public static partial class Grad
{
    /// <summary>
    /// The value of a function, and how it changes when its argument moves along a tangent: the Jacobian-vector product, as
    /// <c>jax.jvp</c> gives it.
    /// </summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">The result, of the same kinds; of any shape.</typeparam>
    /// <param name="function">The function. It runs once.</param>
    /// <param name="primals">The argument.</param>
    /// <param name="tangents">
    /// The direction: a value of the argument's structure, with a tensor of the same shape and element type for each tensor of a
    /// floating-point type. Null, or a tree without the tensor, stands for zeros. What it holds for integers and static values does not
    /// count.
    /// </param>
    /// <returns>
    /// The result, and its tangent: a value of the result's structure, in which every floating-point tensor is replaced by its derivative
    /// along the direction, and every other tensor by zeros.
    /// </returns>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="DifferentiationException">
    /// The argument has no floating-point tensor, or something in the function has no derivative.
    /// </exception>
    /// <exception cref="ArgumentException">There is a tangent where the argument has no tensor.</exception>
    /// <exception cref="ShapeException">A tangent has another shape than its tensor.</exception>
    /// <exception cref="DTypeException">A tangent has another element type than its tensor.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static (TResult Value, TResult Tangent) Jvp<T, TResult>(Func<T, TResult> function, T primals, T tangents)
    {
        ArgumentNullException.ThrowIfNull(function);
        return JvpWith(function, primals, tangents, HandlerOf<T>(isChosen: true, "The argument"));
    }

    private static TreeHandler<T> Differentiable<T>(TreeHandler<T> arguments) => new ChosenHandler<T>(arguments, "The argument list");

    private static (TResult Value, TResult Tangent) JvpWith<T, TResult>(
        Func<T, TResult> function, T primals, T tangents, TreeHandler<T> handler) =>
        JvpWith(function, primals, tangents, handler, TreeHandler.For<TResult>());

    private static (TResult Value, TResult Tangent) JvpWith<T, TResult>(
        Func<T, TResult> function, T primals, T tangents, TreeHandler<T> handler, TreeHandler<TResult> result)
    {
        var argument = Parts<T>.Of(primals, handler);
        var directions = Directions.Match(argument, tangents, "tangent", "the argument");

        // Eagerly and outside another derivative, nothing else can need the intermediate results.
        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        Parts<TResult> given = null!;
        var (value, found) = Pushforward.Differentiate(
            argument.Leaves, directions, aliases => function(argument.With(aliases)),
            value => (given = Parts<TResult>.Of(value, result)).Leaves);
        var complete = given.Complete(found, directions);
        if (scope is not null)
        {
            scope.KeepLeaves(value, result);
            Array.ForEach(complete, tangent => scope.Keep(tangent));
        }

        return (value, given.WithForCaller(complete));
    }
}
