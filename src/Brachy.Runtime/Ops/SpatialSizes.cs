namespace Brachy;

/// <summary>Heights and widths that ops on images are given, or work out.</summary>
internal static class SpatialSizes
{
    /// <summary>A size that was worked out, if any memory holds that many elements.</summary>
    /// <exception cref="ShapeException">None does.</exception>
    public static long SizeThatFits(string op, Int128 size) => size <= 1L << 47
        ? (long)size
        : throw new ShapeException($"{op}: the result would have a size of {size}, more than any memory holds.");

    public static void RequireOutputSize(string op, long[] sizes)
    {
        if (Array.Exists(sizes, size => size < 1))
        {
            throw new ArgumentException($"{op}: output_size is {(Shape)sizes}, but sizes must be positive.");
        }

        // The kernels for volumes count in 32 bits.
        if (sizes.Length == 3 && Array.Exists(sizes, size => size > int.MaxValue))
        {
            throw new ArgumentException($"{op}: output_size is {(Shape)sizes}, but sizes must be at most {int.MaxValue}.");
        }
    }

    public static long[] Pair(Size2d size) => [size.Height, size.Width];
}
