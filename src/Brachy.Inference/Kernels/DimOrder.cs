namespace Brachy.Compilation;

/// <summary>Values with their dims in another order.</summary>
internal static class DimOrder
{
    /// <summary>The order in which the elements lie in memory without gaps; null if there is none, or it is that of the dims.</summary>
    public static long[]? OfMemory(Layout layout)
    {
        if (layout.IsDense)
        {
            return null;
        }

        long[] order = [.. Enumerable.Range(0, layout.Shape.Rank).OrderByDescending(d => layout.Strides[d]).Select(d => (long)d)];
        return layout.Permuted(order).IsDense ? order : null;
    }

    /// <summary>A value that is repeated along dims that are missing in front.</summary>
    public static Layout Of(Layout layout, long[] order)
    {
        var missing = order.Length - layout.Shape.Rank;
        var shape = Shape.Own([.. Enumerable.Repeat(1L, missing), .. layout.Shape]);
        return layout.Part(0, shape, [.. Enumerable.Repeat(0L, missing), .. layout.Strides]).Permuted(order);
    }

    /// <inheritdoc cref="Of(Layout, long[])"/>
    public static TensorType Of(TensorType type, long[] order)
    {
        var missing = order.Length - type.Shape.Rank;
        return type.WithShape(Shape.Own(Array.ConvertAll(order, d => d < missing ? 1 : type.Shape[(int)d - missing])));
    }
}
