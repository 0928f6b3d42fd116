namespace Brachy.Trees;

/// <summary>
/// Finds where a tensor, the same object, stands in a list of leaves. A hash table without allocation per entry: a compiled call looks
/// up each of its tensors.
/// </summary>
internal sealed class TensorPositions
{
    private int[] _slots = new int[64];
    private int _count;

    public void Clear()
    {
        if (_count > 0)
        {
            Array.Clear(_slots);
            _count = 0;
        }
    }

    /// <summary>The position of a tensor that was added before, or -1 after adding it as the next leaf.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="leaves">The leaves so far; the tensor is about to become the next.</param>
    public int FindOrAdd(Tensor tensor, ReadOnlySpan<Tensor> leaves)
    {
        if (2 * (_count + 1) > _slots.Length)
        {
            Grow(leaves);
        }

        var slot = SlotOf(tensor, leaves);
        if (_slots[slot] > 0)
        {
            return _slots[slot] - 1;
        }

        _slots[slot] = leaves.Length + 1;
        _count++;
        return -1;
    }

    /// <summary>The slot that holds a tensor, or the empty one where it belongs.</summary>
    private int SlotOf(Tensor tensor, ReadOnlySpan<Tensor> leaves)
    {
        var mask = _slots.Length - 1;
        var slot = tensor.Ordinal & mask;
        while (_slots[slot] > 0 && !ReferenceEquals(leaves[_slots[slot] - 1], tensor))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow(ReadOnlySpan<Tensor> leaves)
    {
        var old = _slots;
        _slots = new int[2 * old.Length];
        foreach (var position in old)
        {
            if (position > 0)
            {
                _slots[SlotOf(leaves[position - 1], leaves)] = position;
            }
        }
    }
}
