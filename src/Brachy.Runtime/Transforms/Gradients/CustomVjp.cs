using System.Runtime.CompilerServices;
using Brachy.CompilerServices;
using Brachy.Extending;
using Brachy.Native;

namespace Brachy;

/// <summary>Functions with a gradient of the user's own, as <c>jax.custom_vjp</c> makes them.</summary>
/// <remarks>
/// The gradient is a vector-Jacobian product made of ops, so that second and higher derivatives follow: those of the
/// backward function, and of what the forward function kept for it. Where no gradient can be asked for, the plain function
/// runs: outside <see cref="Grad"/>, compiled or not. Inside the function that <see cref="Grad"/> differentiates, the forward
/// function runs instead. The gradient is by the argument only. A captured tensor is a constant; to differentiate by
/// one that the result depends on is an error.
/// </remarks>
public static class CustomVjp
{
    /// <summary>A function with a gradient of its own.</summary>
    /// <typeparam name="TArgument">The argument: a tensor, structure tree, <c>[Tree]</c> type, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">The result, of the same kinds.</typeparam>
    /// <typeparam name="TResiduals">What the gradient needs of the forward run, of the same kinds.</typeparam>
    /// <param name="function">The function; it runs when no gradient can be asked for.</param>
    /// <param name="forward">Gives the same result, and what <paramref name="backward"/> needs.</param>
    /// <param name="backward">
    /// From what <paramref name="forward"/> kept and the gradient of the result (zeros where nothing depends on it) to that of
    /// the argument: a value shaped like the argument, with tensors of the same shapes and element types. Null, or a tree
    /// without the tensor, stands for zeros. What it says for integers does not count. Gradients at several places of one
    /// shared weight add up, unless they are one tensor.
    /// </param>
    /// <param name="name">The name in messages; the expression of the function by default.</param>
    /// <exception cref="ArgumentNullException">A function is null.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static Func<TArgument, TResult> Create<TArgument, TResult, TResiduals>(
        Func<TArgument, TResult> function,
        Func<TArgument, (TResult Result, TResiduals Residuals)> forward,
        Func<TResiduals, TResult, TArgument?> backward,
        [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        return Define(
            Jit.NameOf(function, name), function, forward, backward, TreeHandler.For<TArgument>(), TreeHandler.For<TResult>(),
            TreeHandler.For<TResiduals>());
    }

    /// <summary>A function whose own gradient needs nothing but its argument and result.</summary>
    /// <inheritdoc cref="Create{TArgument, TResult, TResiduals}"/>
    /// <param name="function">The function.</param>
    /// <param name="backward">From the argument, the result and the gradient of the result to that of the argument.</param>
    /// <param name="name">The name in messages; the expression of the function by default.</param>
    public static Func<TArgument, TResult> Create<TArgument, TResult>(
        Func<TArgument, TResult> function,
        Func<TArgument, TResult, TResult, TArgument?> backward,
        [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        ArgumentNullException.ThrowIfNull(backward);
        var (argument, result) = (TreeHandler.For<TArgument>(), TreeHandler.For<TResult>());
        return Define(
            Jit.NameOf(function, name), function, Forward, (kept, cotangent) => backward(kept.Item1, kept.Item2, cotangent),
            argument, result, TreeHandler.Tuple(argument, result));

        (TResult Result, (TArgument, TResult) Residuals) Forward(TArgument x)
        {
            var y = function(x);
            return (y, (x, y));
        }
    }

    private static Func<TArgument, TResult> Define<TArgument, TResult, TResiduals>(
        string name, Func<TArgument, TResult> function, Func<TArgument, (TResult, TResiduals)> forward,
        Func<TResiduals, TResult, TArgument?> backward, TreeHandler<TArgument> argumentHandler, TreeHandler<TResult> resultHandler,
        TreeHandler<TResiduals> residualsHandler)
    {
        // Inside its own forward function it is differentiated one time less, as that function's results have their gradient from outside.
        var forwards = new object();
        return argument =>
        {
            if (Trace.Current is not { } trace || trace.OpenGradients <= trace.RunsOf(forwards))
            {
                return function(argument);
            }

            StackSpace.Require(name);
            return Record(argument, trace);
        };

        TResult Record(TArgument argument, Trace trace)
        {
            var taken = Parts<TArgument>.Of(argument, argumentHandler);

            // Identities of their own: the same tensors, captured, are something else.
            var aliases = Array.ConvertAll(taken.Leaves, F.alias);
            var start = trace.Ops.Count;
            var (result, residuals) = trace.RunCounted(forwards, () => forward(taken.With(aliases)));
            var ops = trace.Ops.Skip(start).ToArray();
            var given = Parts<TResult>.Of(result, resultHandler);
            var kept = Parts<TResiduals>.Of(residuals, residualsHandler);
            if (given.Leaves.Length == 0)
            {
                return result;
            }

            var rule = new UserGradient<TArgument, TResult, TResiduals>(name, taken, given, kept, backward);
            Tensor[] inputs = [.. given.Leaves, .. aliases, .. kept.Leaves, .. CapturedTensors.Of(ops, given.Leaves, aliases, trace)];
            return given.With(F.CustomGradient.BindAll(new CustomGradientSettings(rule), inputs));
        }
    }
}
