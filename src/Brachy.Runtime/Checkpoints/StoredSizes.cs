namespace Brachy.IO;

/// <summary>The sizes of a tensor as a file gives them, before anything is done with them.</summary>
internal static class StoredSizes
{
    /// <summary>How many dims libtorch has at most.</summary>
    public const int MaxRank = 64;

    /// <summary>How many elements there are; -1 when no memory holds them, a size is negative, or there are too many dims.</summary>
    public static long Count(ReadOnlySpan<long> sizes)
    {
        // Empty dims count as one: libtorch multiplies all sizes and must not overflow on the way to a zero.
        var (count, bounded) = ((Int128)1, (Int128)1);
        foreach (var size in sizes)
        {
            count *= size;
            bounded *= Math.Max(1, size);
            if (size < 0 || bounded > 1L << 46 || sizes.Length > MaxRank)
            {
                return -1;
            }
        }

        return (long)count;
    }
}
