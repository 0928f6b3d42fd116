using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Brachy.Optim;

/// <summary>Trees of the same tensors, such as a model before and after a step, taken tensor by tensor.</summary>
internal static class TreePairing
{
    /// <summary>
    /// A tree or another, by a truth value that may be traced: how a step is skipped in compiled code. Tensors that are the
    /// same in both are passed on; all that is not a tensor comes from the first.
    /// </summary>
    /// <param name="condition">One truth value.</param>
    /// <param name="whenTrue">The tree that is taken when it holds.</param>
    /// <param name="whenFalse">The tree that is taken otherwise; it must have the same tensors.</param>
    /// <exception cref="ArgumentException">The trees differ in their paths, or in the type of a tensor.</exception>
    public static StructureTree Select(Tensor condition, StructureTree whenTrue, StructureTree whenFalse)
    {
        return whenTrue.MapValues("", Combining(Choose, tensor => tensor, whenTrue, whenFalse));

        Tensor Choose(string path, Tensor[] row) =>
            ReferenceEquals(row[0], row[1]) ? row[0]
            : row[0].Type.Equals(row[1].Type) ? F.where(condition, row[0], row[1])
            : throw new ArgumentException($"A step that may be skipped must not change the types of tensors, but '{path}' was {row[1].Type} and became {row[0].Type}.");
    }

    /// <summary>Tensors combined across trees; those that are the same at several places of each tree are combined once.</summary>
    /// <param name="function">From the tensors at one place of the trees to the new tensor.</param>
    /// <param name="first">The tree whose structure the result has.</param>
    /// <param name="others">Trees of the same tensors.</param>
    /// <returns>A tree that outlives the current <see cref="TensorScope"/>.</returns>
    /// <exception cref="ArgumentException">The trees differ in their paths.</exception>
    public static StructureTree Combine(Func<Tensor, Tensor[], Tensor> function, StructureTree first, params ReadOnlySpan<StructureTree> others) =>
        first.MapValues("", Combining((_, row) => function(row[0], row[1..]), tensor => tensor, first, others));

    /// <inheritdoc cref="Combine"/>
    /// <returns>A tree that the current <see cref="TensorScope"/> frees.</returns>
    public static StructureTree CombineInScope(Func<Tensor, Tensor[], Tensor> function, StructureTree first, params ReadOnlySpan<StructureTree> others) =>
        first.MapValues("", Combining((_, row) => function(row[0], row[1..]), TreeValue.InScope, first, others));

    private static Func<string, Tensor, TreeValue> Combining(
        Func<string, Tensor[], Tensor> function, Func<Tensor, TreeValue> hold, StructureTree first, params ReadOnlySpan<StructureTree> others)
    {
        var columns = new Tensor[others.Length][];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Aligned(first, others[i]);
        }

        var combined = new Dictionary<Tensor[], TreeValue>(new SameTensors());
        var place = 0;
        return (path, tensor) =>
        {
            Tensor[] row = [tensor, .. columns.Select(column => column[place])];
            place++;
            if (!combined.TryGetValue(row, out var value))
            {
                value = hold(function(path, row));
                combined.Add(row, value);
            }

            return value;
        };
    }

    /// <summary>The tensors of a tree, place by place, which must have the paths of another.</summary>
    private static Tensor[] Aligned(StructureTree first, StructureTree second)
    {
        var paths = first.Tensors().Select(t => t.Path).ToArray();
        var tensors = second.Tensors().ToArray();
        if (!tensors.Select(t => t.Path).SequenceEqual(paths))
        {
            var differing = tensors.Select(t => t.Path).Except(paths).Concat(paths.Except(tensors.Select(t => t.Path))).FirstOrDefault() ?? "their order";
            throw new ArgumentException(
                $"Two trees that must have the same tensors differ at '{differing}'. " +
                "Make the optimizer anew after editing the model, and add no params or buffers during a step.");
        }

        return Array.ConvertAll(tensors, t => t.Tensor);
    }

    /// <summary>Compares rows by the identity of their tensors.</summary>
    private sealed class SameTensors : IEqualityComparer<Tensor[]>
    {
        public bool Equals(Tensor[]? x, Tensor[]? y) => x.AsSpan().SequenceEqual(y, ReferenceEqualityComparer.Instance);

        public int GetHashCode([DisallowNull] Tensor[] row) => row.Aggregate(0, (hash, tensor) => HashCode.Combine(hash, RuntimeHelpers.GetHashCode(tensor)));
    }
}
