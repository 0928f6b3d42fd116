using Brachy.Trees;

namespace Brachy.CompilerServices;

/// <summary>
/// Puts values together from leaves and a static part, in the order in which <see cref="TreeFlattener"/> took them apart.
/// </summary>
public sealed class TreeUnflattener
{
    private readonly TreeDef _definition;
    private readonly Tensor[] _leaves;
    private readonly bool _forCaller;
    private readonly bool _packs;
    private readonly bool _opens;
    private readonly int _firstLeaf;
    private int _token;
    private int _leaf;

    /// <param name="definition">The static part.</param>
    /// <param name="leaves">The tensors, in order.</param>
    /// <param name="forCaller">
    /// Whether the value is a result for user code: tensors in trees outlive the current <see cref="TensorScope"/>.
    /// </param>
    /// <param name="packs">Whether trees may be put together later, so that nobody may change the leaves.</param>
    internal TreeUnflattener(TreeDef definition, Tensor[] leaves, bool forCaller, bool packs = false)
    {
        _definition = definition;
        _leaves = leaves;
        _forCaller = forCaller;
        _packs = packs;
    }

    /// <summary>For one of the trees alone.</summary>
    /// <param name="definition">The static part of the whole value.</param>
    /// <param name="extent">The tree's part of it.</param>
    /// <param name="leaves">The tensors of the tree.</param>
    internal TreeUnflattener(TreeDef definition, TreeExtent extent, Tensor[] leaves)
        : this(definition, leaves, forCaller: false)
    {
        _token = extent.FirstToken;
        _firstLeaf = extent.FirstLeaf;
        _opens = true;
    }

    /// <summary>When the value was made: a packed tree before any trace that it is opened in.</summary>
    internal long Stamp => _opens ? 0 : Trace.Stamp;

    /// <summary>The next tensor, or none.</summary>
    public Tensor? Leaf() => ReferenceEquals(Next().Value, TreeFlattener.NullLeaf) ? null : _leaves[_leaf++];

    /// <summary>The next static value, which is a copy where it can change, or piece of layout.</summary>
    public T Static<T>()
    {
        ref readonly var token = ref Next();
        return (T)(token.IsStatic ? StaticCopier.Of(token.Original) : token.Original)!;
    }

    /// <summary>The next structure tree, or none.</summary>
    public StructureTree? Tree()
    {
        ref readonly var marker = ref Next();
        if (ReferenceEquals(marker.Value, TreeFlattener.NullLeaf))
        {
            return null;
        }

        if (_packs && marker.Original is TreeExtent { IsWorthPacking: true } extent
            && PackedTree.TryPack(_definition, extent, _leaves) is { } packed)
        {
            _token += extent.Tokens;
            _leaf += extent.Leaves;
            return packed;
        }

        return StructureTree.Unflatten(this);
    }

    /// <summary>The next value of a structure tree.</summary>
    public TreeValue Value()
    {
        var marker = Next().Value;
        if (ReferenceEquals(marker, TreeFlattener.NullLeaf))
        {
            return TreeValue.None;
        }

        if (ReferenceEquals(marker, TreeFlattener.TreeMarker))
        {
            return StructureTree.Unflatten(this);
        }

        if (ReferenceEquals(marker, TreeFlattener.ListMarker))
        {
            var list = new TreeValue[Static<int>()];
            for (var i = 0; i < list.Length; i++)
            {
                list[i] = Value();
            }

            return list;
        }

        if (ReferenceEquals(marker, TreeFlattener.DictionaryMarker))
        {
            var keys = Structure<KeySet>()!;
            var values = new TreeValue[keys.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Value();
            }

            return new TreeDictionary<TreeValue>(keys, values, Stamp);
        }

        var leaf = marker is SharedLeaf shared ? _leaves[shared.Leaf - _firstLeaf] : _leaves[_leaf++];
        return _forCaller ? leaf : TreeValue.InScope(leaf);
    }

    internal T? Structure<T>()
        where T : class => (T?)Next().Value;

    private ref readonly Token Next() => ref _definition.Tokens[_token++];
}
