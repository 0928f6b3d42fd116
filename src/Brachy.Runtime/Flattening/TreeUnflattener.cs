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
    private int _token;
    private int _leaf;

    /// <param name="definition">The static part.</param>
    /// <param name="leaves">The tensors, in order.</param>
    /// <param name="forCaller">
    /// Whether the value is a result for user code: tensors in trees outlive the current <see cref="TensorScope"/>.
    /// </param>
    internal TreeUnflattener(TreeDef definition, Tensor[] leaves, bool forCaller)
    {
        _definition = definition;
        _leaves = leaves;
        _forCaller = forCaller;
    }

    /// <summary>The next tensor, or none.</summary>
    public Tensor? Leaf() => ReferenceEquals(Next().Value, TreeFlattener.NullLeaf) ? null : _leaves[_leaf++];

    /// <summary>The next static value, which is a copy where it can change, or piece of layout.</summary>
    public T Static<T>()
    {
        ref readonly var token = ref Next();
        return (T)(token.IsStatic ? StaticCopier.Of(token.Original) : token.Original)!;
    }

    /// <summary>The next structure tree, or none.</summary>
    public StructureTree? Tree() => ReferenceEquals(Next().Value, TreeFlattener.NullLeaf) ? null : StructureTree.Unflatten(this);

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

            return new TreeDictionary<TreeValue>(keys, values);
        }

        var leaf = marker is SharedLeaf shared ? _leaves[shared.Leaf] : _leaves[_leaf++];
        return _forCaller ? leaf : TreeValue.InScope(leaf);
    }

    internal T? Structure<T>()
        where T : class => (T?)Next().Value;

    private ref readonly Token Next() => ref _definition.Tokens[_token++];
}
