using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>The layouts that windows slide over: [N, C, H, W] and [N, C, D, H, W].</summary>
internal static class ImageLayout
{
    /// <summary>x as [N, C, H, W] or [N, C, D, H, W], where signals have height 1 and a missing N is 1.</summary>
    /// <param name="op">For messages.</param>
    /// <param name="x">[N, C, ...] or [C, ...].</param>
    /// <param name="spatialDims">1, 2 or 3.</param>
    /// <exception cref="ShapeException">x has other dims, or is empty in one other than N.</exception>
    public static Tensor AsImages(string op, Tensor x, int spatialDims)
    {
        ArgumentNullException.ThrowIfNull(x);
        var sizes = x.shape.AsSpan();
        if (sizes.Length != spatialDims + 1 && sizes.Length != spatialDims + 2)
        {
            var dims = new[] { "L", "H, W", "D, H, W" }[spatialDims - 1];
            throw new ShapeException($"{op}: x must be [N, C, {dims}] or [C, {dims}], but is {x.Type}.");
        }

        if (sizes[^(spatialDims + 1)..].Contains(0))
        {
            throw new ShapeException($"{op}: x is {x.Type}, but only the batch may be empty.");
        }

        var batch = sizes.Length == spatialDims + 2 ? sizes[0] : 1;
        return spatialDims == 1
            ? reshape(x, batch, sizes[^2], 1, sizes[^1])
            : reshape(x, [batch, .. sizes[^(spatialDims + 1)..]]);
    }

    /// <summary>A result of <see cref="AsImages"/>'s layout in the layout of the op's input.</summary>
    public static Tensor FromImages(Tensor y, Tensor x, int spatialDims) =>
        reshape(y, [.. x.shape.AsSpan()[..^spatialDims], .. y.shape.AsSpan()[^spatialDims..]]);

    /// <summary>
    /// Throws unless an input is [N, C, H, W], or has another number of spatial dims, and is empty in no other dim than N.
    /// </summary>
    /// <exception cref="ShapeException">It is not.</exception>
    public static void RequireImages(AbstractArgs x, int input, string argument, int spatialDims = 2)
    {
        Shapes.RequireRank(x, input, argument, spatialDims + 2);
        if (x[input].Shape.AsSpan()[1..].Contains(0))
        {
            throw new ShapeException($"{x.Primitive.Name}: {argument} is {x[input]}, but only the batch may be empty.");
        }
    }
}
