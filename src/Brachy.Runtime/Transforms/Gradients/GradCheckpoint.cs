using System.Runtime.CompilerServices;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Extending;
using Brachy.Native;

namespace Brachy;

/// <summary>Gradients that compute again instead of keeping.</summary>
public static partial class Grad
{
    /// <summary>
    /// The same function, whose gradient computes its intermediate values again instead of keeping them, as <c>jax.checkpoint</c>: less
    /// memory for about a third more time.
    /// </summary>
    /// <typeparam name="T">The argument: a tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">The result, of the same kinds.</typeparam>
    /// <param name="function">
    /// The function. It runs as often as before: its ops are computed again, not its C# code, so that random numbers are the same ones.
    /// Tensors that it captures are differentiated as without. Eagerly, tensors that it makes and does not give are freed when it ends.
    /// </param>
    /// <param name="policy">Which intermediate values are kept all the same; none by default.</param>
    /// <param name="name">The name in messages and graphs; the expression of the function by default.</param>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static Func<T, TResult> Checkpoint<T, TResult>(
        Func<T, TResult> function, CheckpointPolicy? policy = null,
        [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        ArgumentNullException.ThrowIfNull(function);
        return CheckpointWith(function, policy, Jit.NameOf(function, name), TreeHandler.For<T>(), TreeHandler.For<TResult>());
    }

    private static Func<T, TResult> CheckpointWith<T, TResult>(
        Func<T, TResult> function, CheckpointPolicy? policy, string name, TreeHandler<T> argumentHandler,
        TreeHandler<TResult> resultHandler)
    {
        policy ??= CheckpointPolicy.NothingSaved;
        return argument =>
        {
            if (policy == CheckpointPolicy.EverythingSaved || Trace.Current is not { OpenGradients: > 0 } trace)
            {
                return function(argument);
            }

            StackSpace.Require(name);
            var taken = Parts<T>.Of(argument, argumentHandler);

            // Identities of their own: the same tensors, captured, are something else.
            var aliases = Array.ConvertAll(taken.Leaves, F.alias);
            var start = trace.Ops.Count;
            using var scope = trace.IsSymbolic ? null : TensorScope.Begin();
            var result = function(taken.With(aliases));
            var ops = trace.Ops.Skip(start).ToArray();
            var given = Parts<TResult>.Of(result, resultHandler);
            if (ops.Length == 0)
            {
                scope?.KeepLeaves(result, resultHandler);
                return result;
            }

            var made = new HashSet<Tensor>(ops.SelectMany(op => op.Outputs), ReferenceEqualityComparer.Instance);
            var known = new HashSet<Tensor>(made.Concat(aliases), ReferenceEqualityComparer.Instance);
            Tensor[] used = [.. aliases, .. ops.SelectMany(op => op.Inputs).Concat(given.Leaves)
                .Where(x => x.Number is null && trace.Sees(x) && !known.Contains(x))
                .Distinct<Tensor>(ReferenceEqualityComparer.Instance)];

            // A name is one for the value that it was given.
            Tensor[] kept = [.. ops.Where(policy.Saves)
                .SelectMany(op => op.Primitive.Renames ? op.Inputs.Take(op.Outputs.Length) : op.Outputs)
                .Where(made.Contains).Distinct<Tensor>(ReferenceEqualityComparer.Instance)];
            var graph = Graph.FromOps(ops, used, [.. given.Leaves, .. kept]);
            if (!trace.IsSymbolic)
            {
                trace.Forget(start);
            }

            // What is computed again may use what the function made without recording it, such as the zeros of an inner derivative.
            Array.ForEach([.. given.Leaves, .. kept, .. used], value => scope?.Keep(value));
            var rule = new GraphRecomputation(name, graph, given.Leaves.Length, trace.IsSymbolic);
            var results = F.Checkpoint.BindAll(new RecomputationSettings(rule), [.. given.Leaves, .. kept, .. used]);
            Array.ForEach(results, value => scope?.Keep(value));
            return given.With(results[..given.Leaves.Length]);
        };
    }
}
