using Brachy.Trees;

namespace Brachy;

// Trees that hold some parts of another's nodes.
public sealed partial class StructureTree
{
    /// <summary>
    /// What <see cref="Fill"/> and <see cref="Empty"/> put into a node that computes nothing of its own: from a tensor to that tensor.
    /// </summary>
    public static ApplyFn<Tensor, Tensor> PassThrough { get; } = new("pass_through", static (_, _, x) => x);

    /// <summary>Whether there are no nodes below this one.</summary>
    public bool IsLeaf => OwnSubmodules is not { Count: > 0 };

    /// <summary>A structural copy of this node without the nodes below: dictionaries are new, tensors and aux values are shared.</summary>
    public StructureTree CopyToLeaf() => new()
    {
        _params = Copied(OwnParams, this, 0),
        _buffers = Copied(OwnBuffers, this, 0),
        _aux = CopyAux(),
        _applyFn = ApplyFn,
    };

    /// <summary>A tree of the same nodes that holds some parts of them; the other parts are empty.</summary>
    /// <param name="parts">The parts; params and buffers by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public StructureTree Filter(TreeParts parts = TreeParts.State)
    {
        Require(parts, nameof(parts));
        return MapNodes([this], (_, nodes) => [nodes[0]!.Part(parts)])[0];
    }

    /// <summary>
    /// Trees of the same nodes, each with some parts of them. <see cref="Merge(StructureTree[])"/> puts them together again.
    /// </summary>
    /// <param name="sets">
    /// For each tree its parts, which may overlap; by default one tree for each part, in the order of <see cref="TreeParts"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public StructureTree[] Split(params TreeParts[] sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        TreeParts[] chosen = sets.Length > 0 ? [.. sets] : [TreeParts.Params, TreeParts.Buffers, TreeParts.Aux, TreeParts.Apply];
        Array.ForEach(chosen, set => Require(set, nameof(sets)));
        return MapNodes([this], (_, nodes) => Array.ConvertAll(chosen, nodes[0]!.Part));
    }

    /// <summary>
    /// Two trees of the same nodes, each with some parts of them: <c>var (state, rest) = tree.Split(TreeParts.State, TreeParts.Static);</c>
    /// </summary>
    /// <inheritdoc cref="Split(TreeParts[])" path="/exception"/>
    public (StructureTree First, StructureTree Second) Split(TreeParts first, TreeParts second) => Pair(Split([first, second]));

    /// <summary>Three trees of the same nodes, each with some parts of them.</summary>
    /// <inheritdoc cref="Split(TreeParts[])" path="/exception"/>
    public (StructureTree First, StructureTree Second, StructureTree Third) Split(TreeParts first, TreeParts second, TreeParts third) =>
        Triple(Split([first, second, third]));

    /// <summary>The params, the buffers, and the static rest. <see cref="GetParams"/> gives the params alone.</summary>
    public (StructureTree Params, StructureTree Buffers, StructureTree Static) SplitParams() =>
        Split(TreeParts.Params, TreeParts.Buffers, TreeParts.Static);

    /// <summary>What is traced, and what is part of the compile key.</summary>
    public (StructureTree State, StructureTree Static) SplitStatic() => Split(TreeParts.State, TreeParts.Static);

    /// <summary>The params and buffers: all that a call changes. <see cref="Update"/> puts them into the tree they belong to.</summary>
    public StructureTree GetUpdate() => Filter();

    /// <summary>
    /// A copy of the tree in which every node computes something: one without an apply function gets <see cref="PassThrough"/>.
    /// </summary>
    public StructureTree Fill() => MapNodes([this], (_, nodes) =>
    {
        var node = nodes[0]!.Part(TreeParts.All);
        node.ApplyFn ??= PassThrough;
        return [node];
    })[0];

    /// <summary>
    /// A tree of the same nodes with nothing in them but <see cref="PassThrough"/>. An empty tree of one node is
    /// <c>new StructureTree().Fill()</c>.
    /// </summary>
    public StructureTree Empty() => Filter(TreeParts.None).Fill();

    /// <summary>A node with some parts of this one, which shares their dictionaries: for those who copy it.</summary>
    private StructureTree Part(TreeParts parts) => new()
    {
        _params = parts.HasFlag(TreeParts.Params) ? OwnParams : null,
        _buffers = parts.HasFlag(TreeParts.Buffers) ? OwnBuffers : null,
        _aux = parts.HasFlag(TreeParts.Aux) ? OwnAux : null,
        _applyFn = parts.HasFlag(TreeParts.Apply) ? ApplyFn : null,
    };

    private static void Require(TreeParts parts, string name)
    {
        if ((parts & ~TreeParts.All) != 0)
        {
            throw new ArgumentOutOfRangeException(name, parts, "The parts are Params, Buffers, Aux and Apply.");
        }
    }
}
