using Brachy.Trees;

namespace Brachy.Optim;

public static partial class Optimizer
{
    /// <summary>
    /// The nodes of a tree of nested optimizers that compute a given function, hooked or not: the outermost ones. There are several when
    /// parts of a model have optimizers of their own.
    /// </summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static StructureTree[] FindNodes(StructureTree optimizer, ApplyFn function)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        StructureTree[] found = [.. Find("", optimizer)];
        return found.Length > 0 ? found : throw new ArgumentException(
            $"There is no {function.Name} in the tree of {optimizer.ApplyFn?.Name ?? "nothing"}; pass the optimizer's tree.",
            nameof(optimizer));

        IEnumerable<StructureTree> Find(string path, StructureTree node) =>
            node.Computes(function) ? [node] : node.Submodules.SelectMany(below => Find(TreePath.Join(path, below.Key), below.Value));
    }
}
