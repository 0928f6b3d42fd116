using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Whole matrices of derivatives.</summary>
public static partial class Grad
{
    /// <summary>
    /// The derivatives of all elements of a function's result by all elements of its argument, row by row in reverse mode: best where the
    /// result has fewer elements than the argument. <c>jax.jacrev</c>.
    /// </summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <param name="function">A function whose result is of a floating-point type, of any shape. It runs once.</param>
    /// <param name="chunkSize">
    /// How many rows (in forward mode, columns) are computed at once, to use less memory; null for all of a tensor.
    /// </param>
    /// <returns>
    /// A function of the argument that gives a value of its structure, in which a floating-point tensor of shape [in] is replaced by the
    /// derivatives by it, of shape [out, in] and of the tensor's element type (in forward mode, of the result's), and every other tensor by
    /// zeros of that shape.
    /// </returns>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A chunk is empty.</exception>
    /// <exception cref="DifferentiationException">
    /// The argument has no floating-point tensor, the result is not of a floating-point type, or something in the function has no
    /// derivative.
    /// </exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static Func<T, T> JacobianReverse<T>(Func<T, Tensor> function, long? chunkSize = null) =>
        OneRow(JacobianMode.Reverse(chunkSize), function, HandlerOf<T>(isChosen: true, "The argument"));

    /// <summary>
    /// The derivatives of all elements of a function's results by all elements of its argument, row by row in reverse mode.
    /// </summary>
    /// <inheritdoc cref="JacobianReverse{T}(Func{T, Tensor}, long?)"/>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">The result, of the same kinds.</typeparam>
    /// <param name="function">A function whose results are of floating-point types, of any shapes. It runs once.</param>
    /// <param name="chunkSize">
    /// How many rows (in forward mode, columns) are computed at once, to use less memory; null for all of a tensor.
    /// </param>
    /// <returns>
    /// A function of the argument that gives, for each tensor of the result by its path in it (such as <c>Item1</c> of a tuple, <c>0</c> of
    /// a list), a value of the argument's structure with the derivatives, as for a function with one result.
    /// </returns>
    public static Func<T, Dictionary<string, T>> JacobianReverse<T, TResult>(Func<T, TResult> function, long? chunkSize = null) =>
        AllRows(JacobianMode.Reverse(chunkSize), function, HandlerOf<T>(isChosen: true, "The argument"));

    /// <summary>
    /// The derivatives of all elements of a function's result by all elements of its argument, column by column in forward mode: best where
    /// the argument has fewer elements than the result. <c>jax.jacfwd</c>.
    /// </summary>
    /// <inheritdoc cref="JacobianReverse{T}(Func{T, Tensor}, long?)"/>
    public static Func<T, T> JacobianForward<T>(Func<T, Tensor> function, long? chunkSize = null) =>
        OneRow(JacobianMode.Forward(chunkSize), function, HandlerOf<T>(isChosen: true, "The argument"));

    /// <summary>
    /// The derivatives of all elements of a function's results by all elements of its argument, column by column in forward mode.
    /// </summary>
    /// <inheritdoc cref="JacobianReverse{T, TResult}(Func{T, TResult}, long?)"/>
    public static Func<T, Dictionary<string, T>> JacobianForward<T, TResult>(Func<T, TResult> function, long? chunkSize = null) =>
        AllRows(JacobianMode.Forward(chunkSize), function, HandlerOf<T>(isChosen: true, "The argument"));

    /// <summary>
    /// The matrix of second derivatives of a function with a single-number result by a tensor: forward mode over reverse mode.
    /// <c>jax.hessian</c>.
    /// </summary>
    /// <param name="function">A function whose result has one element of a floating-point type. It runs once.</param>
    /// <param name="chunkSize">How many columns are computed at once, to use less memory; null for all of a tensor.</param>
    /// <returns>A function of the same argument, of shape [in], that gives the second derivatives, of shape [in, in].</returns>
    /// <inheritdoc cref="JacobianReverse{T}(Func{T, Tensor}, long?)" path="/exception"/>
    public static Func<Tensor, Tensor> Hessian(Func<Tensor, Tensor> function, long? chunkSize = null)
    {
        var rows = HessianRows(function, HandlerOf<Tensor>(isChosen: true, "The argument"), chunkSize);
        return argument => rows(argument)[""];
    }

    /// <summary>
    /// The matrices of second derivatives of a function with a single-number result by each pair of tensors of its argument.
    /// </summary>
    /// <inheritdoc cref="Hessian(Func{Tensor, Tensor}, long?)"/>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <returns>
    /// A function of the argument that gives, for each floating-point tensor of it by its path (such as <c>Item1</c> of a tuple), a value
    /// of the argument's structure with the derivatives of the gradient by that tensor: of shape [in, other] for each other tensor, and
    /// zeros for those that are not of a floating-point type.
    /// </returns>
    public static Func<T, Dictionary<string, T>> Hessian<T>(Func<T, Tensor> function, long? chunkSize = null) =>
        HessianRows(function, HandlerOf<T>(isChosen: true, "The argument"), chunkSize);
}
