using Brachy.Trees;

namespace Brachy;

// Places by their path, as in PyTorch's state_dict: keys of submodules, params, buffers, dictionaries and lists, joined by dots.
public sealed partial class StructureTree
{
    /// <summary>
    /// What stands at a path, such as <c>"layer1.0.conv1.weight"</c>: a submodule, param or buffer, or what a list, dictionary or tree
    /// held by one has there. It converts to the tensor or tree. Setting changes this tree; see <see cref="At(PathFilter)"/> for copies.
    /// </summary>
    /// <remarks>
    /// A new last key of a node becomes a submodule when a tree is assigned, and a param otherwise; set a new buffer through
    /// <see cref="Buffers"/>. Items of a list can be replaced, not added. Setting one place of a shared weight changes that place only.
    /// A dictionary's key may hold dots: the longest that leads to something is taken. A node that this tree has elsewhere is copied: the
    /// copy has the same weights, and buffers of its own.
    /// </remarks>
    /// <param name="path">The path; empty for this tree itself, which can be read but not set.</param>
    /// <exception cref="KeyNotFoundException">There is nothing at the path, or, when setting, nothing that could hold it.</exception>
    /// <exception cref="ArgumentException">
    /// Something else than a tree is assigned to a submodule, the path is empty, or that of a static value.
    /// </exception>
    public TreeValue this[string path]
    {
        get => TryGet(path, out var value) ? value : throw TreePath.Missing(this, path);
        set => SetPlace(path, value, asBuffer: false);
    }

    /// <summary>Looks up what stands at a path; see <see cref="this[string]"/>.</summary>
    /// <param name="path">The path; empty for this tree itself.</param>
    /// <param name="value">What stands there, or nothing.</param>
    /// <returns>Whether there is such a place. It may hold <see cref="TreeValue.None"/>.</returns>
    public bool TryGet(string path, out TreeValue value)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
        {
            value = this;
            return true;
        }

        var found = TreePath.TryFind(this, path, out var place);
        value = place.Value;
        return found;
    }

    /// <summary>This node, with the path "", and all below, each before those below it, with their paths.</summary>
    /// <param name="inValues">
    /// Whether to include trees that params and buffers hold, such as an optimizer's momentum; those of a node come before its submodules.
    /// </param>
    public IReadOnlyList<(string Path, StructureTree Node)> Nodes(bool inValues = false)
    {
        var nodes = new List<(string, StructureTree)>();
        AddNodes(nodes, "", inValues);
        return nodes;
    }

    /// <summary>
    /// The tensors that a filter picks, with their paths, in the order of <see cref="Tensors"/>; <c>tree.Select("**.bias")</c>.
    /// </summary>
    /// <param name="filter">A pattern, such as <c>"encoder.**"</c>, or a predicate.</param>
    public IReadOnlyList<(string Path, Tensor Tensor)> Select(PathFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return [.. Tensors().Where(t => filter.Matches(t.Path, t.Tensor))];
    }

    /// <summary>
    /// The nodes whose paths a pattern picks, in the order of <see cref="Nodes"/>. The path of the root is empty: <c>"**"</c> picks
    /// it, <c>"*"</c> does not.
    /// </summary>
    /// <param name="filter">A pattern, such as <c>"encoder.*"</c>, or several combined.</param>
    /// <exception cref="ArgumentException">The filter looks at tensors.</exception>
    public IReadOnlyList<(string Path, StructureTree Node)> SelectNodes(PathFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return SelectNodes((path, _) => filter.MatchesPath(path));
    }

    /// <summary>The nodes that a predicate picks, in the order of <see cref="Nodes"/>.</summary>
    /// <param name="predicate">From path and node to whether it is picked.</param>
    public IReadOnlyList<(string Path, StructureTree Node)> SelectNodes(Func<string, StructureTree, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return [.. Nodes().Where(n => predicate(n.Path, n.Node))];
    }

    /// <summary>The nodes that compute a function, also under wrappers: <c>tree.SelectNodes(Linear.ApplyFunction)</c>.</summary>
    /// <param name="function">The function; that of a module class is its <c>ApplyFunction</c>.</param>
    public IReadOnlyList<(string Path, StructureTree Node)> SelectNodes(ApplyFn function) =>
        SelectNodes((_, node) => node.Computes(function));

    /// <summary>Whether this node computes a function, by itself or under wrappers.</summary>
    /// <param name="function">The function, such as <c>Linear.ApplyFunction</c>, or one wrapper around it.</param>
    public bool Computes(ApplyFn function)
    {
        ArgumentNullException.ThrowIfNull(function);
        for (var own = ApplyFn; own is not null; own = own.Wrapped)
        {
            if (own.Equals(function))
            {
                return true;
            }
        }

        return false;
    }

    internal void SetPlace(string path, TreeValue value, bool asBuffer)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
        {
            throw new ArgumentException(
                "The empty path is the tree itself, which cannot be set; assign to the variable that holds it.", nameof(path));
        }

        var split = TreePath.Split(path);
        var (holder, key) = TreePath.TryFind(this, path, out var place) ? (place.Holder, place.Key) : (this[split.Holder], split.Key);
        var becomesSubmodule = holder.Value is StructureTree node && !asBuffer && !node.Params.ContainsKey(key)
            && !node.Buffers.ContainsKey(key);
        TreePath.Assign(holder, key, becomesSubmodule && value.Value is StructureTree tree ? Separated(tree, path) : value, path, asBuffer);
    }

    /// <summary>Walks a value to its end.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    internal static void RequireEnd(TreeValue value) => AddNodes([], value.Value is StructureTree ? "" : "value", value);

    private void AddNodes(List<(string Path, StructureTree Node)> nodes, string path, bool inValues)
    {
        nodes.Add((path, this));
        if (inValues)
        {
            foreach (var (key, value) in Params.Concat(Buffers))
            {
                AddNodes(nodes, Join(path, key), value);
            }
        }

        for (var i = 0; i < Submodules.Count; i++)
        {
            Below(Submodules, i).AddNodes(nodes, Join(path, Submodules.KeySet[i]), inValues);
        }
    }

    private static void AddNodes(List<(string Path, StructureTree Node)> nodes, string path, TreeValue value)
    {
        if (value.Value is StructureTree tree)
        {
            tree.AddNodes(nodes, path, inValues: true);
            return;
        }

        foreach (var key in TreePath.Keys(value))
        {
            _ = TreePath.TryStep(value, key, out var item);
            AddNodes(nodes, TreePath.Join(path, key), item);
        }
    }
}
