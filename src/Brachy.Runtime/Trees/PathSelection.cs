using System.Globalization;

namespace Brachy.Trees;

/// <summary>Cuts a tree of values down to some of its tensors.</summary>
internal static class PathSelection
{
    /// <summary>
    /// The same nodes with only the tensors whose paths are kept; what is left empty is left out. Lists keep their positions.
    /// </summary>
    public static StructureTree Only(StructureTree tree, Func<string, bool> keep) => Only(tree, "", keep);

    private static StructureTree Only(StructureTree tree, string path, Func<string, bool> keep)
    {
        var result = new StructureTree
        {
            Params = Only(tree.Params, path, keep),
            Buffers = Only(tree.Buffers, path, keep),
            Aux = tree.Aux.Copy(),
            ApplyFn = tree.ApplyFn,
        };
        foreach (var (key, child) in tree.Submodules)
        {
            var kept = Only(child, Join(path, key), keep);
            if (!IsEmpty(kept))
            {
                result.Submodules.Add(key, kept);
            }
        }

        return result;
    }

    private static TreeDictionary<TreeValue> Only(TreeDictionary<TreeValue> values, string path, Func<string, bool> keep)
    {
        var result = new TreeDictionary<TreeValue>();
        foreach (var (key, value) in values)
        {
            var kept = Only(value, Join(path, key), keep);
            if (!kept.IsNone)
            {
                result.Add(key, kept);
            }
        }

        return result;
    }

    private static TreeValue Only(TreeValue value, string path, Func<string, bool> keep)
    {
        switch (value.Value)
        {
            case Tensor:
                return keep(path) ? value : TreeValue.None;
            case StructureTree tree:
                var kept = Only(tree, path, keep);
                return IsEmpty(kept) ? TreeValue.None : kept;
            case TreeValue[] list:
                var items = list.Select((item, i) => Only(item, Join(path, i.ToString(CultureInfo.InvariantCulture)), keep)).ToArray();
                return Array.TrueForAll(items, item => item.IsNone) ? TreeValue.None : items;
            case TreeDictionary<TreeValue> dictionary:
                var entries = Only(dictionary, path, keep);
                return entries.Count == 0 ? TreeValue.None : entries;
            default:
                return TreeValue.None;
        }
    }

    private static bool IsEmpty(StructureTree tree) => tree.Params.Count == 0 && tree.Buffers.Count == 0 && tree.Submodules.Count == 0;

    private static string Join(string path, string key) => TreePath.Join(path, key);
}
