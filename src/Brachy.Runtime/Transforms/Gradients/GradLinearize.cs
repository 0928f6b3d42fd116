using Brachy.CompilerServices;
using Brachy.Extending;

namespace Brachy;

/// <summary>Linear approximations of functions.</summary>
public static partial class Grad
{
    /// <summary>
    /// The value of a function, and its linear approximation there: a function from tangents of the argument to those of the result, as
    /// <c>jax.linearize</c> gives it.
    /// </summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">The result, of the same kinds.</typeparam>
    /// <param name="function">The function. It runs once; what its derivative needs of that run is computed once, too.</param>
    /// <param name="primals">The argument.</param>
    /// <returns>
    /// The result, and a function that may be called often. It takes and gives tangents as <see cref="Jvp{T, TResult}"/> does. It keeps the
    /// intermediate values that it needs until the garbage collector finds that nobody holds it; those belong to the
    /// <see cref="TensorScope"/> around, if there is one. Inside a trace it must not be used outside of it.
    /// </returns>
    /// <inheritdoc cref="Jvp{T, TResult}" path="/exception"/>
    public static (TResult Value, Func<T, TResult> Jvp) Linearize<T, TResult>(Func<T, TResult> function, T primals)
    {
        ArgumentNullException.ThrowIfNull(function);
        return LinearizeWith(function, primals, HandlerOf<T>(isChosen: true, "The argument"));
    }

    private static (TResult Value, Func<T, TResult> Jvp) LinearizeWith<T, TResult>(
        Func<T, TResult> function, T primals, TreeHandler<T> handler)
    {
        var argument = Parts<T>.Of(primals, handler);
        using var stretch = Stretch<TResult>.Run("A derivative", argument.Leaves, aliases => function(argument.With(aliases)));
        var result = Parts<TResult>.Of(stretch.Result, TreeHandler.For<TResult>());
        var linear = LinearPart.Of(stretch.Inputs, tangents => Forward.Run(
            stretch.Ops, stretch.Inputs, tangents, result.Leaves, mayReplace: false));
        (argument, var outputs) = (argument.WithoutLeaves(), result.WithoutLeaves());
        return (stretch.Result, Push);

        TResult Push(T tangents)
        {
            var directions = Directions.Match(argument, tangents, "tangent", "the argument");
            return outputs.WithForCaller(outputs.Complete(linear.Apply(directions), directions));
        }
    }
}
