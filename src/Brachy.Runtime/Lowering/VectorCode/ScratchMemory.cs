namespace Brachy.Compilation;

/// <summary>Puts values that live at different times into the same scratch memory.</summary>
internal static class ScratchMemory
{
    private const long Alignment = 64;

    // More are placed without a look at each gap, so that the time stays in proportion to their number.
    private const int MostRegions = 4096;

    /// <summary>Chooses the offsets.</summary>
    /// <param name="regions">The values in the order of their first use.</param>
    /// <returns>The bytes in all.</returns>
    public static long Pack(IReadOnlyList<Region> regions) => regions.Count <= MostRegions ? PackTightly(regions) : PackBySize(regions);

    /// <summary>The first gap that is large enough.</summary>
    private static long PackTightly(IReadOnlyList<Region> regions)
    {
        var size = 0L;
        var placed = new List<Region>();
        foreach (var region in regions)
        {
            placed.RemoveAll(other => other.LastUse < region.FirstUse);
            var offset = 0L;
            foreach (var other in placed)
            {
                if (offset + region.Bytes <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, Aligned(other.Offset + other.Bytes));
            }

            region.Offset = offset;
            var position = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(position < 0 ? placed.Count : position, region);
            size = Math.Max(size, offset + region.Bytes);
        }

        return size;
    }

    /// <summary>The place of a dead value of the same size, or a new one.</summary>
    private static long PackBySize(IReadOnlyList<Region> regions)
    {
        var size = 0L;
        var free = new Dictionary<long, Stack<long>>();
        var living = new PriorityQueue<Region, int>();
        foreach (var region in regions)
        {
            while (living.TryPeek(out var oldest, out var lastUse) && lastUse < region.FirstUse)
            {
                living.Dequeue();
                if (!free.TryGetValue(Aligned(oldest.Bytes), out var places))
                {
                    free.Add(Aligned(oldest.Bytes), places = []);
                }

                places.Push(oldest.Offset);
            }

            if (free.TryGetValue(Aligned(region.Bytes), out var same) && same.TryPop(out var offset))
            {
                region.Offset = offset;
            }
            else
            {
                region.Offset = size;
                size += Aligned(region.Bytes);
            }

            living.Enqueue(region, region.LastUse);
        }

        return size;
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
