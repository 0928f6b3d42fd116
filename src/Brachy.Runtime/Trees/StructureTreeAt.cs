using Brachy.Trees;

namespace Brachy;

// Changed copies of a tree.
public sealed partial class StructureTree
{
    /// <summary>
    /// Places to change in a copy: <c>tree.At("head.bias").Set(zeros)</c>, <c>tree.At("**.bias").Update(b => b * 2)</c>,
    /// <c>tree.At("layers.*").UpdateNode(node => …)</c>.
    /// </summary>
    /// <param name="filter">A path, a pattern, or a predicate that looks at tensors.</param>
    public TreeAt At(PathFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new TreeAt(this, filter);
    }

    /// <summary>Nodes to change in a copy, by path and content.</summary>
    /// <param name="predicate">From path and node to whether it is picked. It should change nothing.</param>
    public TreeNodesAt AtNodes(Func<string, StructureTree, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new TreeNodesAt(this, predicate);
    }

    /// <summary>
    /// Nodes to change in a copy: those that compute a function, also under wrappers; <c>tree.AtNodes(Linear.ApplyFunction)</c>.
    /// </summary>
    /// <param name="function">The function.</param>
    public TreeNodesAt AtNodes(ApplyFn function) => AtNodes((_, node) => node.Computes(function));
}
