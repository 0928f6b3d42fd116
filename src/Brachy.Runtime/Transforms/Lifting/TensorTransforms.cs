using Brachy.CompilerServices;
using Brachy.Transforms;

namespace Brachy;

// The transforms of functions over tensors that Static lifts to functions over anything.

public static partial class Jit
{
    /// <summary>
    /// Compiles a function over tensors, once for each combination of their shapes and types; for <see cref="Static.Lift"/>.
    /// </summary>
    /// <remarks>
    /// <see cref="Compile{T1, TResult}"/> does the same for functions over anything, and knows donation and explanations.
    /// </remarks>
    public static TensorFunction Transform(TensorFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var lifted = function.Target as LiftedVersion;
        var inputs = new NamedInputsHandler(lifted?.Arguments.LeafPaths);
        return Create(lifted?.Name ?? "function", inputs, TreeHandler.Array(TreeHandler.Tensor), values => function(values)).InvokeWith;
    }

    /// <summary>Takes tensors apart under the names that the arguments have for the caller of a lifted function.</summary>
    private sealed class NamedInputsHandler(IReadOnlyList<string>? names) : TreeHandler<Tensor[]>
    {
        public override void Flatten(Tensor[] value, TreeFlattener flattener)
        {
            flattener.Layout(value.Length);
            for (var i = 0; i < value.Length; i++)
            {
                flattener.Argument(i < names?.Count ? names[i] : "inputs");
                flattener.Leaf(value[i]);
            }
        }

        public override Tensor[] Unflatten(TreeUnflattener unflattener)
        {
            var value = new Tensor[unflattener.Static<int>()];
            for (var i = 0; i < value.Length; i++)
            {
                value[i] = unflattener.Leaf()!;
            }

            return value;
        }
    }
}

public static partial class Grad
{
    private static readonly TreeHandler<Tensor[]> s_tensors = TreeHandler.Array(TreeHandler.Tensor);

    /// <summary>The derivative of a function over tensors; for <see cref="Static.LiftGradient"/>.</summary>
    /// <param name="function">A function whose first result is the loss: one element of a floating-point type.</param>
    /// <param name="inputs">The positions of the inputs to differentiate by.</param>
    /// <returns>A function that gives a gradient for each of these inputs; zeros for one that is not of a floating-point type.</returns>
    public static TensorFunction Transform(TensorFunction function, int[] inputs)
    {
        var valueAndGrad = ValueTransform(function, inputs);
        return values => valueAndGrad(values)[^inputs.Length..];
    }

    /// <summary>A function over tensors together with its derivative; for <see cref="Static.LiftValueAndGradient"/>.</summary>
    /// <inheritdoc cref="Transform"/>
    /// <returns>A function that gives all results, and then a gradient for each of these inputs.</returns>
    public static TensorFunction ValueTransform(TensorFunction function, int[] inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        return values =>
        {
            ArgumentNullException.ThrowIfNull(values);
            if (Array.Exists(inputs, i => i < 0 || i >= values.Length))
            {
                throw new ArgumentException(
                    $"The positions {string.Join(", ", inputs)} are to be differentiated, but there are {values.Length} inputs.",
                    nameof(inputs));
            }

            var (outputs, gradients) = Evaluate(Array.ConvertAll(inputs, i => values[i]), s_tensors, WithChosen, s_tensors, LossOf);
            return [.. outputs, .. gradients];

            Tensor[] WithChosen(Tensor[] chosen)
            {
                var all = (Tensor[])values.Clone();
                for (var i = 0; i < inputs.Length; i++)
                {
                    all[inputs[i]] = chosen[i];
                }

                return function(all);
            }
        };

        static Tensor LossOf(Tensor[] outputs) => outputs is [var loss, ..]
            ? loss
            : throw new DifferentiationException("The function gives no tensors, but its first result should be the loss.");
    }
}
