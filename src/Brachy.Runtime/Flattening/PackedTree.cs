using Brachy.Trees;

namespace Brachy.CompilerServices;

/// <summary>
/// A tree as compiled code gave it, outside any trace: a part of the static part of the result, and its tensors. Never changes, so that
/// any thread may read it while another opens the tree and edits that.
/// </summary>
internal sealed class PackedTree : IUnopenedTree
{
    private readonly Tensor[] _leaves;

    private PackedTree(TreeDef definition, TreeExtent extent, Tensor[] leaves)
    {
        Definition = definition;
        Extent = extent;
        _leaves = leaves;
    }

    public TreeDef Definition { get; }

    public TreeExtent Extent { get; }

    public ReadOnlySpan<Tensor> Leaves => _leaves;

    /// <summary>A tree for user code, whose tensors outlive the current <see cref="TensorScope"/>.</summary>
    /// <param name="definition">The static part of the result.</param>
    /// <param name="extent">The tree's part of it.</param>
    /// <param name="outputs">The tensors of the result; nobody changes them.</param>
    /// <returns>Null when the tree must be put together at once: plain numbers become tensors at each call.</returns>
    public static StructureTree? TryPack(TreeDef definition, TreeExtent extent, Tensor[] outputs)
    {
        // Others of the result must not live as long as the tree.
        var leaves = extent.Leaves == outputs.Length ? outputs : outputs.AsSpan(extent.FirstLeaf, extent.Leaves).ToArray();
        foreach (var leaf in leaves)
        {
            if (leaf.Type.IsNumber)
            {
                return null;
            }

            TensorScope.Release(leaf);
        }

        return new StructureTree(new PackedTree(definition, extent, leaves));
    }

    /// <inheritdoc/>
    public StructureTree Open() => StructureTree.Unflatten(new TreeUnflattener(Definition, Extent, _leaves));
}
