namespace Brachy.Trees;

/// <summary>
/// Chosen places of a tree; made by <see cref="StructureTree.At(PathFilter)"/>. Each verb gives a new tree, a structural copy with the
/// change; the tree given is left as it is.
/// </summary>
/// <remarks>
/// A path without wildcards is one place, of any kind: a node, param or buffer, or a place in a list, dictionary or tree that
/// one holds. Any other filter picks tensors, nodes for the verbs that say so, and both for <see cref="Remove"/>.
/// </remarks>
public sealed class TreeAt
{
    private readonly StructureTree _tree;
    private readonly PathFilter _filter;

    internal TreeAt(StructureTree tree, PathFilter filter) => (_tree, _filter) = (tree, filter);

    /// <summary>
    /// Puts a value there. At a path without wildcards the last key may be new: a tree becomes a submodule, anything else a param.
    /// Setting one place of a shared weight changes that place only; a tensor set at several places is one weight.
    /// </summary>
    /// <param name="value">A tensor, tree, list, dictionary or nothing.</param>
    /// <param name="asBuffer">Whether a new key becomes a buffer.</param>
    /// <exception cref="KeyNotFoundException">The filter picks nothing.</exception>
    /// <exception cref="ArgumentException">Something else than a tree is put in the place of a submodule.</exception>
    public StructureTree Set(TreeValue value, bool asBuffer = false)
    {
        if (_filter.LiteralPath is { } path)
        {
            var copy = _tree.Copy();
            copy.SetPlace(path, StructureTree.CopyValue(value), asBuffer);
            return copy;
        }

        RequireTensors();
        return _tree.MapValues(
            "", (place, tensor) => _filter.Matches(place, tensor) ? StructureTree.CopyValue(value) : TreeValue.InScope(tensor));
    }

    /// <summary>Replaces the tensors there by a function of them.</summary>
    /// <inheritdoc cref="Update(Func{string, Tensor, Tensor})"/>
    public StructureTree Update(Func<Tensor, Tensor?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Update((_, tensor) => function(tensor));
    }

    /// <summary>
    /// Replaces the tensors there by a function of path and tensor. A shared weight is updated once, for the first of its picked paths, and
    /// stays shared among the places picked; its other places keep the old one.
    /// </summary>
    /// <param name="function">Gives the new tensor; null leaves nothing there.</param>
    /// <exception cref="KeyNotFoundException">The filter picks no tensor.</exception>
    public StructureTree Update(Func<string, Tensor, Tensor?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        RequireTensors();
        var updated = new Dictionary<Tensor, TreeValue>(ReferenceEqualityComparer.Instance);
        return _tree.MapValues("", (path, tensor) =>
        {
            if (!_filter.Matches(path, tensor))
            {
                return TreeValue.InScope(tensor);
            }

            if (!updated.TryGetValue(tensor, out var value))
            {
                value = function(path, tensor);
                updated.Add(tensor, value);
            }

            return value;
        });
    }

    /// <summary>Puts a node there. At a path without wildcards the last key may be new.</summary>
    /// <param name="node">The node. Each place gets a structural copy; the tensors are shared.</param>
    /// <exception cref="KeyNotFoundException">The filter picks no node.</exception>
    /// <exception cref="ArgumentException">There is a tensor or list at the path; or the filter looks at tensors.</exception>
    public StructureTree SetNode(StructureTree node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _filter.LiteralPath is { } path && !_tree.TryGet(path, out _) ? Set(node) : UpdateNode(_ => node.Copy());
    }

    /// <summary>Replaces the nodes there by a function of them.</summary>
    /// <inheritdoc cref="UpdateNode(Func{string, StructureTree, StructureTree})"/>
    public StructureTree UpdateNode(Func<StructureTree, StructureTree> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return UpdateNode((_, node) => function(node));
    }

    /// <summary>Replaces the nodes there by a function of path and node. Nodes below others come first.</summary>
    /// <param name="function">Gives the new node; it may also change and return the one it is given, which is a copy.</param>
    /// <exception cref="KeyNotFoundException">The filter picks no node.</exception>
    /// <exception cref="ArgumentException">There is a tensor or list at the path; or the filter looks at tensors.</exception>
    public StructureTree UpdateNode(Func<string, StructureTree, StructureTree> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (_filter.LiteralPath is not { } path)
        {
            return new TreeNodesAt(_tree, (place, _) => _filter.MatchesPath(place), _filter).Update(function);
        }

        var copy = _tree.Copy();
        var value = copy[path];
        var node = value.Value as StructureTree ?? throw new ArgumentException($"'{path}' is {TreePath.Describe(value)}, not a node.");
        copy.SetPlace(path, TreeNodesAt.Required(function(path, node), path), asBuffer: false);
        return copy;
    }

    /// <summary>
    /// Removes what is there: tensors, lists, dictionaries, nodes. Later items of a list move up. A filter that is not made of patterns and
    /// <c>|</c> alone picks tensors only.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The filter picks nothing.</exception>
    /// <exception cref="InvalidOperationException">The filter picks the root, as <c>"**"</c> does.</exception>
    public StructureTree Remove()
    {
        if (_filter.PicksPlaces && _filter.MatchesPath(""))
        {
            throw new InvalidOperationException(
                $"{_filter} picks the root of the tree, too, which cannot be removed. \"*\" picks all that is in it.");
        }

        var count = 0;
        var result = Without(_tree.Copy(), "");
        return count > 0
            ? result.Tree
            : throw NothingPicked("place", _tree.Tensors().Select(t => t.Path).Concat(_tree.Nodes().Skip(1).Select(n => n.Path)));

        TreeValue Without(TreeValue value, string path)
        {
            switch (value.Value)
            {
                case StructureTree node:
                    RemoveFrom(node.Params, path, v => v, Without);
                    RemoveFrom(node.Buffers, path, v => v, Without);
                    RemoveFrom(node.Submodules, path, below => below, (below, place) => Without(below, place).Tree);
                    return node;
                case TreeDictionary<TreeValue> dictionary:
                    RemoveFrom(dictionary, path, v => v, Without);
                    return dictionary;
                case TreeValue[] list:
                    var items = list.Select((item, i) => (Item: item, Path: TreePath.Join(path, $"{i}"))).ToArray();
                    return items.Where(e => !Picks(e.Item, e.Path)).Select(e => Without(e.Item, e.Path)).ToArray();
                default:
                    return value;
            }
        }

        void RemoveFrom<T>(TreeDictionary<T> values, string path, Func<T, TreeValue> asValue, Func<T, string, T> without)
        {
            foreach (var (key, value) in values)
            {
                var place = TreePath.Join(path, key);
                if (Picks(asValue(value), place))
                {
                    values.Remove(key);
                }
                else
                {
                    values[key] = without(value, place);
                }
            }
        }

        bool Picks(TreeValue value, string path)
        {
            var picks = value.Value is Tensor tensor ? _filter.Matches(path, tensor) : _filter.PicksPlaces && _filter.MatchesPath(path);
            count += picks ? 1 : 0;
            return picks;
        }
    }

    private void RequireTensors()
    {
        if (_filter.LiteralPath is { } path && _tree[path] is { IsTensor: false } value)
        {
            throw new KeyNotFoundException(
                $"'{path}' is {TreePath.Describe(value)}, not a tensor; \"{path}.**\" picks all tensors below it.");
        }

        if (_tree.Select(_filter).Count == 0)
        {
            throw NothingPicked("tensor", _tree.Tensors().Select(t => t.Path));
        }
    }

    private KeyNotFoundException NothingPicked(string kind, IEnumerable<string> candidates) =>
        TreeNodesAt.NothingPicked(_tree, _filter, kind, candidates);
}
