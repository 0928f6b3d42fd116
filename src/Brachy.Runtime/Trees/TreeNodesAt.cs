namespace Brachy.Trees;

/// <summary>
/// Chosen nodes of a tree; made by <see cref="StructureTree.AtNodes(Func{string, StructureTree, bool})"/>. Each verb gives a new tree, a
/// structural copy with the change; the tree given is left as it is.
/// </summary>
public sealed class TreeNodesAt
{
    private readonly StructureTree _tree;
    private readonly Func<string, StructureTree, bool> _predicate;
    private readonly PathFilter? _filter;

    internal TreeNodesAt(StructureTree tree, Func<string, StructureTree, bool> predicate, PathFilter? filter = null) =>
        (_tree, _predicate, _filter) = (tree, predicate, filter);

    /// <summary>Puts a node there.</summary>
    /// <param name="node">The node. Each place gets a structural copy; the tensors are shared.</param>
    /// <exception cref="KeyNotFoundException">No node is picked.</exception>
    public StructureTree Set(StructureTree node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Update((_, _) => node.Copy());
    }

    /// <summary>Replaces the nodes by a function of them.</summary>
    /// <inheritdoc cref="Update(Func{string, StructureTree, StructureTree})"/>
    public StructureTree Update(Func<StructureTree, StructureTree> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Update((_, node) => function(node));
    }

    /// <summary>Replaces the nodes by a function of path and node. Nodes below others come first.</summary>
    /// <param name="function">Gives the new node; it may also change and return the one it is given, which is a copy.</param>
    /// <exception cref="KeyNotFoundException">No node is picked.</exception>
    public StructureTree Update(Func<string, StructureTree, StructureTree> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var picked = Picked();
        return Updated(_tree.Copy(), "");

        StructureTree Updated(StructureTree node, string path)
        {
            foreach (var (key, below) in node.Submodules)
            {
                node.Submodules[key] = Updated(below, TreePath.Join(path, key));
            }

            return picked.Contains(path) ? Required(function(path, node), path) : node;
        }
    }

    /// <summary>Removes the nodes, with all below them.</summary>
    /// <exception cref="KeyNotFoundException">No node is picked.</exception>
    /// <exception cref="InvalidOperationException">The root is picked.</exception>
    public StructureTree Remove()
    {
        var picked = Picked();
        return picked.Contains("")
            ? throw new InvalidOperationException("The root of the tree is picked, which cannot be removed.")
            : Without(_tree.Copy(), "");

        StructureTree Without(StructureTree node, string path)
        {
            foreach (var (key, below) in node.Submodules)
            {
                var place = TreePath.Join(path, key);
                if (picked.Contains(place))
                {
                    node.Submodules.Remove(key);
                }
                else
                {
                    Without(below, place);
                }
            }

            return node;
        }
    }

    internal static StructureTree Required(StructureTree? node, string path) =>
        node ?? throw new InvalidOperationException($"The function gave null for the node '{path}'; use Remove to take nodes out.");

    /// <summary>What to say of a filter that picks nothing.</summary>
    internal static KeyNotFoundException NothingPicked(StructureTree tree, PathFilter filter, string kind, IEnumerable<string> candidates)
    {
        if (filter.LiteralPath is { } path)
        {
            return TreePath.Missing(tree, path);
        }

        string[] nearest = [.. NearMiss.Sort(filter.ToString(), candidates).Take(4)];
        return new KeyNotFoundException(nearest.Length == 0
            ? $"{filter} picks no {kind}; the tree has none."
            : $"{filter} picks no {kind} of the tree; the nearest are {string.Join(", ", nearest.Select(n => $"'{n}'"))}.");
    }

    /// <summary>The paths of the nodes, found in the tree as it was given.</summary>
    private HashSet<string> Picked()
    {
        var picked = _tree.SelectNodes(_predicate).Select(n => n.Path).ToHashSet();
        if (picked.Count > 0)
        {
            return picked;
        }

        var nodes = _tree.Nodes();
        throw _filter is not null
            ? NothingPicked(_tree, _filter, "node", nodes.Skip(1).Select(n => n.Path))
            : new KeyNotFoundException("The predicate picks no node of the tree; its nodes are "
                + $"{string.Join(", ", nodes.Take(8).Select(n => $"'{n.Path}' ({n.Node.ApplyFn?.Name ?? "no apply"})"))}"
                + $"{(nodes.Count > 8 ? ", …" : "")}.");
    }
}
