using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Brachy;

// Maps over the tensors of several trees, place by place.
public sealed partial class StructureTree
{
    /// <summary>
    /// The first tree with every tensor of params and buffers replaced by what a function makes of it and the second tree's tensor at
    /// the same path. Places that have the same tensors in each tree are one weight: the function is called for the first of them, and
    /// its result stands at all.
    /// </summary>
    /// <param name="function">From path and tensors to the new tensor; null leaves nothing there.</param>
    /// <param name="first">The tree whose nodes, aux values and functions the result has.</param>
    /// <param name="second">A tree with tensors at the same paths, in any order.</param>
    /// <exception cref="ArgumentException">
    /// The trees do not have tensors at the same paths; the message names the first that differs.
    /// </exception>
    /// <example>
    /// <code>var average = StructureTree.MapParamsBuffers((path, a, b) => a.dtype.IsFloatingPoint() ? (a + b) / 2 : a, one, other);</code>
    /// </example>
    public static StructureTree MapParamsBuffers(Func<string, Tensor, Tensor, Tensor?> function, StructureTree first, StructureTree second)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapRows((path, row) => function(path, row[0], row[1]), Both(first, second));
    }

    /// <summary>The first of three trees with every tensor replaced by what a function makes of the three at the same path.</summary>
    /// <inheritdoc cref="MapParamsBuffers(Func{string, Tensor, Tensor, Tensor}, StructureTree, StructureTree)"/>
    /// <param name="function">From path and tensors to the new tensor; null leaves nothing there.</param>
    /// <param name="first">The tree whose nodes, aux values and functions the result has.</param>
    /// <param name="second">A tree with tensors at the same paths, in any order.</param>
    /// <param name="third">Another.</param>
    public static StructureTree MapParamsBuffers(
        Func<string, Tensor, Tensor, Tensor, Tensor?> function, StructureTree first, StructureTree second, StructureTree third)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapRows((path, row) => function(path, row[0], row[1], row[2]), All(first, second, third));
    }

    /// <summary>The first of any number of trees with every tensor replaced by what a function makes of all at the same path.</summary>
    /// <param name="function">From path and tensors, in the order of the trees, to the new tensor; null leaves nothing there.</param>
    /// <param name="trees">
    /// The trees, at least one, with tensors at the same paths, in any order. The result has the nodes, aux values
    /// and functions of the first.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The trees do not have tensors at the same paths; the message names the first that differs.
    /// </exception>
    public static StructureTree MapParamsBuffers(Func<string, Tensor[], Tensor?> function, StructureTree[] trees)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapRows((path, row) => function(path, row), Trees(trees));
    }

    /// <summary>The general case.</summary>
    /// <param name="function">From path and tensors to the new value.</param>
    /// <param name="trees">The trees; the result has the structure of the first.</param>
    /// <param name="advice">What to do when the paths differ.</param>
    internal static StructureTree MapRows(
        Func<string, Tensor[], TreeValue> function, StructureTree[] trees,
        string advice = "Split or filter the trees so that they have the same, or give what is missing.")
    {
        var own = trees[0].Tensors().ToArray();
        var columns = Array.ConvertAll(trees[1..], tree => Aligned(own, [.. tree.Tensors()], advice));
        var mapped = new Dictionary<Tensor[], TreeValue>(new SameTensors());
        var place = 0;
        return trees[0].MapValues("", (path, tensor) =>
        {
            Tensor[] row = [tensor, .. columns.Select(column => column[place])];
            place++;
            if (!mapped.TryGetValue(row, out var value))
            {
                value = function(path, row);
                mapped.Add(row, value);
            }

            return value;
        });
    }

    /// <summary>The tensors of a tree in the order of another's paths.</summary>
    private static Tensor[] Aligned((string Path, Tensor Tensor)[] first, (string Path, Tensor Tensor)[] other, string advice)
    {
        if (first.Select(t => t.Path).SequenceEqual(other.Select(t => t.Path)))
        {
            return Array.ConvertAll(other, t => t.Tensor);
        }

        var byPath = new Dictionary<string, Tensor>();
        foreach (var (path, tensor) in other)
        {
            byPath.TryAdd(path, tensor);
        }

        var ownPaths = first.Select(t => t.Path).ToHashSet();
        var (differing, has) = Array.Find(first, t => !byPath.ContainsKey(t.Path)) is (not null and var missing, _) ? (missing, "first")
            : Array.Find(other, t => !ownPaths.Contains(t.Path)) is (not null and var extra, _) ? (extra, "other") : default;
        return differing is null
            ? Array.ConvertAll(first, t => byPath[t.Path])
            : throw new ArgumentException(
                $"Trees that must have the same tensors differ at '{differing}', where only the {has} one has a tensor. {advice}", "trees");
    }

    /// <summary>Compares rows by the identity of their tensors.</summary>
    private sealed class SameTensors : IEqualityComparer<Tensor[]>
    {
        public bool Equals(Tensor[]? x, Tensor[]? y) =>
            Enumerable.SequenceEqual(x ?? [], y ?? [], ReferenceEqualityComparer.Instance);

        public int GetHashCode([DisallowNull] Tensor[] row) =>
            row.Aggregate(0, (hash, tensor) => HashCode.Combine(hash, RuntimeHelpers.GetHashCode(tensor)));
    }
}
