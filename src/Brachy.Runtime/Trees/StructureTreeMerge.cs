using Brachy.Trees;

namespace Brachy;

// Trees put together from others.
public sealed partial class StructureTree
{
    /// <summary>
    /// The union of trees: all their nodes, and in each node all that they hold there. Where several have a value of the same name,
    /// or an apply function, the last one's is taken. Keys keep the order in which they come up.
    /// </summary>
    /// <param name="trees">The trees, at least one; they are left as they are.</param>
    /// <exception cref="ArgumentException">
    /// There are no trees; or a name would stand for two things, such as a param of one tree and a buffer of another.
    /// </exception>
    public static StructureTree Merge(params StructureTree[] trees) => Merge(trees, TreeParts.All);

    /// <summary>The union of two trees.</summary>
    /// <inheritdoc cref="Merge(StructureTree[], TreeParts, TreeParts)"/>
    /// <param name="first">A tree.</param>
    /// <param name="second">Another.</param>
    /// <param name="keysToMerge">The parts to take; the others are empty in the result.</param>
    /// <param name="keysToOverride">The parts in which a later tree adds and replaces values.</param>
    public static StructureTree Merge(
        StructureTree first, StructureTree second, TreeParts keysToMerge = TreeParts.All, TreeParts keysToOverride = TreeParts.All) =>
        Merge(Both(first, second), keysToMerge, keysToOverride);

    /// <summary>The union of trees: all their nodes, and in each node the chosen parts of what they hold there.</summary>
    /// <param name="trees">The trees, at least one; they are left as they are.</param>
    /// <param name="keysToMerge">The parts to take; the others are empty in the result.</param>
    /// <param name="keysToOverride">
    /// The parts in which later trees add values and replace those of earlier ones. Any other part of a node is taken as a whole
    /// from the first tree that has something in it.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There are no trees; or a name would stand for two things, such as a param of one tree and a buffer of another.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public static StructureTree Merge(StructureTree[] trees, TreeParts keysToMerge, TreeParts keysToOverride = TreeParts.All)
    {
        Require(keysToMerge, nameof(keysToMerge));
        Require(keysToOverride, nameof(keysToOverride));
        return MapNodes(Trees(trees), (path, nodes) => [MergeNodes(path, nodes, keysToMerge, keysToOverride)])[0];
    }

    /// <summary>
    /// The tree after a change of its state: params and buffers of another tree replace those of the same name and are added
    /// otherwise. Nodes, aux values and apply functions stay: those of the other tree are not looked at.
    /// </summary>
    /// <param name="next">The new state, such as the tree that a call gives, or its <see cref="GetUpdate"/>.</param>
    /// <exception cref="ArgumentException">A name would stand for two things.</exception>
    public StructureTree Update(StructureTree next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return Merge([this, StateOf(this, next, 0)], TreeParts.All, keysToOverride: TreeParts.State);

        // What the other has besides params and buffers of these nodes is no state of theirs.
        StructureTree StateOf(StructureTree node, StructureTree next, int depth)
        {
            RequireEnd(this, depth);
            var state = next.Part(TreeParts.State);
            for (var i = 0; i < node.OwnSubmodules?.Count; i++)
            {
                var key = node.OwnSubmodules.KeySet[i];
                if (next.Child(key, "") is { } below)
                {
                    state.Submodules.Add(key, StateOf(node.Below(node.OwnSubmodules, i), below, depth + 1));
                }
            }

            return state;
        }
    }

    private static StructureTree MergeNodes(string path, StructureTree?[] nodes, TreeParts keysToMerge, TreeParts keysToOverride)
    {
        var merged = new StructureTree();
        foreach (var node in nodes.OfType<StructureTree>().Select(node => node.Part(keysToMerge)))
        {
            merged.OwnParams = Unite(merged.OwnParams, node.OwnParams, keysToOverride.HasFlag(TreeParts.Params));
            merged.OwnBuffers = Unite(merged.OwnBuffers, node.OwnBuffers, keysToOverride.HasFlag(TreeParts.Buffers));
            merged.OwnAux = Unite(merged.OwnAux, node.OwnAux, keysToOverride.HasFlag(TreeParts.Aux));
            merged.ApplyFn = keysToOverride.HasFlag(TreeParts.Apply) ? node.ApplyFn ?? merged.ApplyFn : merged.ApplyFn ?? node.ApplyFn;
        }

        var below = UnionOfKeys(nodes);
        var ambiguous = merged.Params.Keys.FirstOrDefault(key => merged.Buffers.ContainsKey(key) || below.IndexOf(key) >= 0)
            ?? merged.Buffers.Keys.FirstOrDefault(key => below.IndexOf(key) >= 0);
        if (ambiguous is not null)
        {
            throw new ArgumentException(
                $"'{Join(path, ambiguous)}' would stand for two things, because it is not the same kind in all trees: a param, a buffer or "
                + "a submodule. Rename one, or remove it.", "trees");
        }

        return merged;
    }

    private static TreeDictionary<T>? Unite<T>(TreeDictionary<T>? own, TreeDictionary<T>? later, bool overrides)
    {
        if (own is not { Count: > 0 } || later is not { Count: > 0 })
        {
            return own is { Count: > 0 } ? own : later?.Copy();
        }

        if (overrides)
        {
            foreach (var (key, value) in later)
            {
                own[key] = value;
            }
        }

        return own;
    }
}
