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

    /// <summary>
    /// The derivative of a function over tensors in forward mode, for transforms that <see cref="Static.Lift"/> lifts; as
    /// <see cref="Jvp{T, TResult}"/> for functions over anything.
    /// </summary>
    /// <param name="function">A function over tensors.</param>
    /// <returns>
    /// A function of the inputs and then a tangent for each of them that gives all results and then a tangent for each of them; zeros for
    /// one that is not of a floating-point type. Tangents of such inputs do not count.
    /// </returns>
    /// <example>
    /// <code>
    /// // How the results of any function change when all of its tensors grow alike.
    /// var growth = Static.Lift(f => x => Grad.JvpTransform(f)([.. x, .. x])[^f(x).Length..]);
    /// </code>
    /// </example>
    public static TensorFunction JvpTransform(TensorFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return values =>
        {
            ArgumentNullException.ThrowIfNull(values);
            var (primals, tangents) = Halves(values);
            var (value, tangent) = JvpWith(inputs => function(inputs), primals, tangents, s_tensors, s_tensors);
            return [.. value, .. tangent];
        };

        static (Tensor[] Primals, Tensor[] Tangents) Halves(Tensor[] values) => values.Length % 2 == 0
            ? (values[..(values.Length / 2)], values[(values.Length / 2)..])
            : throw new ArgumentException($"There are {values.Length} inputs, but each comes with a tangent.", nameof(values));
    }

    /// <summary>
    /// A function over tensors together with its derivative in reverse mode, for transforms that <see cref="Static.Lift"/> lifts; as
    /// <see cref="Pullback{T, TResult}(Func{T, TResult}, T)"/> for functions over anything.
    /// </summary>
    /// <param name="function">A function over tensors.</param>
    /// <param name="cotangents">From the results to a cotangent for each of them.</param>
    /// <returns>
    /// A function of the inputs that gives all results and then a gradient for each input; zeros for one that is not of a floating-point
    /// type.
    /// </returns>
    public static TensorFunction PullbackTransform(TensorFunction function, Func<Tensor[], Tensor[]> cotangents)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(cotangents);
        return values =>
        {
            ArgumentNullException.ThrowIfNull(values);
            var (value, pullback) = PullbackWith(inputs => function(inputs), values, s_tensors, s_tensors);
            return [.. value, .. pullback(cotangents(value))];
        };
    }

    /// <summary>
    /// The derivatives of all results of a function over tensors by all inputs, in reverse mode, for transforms that
    /// <see cref="Static.Lift"/> lifts; as <see cref="JacobianReverse{T, TResult}(Func{T, TResult}, long?)"/> for functions over anything.
    /// </summary>
    /// <param name="function">A function over tensors whose results are of floating-point types.</param>
    /// <param name="chunkSize">How many rows (in forward mode, columns) are computed at once; null for all of a tensor.</param>
    /// <returns>
    /// A function of the inputs that gives, for each result and then for each input, a tensor of shape [out, in]; zeros for an input that
    /// is not of a floating-point type.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A chunk is empty.</exception>
    public static TensorFunction JacobianReverseTransform(TensorFunction function, long? chunkSize = null) =>
        JacobianTransform(JacobianMode.Reverse(chunkSize), function);

    /// <summary>
    /// The derivatives of all results of a function over tensors by all inputs, in forward mode, for transforms that
    /// <see cref="Static.Lift"/> lifts; as <see cref="JacobianForward{T, TResult}(Func{T, TResult}, long?)"/> for functions over anything.
    /// </summary>
    /// <inheritdoc cref="JacobianReverseTransform"/>
    public static TensorFunction JacobianForwardTransform(TensorFunction function, long? chunkSize = null) =>
        JacobianTransform(JacobianMode.Forward(chunkSize), function);

    private static TensorFunction JacobianTransform(JacobianMode mode, TensorFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return values =>
        {
            ArgumentNullException.ThrowIfNull(values);
            return [.. Blocks(mode, inputs => function(inputs), values).SelectMany(row => row!)];
        };
    }
}
