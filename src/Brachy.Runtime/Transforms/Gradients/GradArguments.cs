using System.Runtime.CompilerServices;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Gradients by some of several arguments, and of one of several results.</summary>
public static partial class Grad
{
    /// <summary>A function with several results, together with the derivative of one of them.</summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">A tuple that holds tensors.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="outnum">Which item of the result to differentiate, from 0: one element of a floating-point type.</param>
    /// <returns>A function with the same argument that gives the whole result and the gradient.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The result has no such item.</exception>
    /// <exception cref="ArgumentException">The result is not a tuple.</exception>
    public static Func<T, (TResult Value, T Grad)> ValueAndGrad<T, TResult>(Func<T, TResult> function, int outnum) =>
        ValueAndGrad(function, Item<TResult>(outnum, 0, nameof(outnum)));

    /// <summary>Picks an item of a result by its number.</summary>
    /// <param name="number">The number, from 0.</param>
    /// <param name="skipped">How many items come before those that are counted; one of them is the model's tree.</param>
    /// <param name="name">The parameter that gives the number, for messages.</param>
    private static Func<TResult, Tensor> Item<TResult>(int number, int skipped, string name)
    {
        if (typeof(TResult) == typeof(Tensor) && number == 0)
        {
            return static value => (Tensor)(object)value!;
        }

        var count = default(TResult) is ITuple shape ? Math.Max(0, shape.Length - skipped)
            : typeof(TResult) == typeof(Tensor) ? 1
            : throw new ArgumentException(
                $"The function gives {Article.With(TypeText.Of(typeof(TResult)))}, whose items have no numbers; give a function that picks "
                + "the loss, such as r => r.Loss, or let it give a tuple.", name);
        if (number < 0 || number >= count)
        {
            throw new ArgumentOutOfRangeException(name, number, $"The function gives {count} "
                + $"result{(count == 1 ? "" : "s")}{(skipped > 0 ? " besides the tree" : "")}; they count from 0.");
        }

        return value =>
        {
            var items = (ITuple)value!;
            if (skipped > 0 && items[0] is not StructureTree)
            {
                throw new DifferentiationException(
                    "A function of a tree gives (tree, loss, ...), but the first item of the result is a "
                    + $"{TypeText.OfValue(items[0])}. Put the tree after the run first, or give a function that picks the loss.");
            }

            return items[number + skipped] as Tensor ?? throw new DifferentiationException(
                $"Item {number + skipped} of the result is {Article.With(TypeText.OfValue(items[number + skipped]))}, but a loss is a "
                + $"Tensor; set {name}.");
        };
    }

    /// <summary>For each argument whether it is differentiated.</summary>
    private static bool[] Chosen(int[]? argnums, int count)
    {
        var chosen = new bool[count];
        foreach (var number in argnums ?? [0])
        {
            if (number < 0 || number >= count)
            {
                throw new ArgumentOutOfRangeException(nameof(argnums), number, $"The function has {count} arguments; they count from 0.");
            }

            if (chosen[number])
            {
                throw new ArgumentException($"Argument {number} is chosen twice.", nameof(argnums));
            }

            chosen[number] = true;
        }

        return argnums is { Length: 0 }
            ? throw new ArgumentException("No argument is chosen to differentiate by.", nameof(argnums))
            : chosen;
    }

    private static TreeHandler<T> HandlerOf<T>(bool isChosen, string name) =>
        isChosen ? new ChosenHandler<T>(TreeHandler.For<T>(), name) : new NothingHandler<T>();

    /// <summary>An argument to differentiate by: not all of its tensors are integers.</summary>
    private sealed class ChosenHandler<T>(TreeHandler<T> inner, string name) : TreeHandler<T>
    {
        public override void Flatten(T value, TreeFlattener flattener)
        {
            var before = flattener.Leaves.Length;
            inner.Flatten(value, flattener);
            var leaves = flattener.Leaves[before..];
            foreach (var leaf in leaves)
            {
                if (leaf.dtype.IsFloatingPoint())
                {
                    return;
                }
            }

            if (leaves.Length > 0 || inner is StaticHandler<T>)
            {
                throw new DifferentiationException(
                    $"{name} holds no floating-point tensor to differentiate by, only "
                    + $"{(leaves.Length > 0 ? $"{leaves[0].Type}" : Article.With(TypeText.Of(typeof(T))))}. Convert it with "
                    + "to(DType.Float32), or differentiate by another argument.");
            }
        }

        public override T Unflatten(TreeUnflattener unflattener) => inner.Unflatten(unflattener);
    }

    /// <summary>Handles an argument that is passed by.</summary>
    private sealed class NothingHandler<T> : TreeHandler<T>
    {
        public override void Flatten(T value, TreeFlattener flattener)
        {
        }

        public override T Unflatten(TreeUnflattener unflattener) => default!;
    }
}
