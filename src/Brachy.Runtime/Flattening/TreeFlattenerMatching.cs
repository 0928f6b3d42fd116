using System.Runtime.CompilerServices;
using Brachy.Trees;

namespace Brachy.CompilerServices;

// How structure trees are compared with what is expected: this runs for each tensor of a model at each call.
public sealed partial class TreeFlattener
{
    private const long HasTable = long.MaxValue;

    // Tensors of a tree are surely different as long as their ordinals grow, as they do in the order in which a model was made.
    private long _lastOrdinal;
    private int _firstOfTree;

    // Whether all that was compared is what was expected, or will be equal to it as long as nobody edits the tree.
    private bool _isLasting;

    /// <summary>Whether the next piece of structure is as expected.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsNext(object? value)
    {
        var expected = Next().Value;
        return ReferenceEquals(expected, value) || AreEqual(expected, value);
    }

    /// <summary>Whether params or buffers are as expected; collects their tensors.</summary>
    internal bool MatchValues(TreeDictionary<TreeValue>? dictionary)
    {
        if (dictionary is null)
        {
            return IsNext(KeySet.Empty);
        }

        if (!IsNext(dictionary.KeySet))
        {
            return false;
        }

        // Most are tensors of the very types that are expected, in the order in which they were made.
        var tokens = _expectedTokens.AsSpan();
        var (at, count, last) = (_tokenCount, LeafCount, _lastOrdinal);
        foreach (var value in dictionary.ValueSpan)
        {
            if (value.Value is Tensor tensor && tensor.Ordinal > last && (uint)at < (uint)tokens.Length
                && IsOf(tokens[at].Value, tensor.Type) && (uint)count < (uint)_leaves.Length)
            {
                _leaves[count++] = tensor;
                last = tensor.Ordinal;
                at++;
                continue;
            }

            (_tokenCount, LeafCount, _lastOrdinal) = (at, count, last);
            Value(value);
            (at, count, last) = (_tokenCount, LeafCount, _lastOrdinal);
            if (!Matches)
            {
                return false;
            }
        }

        (_tokenCount, LeafCount, _lastOrdinal) = (at, count, last);
        return true;
    }

    private bool AreEqual(object? expected, object? value)
    {
        // What wraps an apply function may be another later.
        _isLasting &= expected is KeySet;
        return expected is not null && expected.Equals(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsOf(object? expected, TensorType type) => ReferenceEquals(expected, type) || IsEqualOrVaries(expected, type);

    private static bool IsEqualOrVaries(object? expected, TensorType type) =>
        expected is TensorType other ? other.Equals(type) : expected is VaryingType varying && varying.Fits(type);

    private void MatchTree(StructureTree tree)
    {
        ref readonly var marker = ref Next();
        if (!ReferenceEquals(marker.Value, TreeMarker))
        {
            Matches = false;
            return;
        }

        if (_treeDepth == 0)
        {
            MatchWhole(tree, (TreeExtent)marker.Original!);
        }
        else
        {
            MatchNodes(tree);
        }
    }

    private void MatchWhole(StructureTree tree, TreeExtent extent)
    {
        if (tree.Unopened is PackedTree packed && TryTake(packed, extent))
        {
            return;
        }

        var edits = TreeEdits.Count;
        if (extent.KnownLeaves(tree, edits) is { } known)
        {
            Take(known);
            _tokenCount += extent.Tokens;
            return;
        }

        BeginTree();
        _isLasting = extent.ShowsEdits;
        MatchNodes(tree);
        if (Matches && _isLasting)
        {
            extent.Remember(tree, edits, Leaves[_firstOfTree..]);
        }
    }

    private void MatchNodes(StructureTree tree)
    {
        _treeDepth++;
        Matches = tree.Matches(this) && Matches;
        _treeDepth--;
    }

    /// <summary>Collects tensors that are known to be as expected.</summary>
    private void Take(ReadOnlySpan<Tensor> leaves)
    {
        Reserve(LeafCount + leaves.Length);
        leaves.CopyTo(_leaves.AsSpan(LeafCount));
        LeafCount += leaves.Length;
    }

    /// <summary>Takes the tensors of a tree that nobody has looked at, if all of it is as expected.</summary>
    private bool TryTake(PackedTree tree, TreeExtent extent)
    {
        var expected = _expected!;
        if (!extent.IsLike(expected.Tokens, tree.Extent, tree.Definition.Tokens))
        {
            return false;
        }

        BeginTree();
        var first = LeafCount;
        var leaves = tree.Leaves;
        var types = expected.LeafTypes.AsSpan(extent.FirstLeaf, leaves.Length);
        Take(leaves);
        LeafCount = first;
        var last = _lastOrdinal;
        for (var i = 0; i < types.Length; i++)
        {
            var leaf = leaves[i];
            if (!ReferenceEquals(types[i], leaf.Type) && !IsEqualOrVaries(types[i], leaf.Type))
            {
                return false;
            }

            if (leaf.Ordinal > last)
            {
                last = leaf.Ordinal;
                continue;
            }

            // Of a function that gives two of its arguments, two may be one tensor.
            (LeafCount, _lastOrdinal) = (first + i, last);
            var position = PositionInTable(leaf);
            (LeafCount, last) = (first, _lastOrdinal);
            if (position >= 0)
            {
                return false;
            }
        }

        LeafCount = first + leaves.Length;
        _tokenCount += extent.Tokens;
        return true;
    }

    private bool MatchTensor(Tensor tensor)
    {
        var expected = Next().Value;
        var position = PositionOf(tensor);
        if (position >= 0)
        {
            return expected is SharedLeaf shared && shared.Leaf == position;
        }

        if (!IsOf(expected, tensor.Type))
        {
            return false;
        }

        AddLeaf(tensor);
        return true;
    }

    private void BeginTree()
    {
        _positions.Clear();
        _lastOrdinal = long.MinValue;
        _firstOfTree = LeafCount;
    }

    /// <summary>The position of a tensor of the current tree; -1 for one that is about to become the next leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PositionOf(Tensor tensor)
    {
        if (tensor.Ordinal > _lastOrdinal)
        {
            _lastOrdinal = tensor.Ordinal;
            return -1;
        }

        return PositionInTable(tensor);
    }

    private int PositionInTable(Tensor tensor)
    {
        if (_lastOrdinal != HasTable)
        {
            for (var i = _firstOfTree; i < LeafCount; i++)
            {
                _positions.FindOrAdd(_leaves[i], _leaves.AsSpan(0, i));
            }

            _lastOrdinal = HasTable;
        }

        return _positions.FindOrAdd(tensor, Leaves);
    }
}
