using Brachy.Compilation;

namespace Brachy;

// What ranks do with whole trees.
public static partial class Rank
{
    /// <summary>
    /// The tree of one rank for all of them, such as a model that one has loaded. All ranks call it with equal structures.
    /// </summary>
    /// <param name="tree">The tree of this rank; only that of the source has values that matter.</param>
    /// <param name="source">The rank whose tensors all get.</param>
    /// <returns>A tree of the same structure; a tensor that stands at several places still does.</returns>
    /// <exception cref="ArgumentNullException">The tree is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rank.</exception>
    /// <exception cref="RankException">The trees differ in structure, or MPI cannot be used.</exception>
    public static StructureTree Broadcast(StructureTree tree, int source = 0)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, Count);
        RankAgreement.RequireText("Rank.Broadcast", "the tensors of the tree", TypesOf(tree));
        return tree.MapParamsBuffers((_, tensor) => F.pbroadcast(tensor, Axis, source));
    }

    /// <summary>
    /// Throws, on all ranks, unless all have equal tensors in a tree, bit by bit: a check for tests and doubts. All ranks call it.
    /// </summary>
    /// <param name="tree">The tree of this rank.</param>
    /// <exception cref="ArgumentNullException">The tree is null.</exception>
    /// <exception cref="RankException">A tensor differs, which the message names; or MPI cannot be used.</exception>
    public static void RequireEqual(StructureTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        RankAgreement.RequireText("Rank.RequireEqual", "the tensors of the tree", TypesOf(tree));
        RankAgreement.RequireTensors("Rank.RequireEqual", [.. tree.DistinctTensors()]);
    }

    private static string TypesOf(StructureTree tree) => string.Join('\n', tree.Tensors().Select(t => $"{t.Path}: {t.Tensor.Type}"));
}
