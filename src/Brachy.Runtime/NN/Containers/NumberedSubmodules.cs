using System.Globalization;
using Brachy.Trees;

namespace Brachy.NN;

/// <summary>Nodes whose submodules are named "0", "1", … in their order.</summary>
internal static class NumberedSubmodules
{
    public static string Name(int index) => index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name for a submodule more, at the end. A node from which some were taken out is renumbered first.</summary>
    public static string Next(StructureTree tree)
    {
        if (tree.Submodules.Keys.Where((key, i) => key != Name(i)).Any())
        {
            Renumber(tree, [.. tree.Submodules.Values]);
        }

        return Name(tree.Submodules.Count);
    }

    /// <summary>The key of the submodule at a position, whatever its name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such submodule.</exception>
    public static string Key(StructureTree tree, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, tree.Submodules.Count);
        return tree.Submodules.KeySet[index];
    }

    /// <summary>Makes room for a submodule: those from its position on move up by one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative, or beyond the end.</exception>
    public static void Insert(StructureTree tree, int index, StructureTree node)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, tree.Submodules.Count);
        var nodes = tree.Submodules.Values.ToList();
        nodes.Insert(index, node);
        Renumber(tree, nodes);
    }

    /// <summary>Takes a submodule out: those after it move down by one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such submodule.</exception>
    public static void RemoveAt(StructureTree tree, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, tree.Submodules.Count);
        var nodes = tree.Submodules.Values.ToList();
        nodes.RemoveAt(index);
        Renumber(tree, nodes);
    }

    private static void Renumber(StructureTree tree, List<StructureTree> nodes) =>
        tree.Submodules = new TreeDictionary<StructureTree>(nodes.Select((node, i) => KeyValuePair.Create(Name(i), node)));
}
