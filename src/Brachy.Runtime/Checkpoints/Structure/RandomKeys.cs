using Brachy.Trees;

namespace Brachy.IO;

/// <summary>
/// The random keys of a tree, such as those of dropout. PyTorch's modules have none, so that exchange formats go without them.
/// </summary>
internal static class RandomKeys
{
    /// <summary>The paths of all that the functions of nodes say are keys.</summary>
    public static HashSet<string> Paths(StructureTree tree)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, node) in tree.Nodes())
        {
            paths.UnionWith((node.ApplyFn?.RandomKeys ?? []).Where(node.Buffers.ContainsKey).Select(key => TreePath.Join(path, key)));
        }

        return paths;
    }

    /// <summary>The params and buffers of a tree with their paths, without its keys.</summary>
    public static IEnumerable<(string Path, Tensor Tensor)> TensorsWithout(StructureTree tree)
    {
        var keys = Paths(tree);
        return tree.Tensors().Where(t => !keys.Contains(t.Path));
    }
}
