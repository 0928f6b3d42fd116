namespace Brachy.Compilation;

/// <summary>Puts values that live at different times into the same scratch memory.</summary>
internal static class ScratchMemory
{
    public const long Alignment = 64;

    // More are placed without a look at each gap, so that the time stays in proportion to their number.
    private const int MostAllocations = 4096;

    /// <summary>Chooses the offsets.</summary>
    /// <param name="allocations">The values in the order of their first use.</param>
    /// <returns>The bytes in all.</returns>
    public static long Pack(IReadOnlyList<Allocation> allocations) =>
        allocations.Count <= MostAllocations ? PackTightly(allocations) : PackBySize(allocations);

    /// <summary>The first gap that is large enough.</summary>
    private static long PackTightly(IReadOnlyList<Allocation> allocations)
    {
        var size = 0L;
        var placed = new List<Allocation>();
        foreach (var allocation in allocations)
        {
            placed.RemoveAll(other => other.LastUse < allocation.FirstUse);
            var offset = 0L;
            foreach (var other in placed)
            {
                if (offset + allocation.Bytes <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, Aligned(other.Offset + other.Bytes));
            }

            allocation.Offset = offset;
            var position = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(position < 0 ? placed.Count : position, allocation);
            size = Math.Max(size, offset + allocation.Bytes);
        }

        return size;
    }

    /// <summary>The place of a dead value of the same size, or a new one.</summary>
    private static long PackBySize(IReadOnlyList<Allocation> allocations)
    {
        var size = 0L;
        var free = new Dictionary<long, Stack<long>>();
        var living = new PriorityQueue<Allocation, int>();
        foreach (var allocation in allocations)
        {
            while (living.TryPeek(out var oldest, out var lastUse) && lastUse < allocation.FirstUse)
            {
                living.Dequeue();
                if (!free.TryGetValue(Aligned(oldest.Bytes), out var layouts))
                {
                    free.Add(Aligned(oldest.Bytes), layouts = []);
                }

                layouts.Push(oldest.Offset);
            }

            if (free.TryGetValue(Aligned(allocation.Bytes), out var same) && same.TryPop(out var offset))
            {
                allocation.Offset = offset;
            }
            else
            {
                allocation.Offset = size;
                size += Aligned(allocation.Bytes);
            }

            living.Enqueue(allocation, allocation.LastUse);
        }

        return size;
    }

    /// <summary>A size with what is left out behind it.</summary>
    public static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
