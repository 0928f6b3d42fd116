using Brachy.Trees;

namespace Brachy.CompilerServices;

/// <summary>Which part of a static part is a structure tree, in no other one.</summary>
/// <param name="firstToken">The position of its first token, behind the marker.</param>
/// <param name="tokens">How many there are.</param>
/// <param name="firstLeaf">The position of its first tensor.</param>
/// <param name="leaves">How many there are.</param>
internal sealed class TreeExtent(int firstToken, int tokens, int firstLeaf, int leaves)
{
    // Smaller trees are put together as fast as they are packed.
    private const int WorthPacking = 12;

    private const int MostRemembered = 4;

    // Replaced as a whole: what two threads remember at once may be forgotten, and is compared again.
    private volatile TreeExtent[] _alike = [];

    // Weak: no function keeps a tree, or tensors that were in it. Holds a WalkedTree, or a tree that was walked over once.
    private WeakReference<object>? _walked;
    private long _editsOfWalked;

    /// <summary>
    /// Whether all of it would be seen by <see cref="TreeEdits"/> if it changed: lists are arrays, and an aux value can change inside.
    /// </summary>
    public bool ShowsEdits { get; init; }

    public int FirstToken => firstToken;

    public int Tokens => tokens;

    public int FirstLeaf => firstLeaf;

    public int Leaves => leaves;

    /// <summary>Whether such a tree of a result is packed (<see cref="PackedTree"/>).</summary>
    public bool IsWorthPacking => tokens >= WorthPacking;

    /// <summary>The same for another static part, which may differ in more than types of tensors.</summary>
    public TreeExtent Copy() => new(firstToken, tokens, firstLeaf, leaves) { ShowsEdits = ShowsEdits };

    /// <summary>The tensors of a tree that was as expected, and was not edited since; null when that is not known.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="edits">How many edits there have been, read before this is asked.</param>
    public Tensor[]? KnownLeaves(StructureTree tree, long edits) =>
        _walked is { } walked && walked.TryGetTarget(out var target) && target is WalkedTree known
        && ReferenceEquals(known.Tree, tree) && known.Edits == edits ? known.Leaves : null;

    /// <summary>Remembers a tree that was as expected; its tensors, if it comes unchanged for the second time.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="edits">How many edits there had been before the walk over it.</param>
    /// <param name="walked">Its tensors.</param>
    public void Remember(StructureTree tree, long edits, ReadOnlySpan<Tensor> walked)
    {
        // Another thread may remember another tree in between. What is used is whole: a WalkedTree.
        if (_walked is not { } last)
        {
            _walked = new(tree);
        }
        else if (_editsOfWalked == edits && last.TryGetTarget(out var target) && ReferenceEquals(target, tree))
        {
            last.SetTarget(new WalkedTree(tree, edits, walked.ToArray()));
        }
        else
        {
            last.SetTarget(tree);
        }

        _editsOfWalked = edits;
    }

    /// <summary>
    /// Whether another tree's static part is the same but for the types of its tensors. Neither ever changes, so that the answer is
    /// remembered: a step's result goes into the next one.
    /// </summary>
    /// <param name="own">The tokens that this is a part of.</param>
    /// <param name="other">The other tree.</param>
    /// <param name="others">The tokens that it is a part of.</param>
    public bool IsLike(Token[] own, TreeExtent other, Token[] others)
    {
        if (Array.IndexOf(_alike, other) >= 0)
        {
            return true;
        }

        if (tokens != other.Tokens || leaves != other.Leaves)
        {
            return false;
        }

        for (var i = 0; i < tokens; i++)
        {
            if (!IsLike(own[firstToken + i], others[other.FirstToken + i], other.FirstLeaf - firstLeaf))
            {
                return false;
            }
        }

        _alike = [other, .. _alike.Take(MostRemembered - 1)];
        return true;
    }

    private static bool IsLike(in Token left, in Token right, int shift) =>
        left.IsLeaf ? right.IsLeaf
        : left.Value is SharedLeaf shared ? right.Value is SharedLeaf other && shared.Leaf + shift == other.Leaf
        : TreeDef.TokenEquals(left, right);
}
