using System.Collections;

namespace Brachy.Trees;

/// <summary>In what two trees differ at one place.</summary>
public enum TreeDifferenceKind
{
    /// <summary>Only the left tree has the place.</summary>
    Missing,

    /// <summary>Only the right tree has the place.</summary>
    Unexpected,

    /// <summary>
    /// The place is a param in one tree and a buffer or submodule in the other; or it holds another kind of value, such as a list.
    /// </summary>
    Form,

    /// <summary>A node or dictionary has the same keys in another order.</summary>
    Order,

    /// <summary>The tensors have different shapes.</summary>
    Shape,

    /// <summary>The tensors have different element types.</summary>
    DType,

    /// <summary>The tensors are on different devices.</summary>
    Device,

    /// <summary>The tensors have different values.</summary>
    Value,

    /// <summary>The place shares its tensor with other places than in the other tree.</summary>
    Sharing,

    /// <summary>The aux values differ, or only one tree has one.</summary>
    Aux,

    /// <summary>The apply functions differ.</summary>
    Apply,
}

/// <summary>One difference of two trees.</summary>
/// <param name="Path">The place; empty for the root.</param>
/// <param name="Kind">What differs.</param>
/// <param name="Message">What there is on either side.</param>
public sealed record TreeDifference(string Path, TreeDifferenceKind Kind, string Message)
{
    /// <summary>For example <c>head.weight: the shape is [2, 3] on the left, [3, 3] on the right</c>.</summary>
    public override string ToString() => $"{(Path.Length == 0 ? "(root)" : Path)}: {Message}";
}

/// <summary>How two trees are compared.</summary>
public sealed record TreeComparison
{
    private TreeComparison()
    {
    }

    /// <summary>Keys and their order, shapes, element types, devices, sharing, aux values and apply functions; no tensor is read.</summary>
    public static TreeComparison Structure { get; } = new();

    /// <summary>The structure, and every element by its bits: NaN equals a NaN of the same bits, and 0 is not -0.</summary>
    public static TreeComparison Exact { get; } = new() { ComparesValues = true };

    /// <summary>Whether values are compared.</summary>
    public bool ComparesValues { get; private init; }

    /// <summary>What differences of values are allowed; null for none.</summary>
    public (double Rtol, double Atol, bool EqualNaN)? Tolerance { get; private init; }

    /// <summary>The parts of nodes that are compared; all by default.</summary>
    public TreeParts Parts { get; init; } = TreeParts.All;

    /// <summary>
    /// The structure, and values as torch.allclose does: |left - right| is at most atol + rtol |right|, and equal infinities are close.
    /// Integers and truth values must be equal.
    /// </summary>
    /// <param name="rtol">The tolerance relative to the right value.</param>
    /// <param name="atol">The absolute tolerance.</param>
    /// <param name="equalNaN">Whether NaN is close to NaN.</param>
    /// <exception cref="ArgumentOutOfRangeException">A tolerance is negative or NaN.</exception>
    public static TreeComparison Close(double rtol = 1e-5, double atol = 1e-8, bool equalNaN = false)
    {
        Require(rtol, nameof(rtol));
        Require(atol, nameof(atol));
        return new() { ComparesValues = true, Tolerance = (rtol, atol, equalNaN) };
    }

    private static void Require(double tolerance, string name)
    {
        if (!(tolerance >= 0))
        {
            throw new ArgumentOutOfRangeException(name, tolerance, $"{name} must be 0 or more.");
        }
    }
}

/// <summary>The differences of two trees, in the order of the left one; see <see cref="StructureTree.Diff"/>.</summary>
public sealed class TreeDiff : IReadOnlyList<TreeDifference>
{
    private readonly TreeDifference[] _differences;

    internal TreeDiff(IEnumerable<TreeDifference> differences) => _differences = [.. differences];

    /// <summary>The number of differences; 0 when the trees are equal.</summary>
    public int Count => _differences.Length;

    /// <summary>One difference.</summary>
    /// <param name="index">From 0.</param>
    public TreeDifference this[int index] => _differences[index];

    /// <inheritdoc/>
    public IEnumerator<TreeDifference> GetEnumerator() => ((IEnumerable<TreeDifference>)_differences).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _differences.GetEnumerator();

    /// <summary>A line for each difference.</summary>
    public override string ToString() => Count == 0 ? "no differences" : string.Join('\n', _differences.Select(d => d.ToString()));
}
