using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Second derivatives.</summary>
public static partial class Grad
{
    /// <summary>
    /// The product of a function's Hessian, the matrix of its second derivatives, and a vector: the derivative of the gradient along a
    /// direction. It costs a few runs of the function, and never needs the matrix.
    /// </summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <param name="function">A function whose result has one element of a floating-point type.</param>
    /// <param name="primals">The argument.</param>
    /// <param name="vector">The direction: a value of the argument's structure; see <see cref="Jvp{T, TResult}"/>.</param>
    /// <returns>A value of the argument's structure, with zeros for tensors that are not of a floating-point type.</returns>
    /// <inheritdoc cref="Jvp{T, TResult}" path="/exception"/>
    public static T HessianVectorProduct<T>(Func<T, Tensor> function, T primals, T vector)
    {
        ArgumentNullException.ThrowIfNull(function);
        return HessianVectorProductWith(function, primals, vector, HandlerOf<T>(isChosen: true, "The argument"));
    }

    private static T HessianVectorProductWith<T>(Func<T, Tensor> function, T primals, T vector, TreeHandler<T> handler) => JvpWith(
        x => Evaluate(x, handler, function, TreeHandler.Tensor, loss => loss, forCaller: false).Grad, primals, vector, handler, handler)
        .Tangent;
}
