namespace Brachy.NN;

/// <summary>Sizes of layers for one, two or three dims as numbers.</summary>
internal static class SpatialSize
{
    /// <summary>The numbers of a size, the first dim first.</summary>
    public static long[] Numbers<TSize>(TSize size)
        where TSize : struct => size switch
        {
            long one => [one],
            Size2d two => two.ToArray(),
            Size3d three => three.ToArray(),
            _ => throw NoSize<TSize>(),
        };

    /// <summary>The size with these numbers.</summary>
    public static TSize Of<TSize>(long[] numbers)
        where TSize : struct => (TSize)(default(TSize) switch
        {
            long => numbers[0],
            Size2d => Size2d.Create(numbers),
            Size3d => (object)Size3d.Create(numbers),
            _ => throw NoSize<TSize>(),
        });

    private static NotSupportedException NoSize<TSize>() =>
        new($"{TypeText.Of(typeof(TSize))} is no size of a layer; use long, Size2d or Size3d.");
}
