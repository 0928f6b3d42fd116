using Brachy.CompilerServices;
using Brachy.Trees;
using Merge = System.Func<Brachy.StructureTree, Brachy.StructureTree, Brachy.StructureTree>;
using Split = System.Func<Brachy.StructureTree, (Brachy.StructureTree Differentiated, Brachy.StructureTree Others)>;

namespace Brachy;

/// <summary>Gradients by trees among several arguments, or by a part of them.</summary>
public static partial class Grad
{
    /// <summary>
    /// A function of a model, together with the derivative of one of its results by the model's params, or by another part of it.
    /// </summary>
    /// <typeparam name="TResult">A tensor, which is the loss; or a tuple (tree after the run, results...).</typeparam>
    /// <param name="function">From the model to the result.</param>
    /// <param name="outputNum">Which of the results after the tree is the loss, from 0: one element of a floating-point type.</param>
    /// <param name="split">
    /// From the model to a tree with the tensors to differentiate by and whatever else is needed to put it together again; params
    /// and the rest by default.
    /// </param>
    /// <param name="merge">
    /// Puts the two together. By default the first one's tensors take their places in the model, and the rest is not looked at.
    /// </param>
    /// <returns>
    /// A function of the model that gives the whole result and the gradients, in a tree like the first one that
    /// <paramref name="split"/> gives.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The result has no such item.</exception>
    /// <exception cref="ArgumentException">The result is neither a tensor nor a tuple.</exception>
    public static Func<StructureTree, (TResult Value, StructureTree Grads)> TreeValueAndGrad<TResult>(
        Func<StructureTree, TResult> function,
        int outputNum = 0,
        Split? split = null,
        Merge? merge = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var gradient = new TreeGradient<TResult>([0], [typeof(StructureTree)], outputNum, split, merge);
        return model => First(gradient.Run([model], x => function((StructureTree)x[0]!)));
    }

    private static (TResult Value, StructureTree Grads) First<TResult>((TResult Value, StructureTree[] Grads) result) =>
        (result.Value, result.Grads[0]);

    /// <summary>Differentiates a function of several arguments by those of them that are trees.</summary>
    private sealed class TreeGradient<TResult>
    {
        private readonly int[] _argnums;
        private readonly Func<TResult, Tensor> _loss;
        private readonly Split? _split;
        private readonly Merge? _merge;
        private readonly TreeHandler<TResult> _handler = TreeHandler.For<TResult>();
        private readonly TreeHandler<StructureTree[]> _trees = TreeHandler.Array(TreeHandler.StructureTree);

        public TreeGradient(int[] argnums, Type[] types, int outputNum, Split? split, Merge? merge)
        {
            ArgumentNullException.ThrowIfNull(argnums);
            _ = Chosen(argnums, types.Length);
            foreach (var number in argnums)
            {
                if (types[number] != typeof(StructureTree))
                {
                    throw new ArgumentException(
                        $"Argument {number} of the function is {Article.With(types[number])}, not a StructureTree; for gradients by other "
                        + "values there is Grad.ValueAndGrad.", nameof(argnums));
                }
            }

            (_argnums, _split, _merge, _loss) = ([.. argnums], split, merge, Item<TResult>(outputNum, 1, nameof(outputNum)));
        }

        public (TResult Value, StructureTree[] Grads) Run(object?[] arguments, Func<object?[], TResult> function)
        {
            var parts = Array.ConvertAll(_argnums, number => Divide(
                (StructureTree?)arguments[number]
                ?? throw new DifferentiationException($"Argument {number}, the tree to differentiate by, is null.")));
            return Evaluate(
                Array.ConvertAll(parts, part => part.Differentiated),
                _trees,
                tracked =>
                {
                    var all = arguments.ToArray();
                    for (var i = 0; i < parts.Length; i++)
                    {
                        all[_argnums[i]] = parts[i].Join(tracked[i]);
                    }

                    return function(all);
                },
                _handler,
                _loss);
        }

        /// <summary>What to differentiate by, and how it becomes the whole tree again.</summary>
        private (StructureTree Differentiated, Func<StructureTree, StructureTree> Join) Divide(StructureTree tree)
        {
            if (_split is null && _merge is null)
            {
                return (tree.GetParams(), tree.WithParams);
            }

            var (differentiated, others) = _split?.Invoke(tree) ?? tree.Split(TreeParts.Params, TreeParts.Buffers | TreeParts.Static);
            if (differentiated is null || others is null)
            {
                throw new DifferentiationException(
                    "The function that splits the tree gives null for a part; give a new StructureTree() for an empty one.");
            }

            return (differentiated, tracked => _merge is null
                ? Replaced(tree, differentiated, tracked)
                : _merge(tracked, others)
                    ?? throw new DifferentiationException("The function that merges the parts of the tree gives null."));
        }

        /// <summary>
        /// The tree with tracked tensors at their paths, and wherever else in the tree the tensors stand that they are for.
        /// </summary>
        private static StructureTree Replaced(StructureTree tree, StructureTree differentiated, StructureTree tracked)
        {
            var byPath = TreePath.ByPath(tracked);
            var byOriginal = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
            foreach (var (path, original) in differentiated.Tensors())
            {
                byOriginal[original] = byPath[path];
            }

            var places = TreePath.ByPath(tree);
            foreach (var (path, tensor) in byPath)
            {
                if (!places.TryGetValue(path, out var own))
                {
                    throw new DifferentiationException($"The function that splits the tree gives a tensor at '{path}', where the tree has "
                        + "none; give a function that merges the parts.");
                }

                if (!own.Type.Equals(tensor.Type))
                {
                    throw new DifferentiationException(
                        $"The function that splits the tree gives {tensor.Type} at '{path}', where the tree has {own.Type}; give a "
                        + "function that merges the parts.");
                }
            }

            return tree.MapValues(
                "", (path, tensor) => TreeValue.InScope(byPath.GetValueOrDefault(path) ?? byOriginal.GetValueOrDefault(tensor, tensor)));
        }
    }
}
