using Brachy.Trees;

namespace Brachy;

// Two trees compared.
public sealed partial class StructureTree
{
    /// <summary>In what two trees differ. A weight that both share between the same places is compared once, at the first.</summary>
    /// <param name="left">A tree; what only it has is missing.</param>
    /// <param name="right">The other; what only it has is unexpected.</param>
    /// <param name="how">What is compared; <see cref="TreeComparison.Exact"/> by default.</param>
    /// <exception cref="ConcretizationException">
    /// Values are compared, but a tensor is traced; compare with <see cref="TreeComparison.Structure"/>.
    /// </exception>
    public static TreeDiff Diff(StructureTree left, StructureTree right, TreeComparison? how = null)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new TreeDiff(new TreeComparer(how ?? TreeComparison.Exact).Compare(left, right));
    }

    /// <summary>
    /// Whether both trees have the same keys in the same order, shapes, element types, devices, sharing, aux values and apply functions.
    /// </summary>
    /// <param name="right">The other tree.</param>
    public bool HasSameStructure(StructureTree right) => Diff(this, right, TreeComparison.Structure).Count == 0;

    /// <summary>Whether both trees have the same structure and, bit by bit, the same values.</summary>
    /// <param name="right">The other tree.</param>
    /// <exception cref="ConcretizationException">A tensor is traced.</exception>
    public bool ValueEquals(StructureTree right) => Diff(this, right).Count == 0;

    /// <summary>Whether both trees have the same structure and close values; see <see cref="TreeComparison.Close"/>.</summary>
    /// <param name="right">The other tree.</param>
    /// <param name="rtol">The tolerance relative to the right value.</param>
    /// <param name="atol">The absolute tolerance.</param>
    /// <param name="equalNaN">Whether NaN is close to NaN.</param>
    /// <exception cref="ConcretizationException">A tensor is traced.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tolerance is negative or NaN.</exception>
    public bool IsClose(StructureTree right, double rtol = 1e-5, double atol = 1e-8, bool equalNaN = false) =>
        Diff(this, right, TreeComparison.Close(rtol, atol, equalNaN)).Count == 0;
}
