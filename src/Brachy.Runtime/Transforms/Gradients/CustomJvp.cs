using System.Runtime.CompilerServices;
using Brachy.CompilerServices;
using Brachy.Extending;
using Brachy.Native;

namespace Brachy;

/// <summary>Functions with a derivative of the user's own in forward mode, as <c>jax.custom_jvp</c> makes them.</summary>
/// <remarks>
/// The rule says both modes: it is linear in the tangent, and its transpose is the gradient. It is made of ops, so that second and higher
/// derivatives follow. The derivative is by the argument only. A captured tensor is a constant; to differentiate by one that the
/// result depends on is an error.
/// </remarks>
public static class CustomJvp
{
    /// <summary>A function with a derivative of its own.</summary>
    /// <typeparam name="TArgument">The argument: a tensor, structure tree, <c>[Tree]</c> type, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">The result, of the same kinds.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="jvp">
    /// From the argument, the result and the tangent of the argument (zeros where nothing changes, and for integers) to that of the result:
    /// a value shaped like the result, with tensors of the same shapes and element types. Null, or a tree without the tensor, stands for
    /// zeros. It must be linear in the tangent, and made of ops.
    /// </param>
    /// <param name="name">The name in messages; the expression of the function by default.</param>
    /// <exception cref="ArgumentNullException">A function is null.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static Func<TArgument, TResult> Create<TArgument, TResult>(
        Func<TArgument, TResult> function,
        Func<TArgument, TResult, TArgument, TResult?> jvp,
        [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(jvp);
        var (argumentHandler, resultHandler) = (TreeHandler.For<TArgument>(), TreeHandler.For<TResult>());
        name = Jit.NameOf(function, name);

        // Inside its own run it is differentiated one time less, as the results of that run have their derivative from outside.
        var runs = new object();
        return argument =>
        {
            if (Trace.Current is not { } trace || trace.OpenGradients <= trace.RunsOf(runs))
            {
                return function(argument);
            }

            StackSpace.Require(name);
            var taken = Parts<TArgument>.Of(argument, argumentHandler);

            // Identities of their own: the same tensors, captured, are something else.
            var aliases = Array.ConvertAll(taken.Leaves, F.alias);
            var start = trace.Ops.Count;
            var result = trace.RunCounted(runs, () => function(taken.With(aliases)));
            var ops = trace.Ops.Skip(start).ToArray();
            var given = Parts<TResult>.Of(result, resultHandler);
            if (given.Leaves.Length == 0)
            {
                return result;
            }

            var rule = new UserTangent<TArgument, TResult>(name, taken, given, jvp);
            Tensor[] inputs = [.. given.Leaves, .. aliases, .. CapturedTensors.Of(ops, given.Leaves, aliases, trace)];
            return given.With(F.CustomTangent.BindAll(new CustomTangentSettings(rule), inputs));
        };
    }

    /// <summary>Calls the user's function and checks what it gives.</summary>
    private sealed class UserTangent<TArgument, TResult>(
        string name, Parts<TArgument> argument, Parts<TResult> result, Func<TArgument, TResult, TArgument, TResult?> jvp)
        : CustomTangent(name, result.Leaves.Length, argument.Leaves.Length)
    {
        private readonly Parts<TArgument> _argument = argument.WithoutLeaves();
        private readonly Parts<TResult> _result = result.WithoutLeaves();

        protected override Tensor?[] Tangents(Tensor[] arguments, Tensor[] results, Tensor[] tangents) => Directions.Match(
            _result, jvp(_argument.With(arguments), _result.With(results), _argument.With(tangents))!, "tangent",
            $"the result of {Name}");
    }
}
