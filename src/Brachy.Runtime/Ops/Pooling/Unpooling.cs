using static Brachy.F;
using static Brachy.UnpooledSizes;

namespace Brachy;

// Elements put back to where max pooling took them from.
public static partial class F
{
    /// <summary>
    /// Elements in the places they were taken from by <see cref="max_pool1d_with_indices"/>, and 0 elsewhere. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html.
    /// </summary>
    /// <param name="x">[N, C, L] or [C, L].</param>
    /// <param name="indices">int64 places along the last dim, in the shape of x.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw.</param>
    /// <param name="output_size">
    /// The last size of the result, or all sizes; by default (L - 1) stride - 2 padding + kernel_size. Pooling must be able to have had it.
    /// </param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The indices are not int64.</exception>
    /// <exception cref="NativeOpException">A place lies outside the result.</exception>
    public static Tensor max_unpool1d(
        Tensor x, Tensor indices, long kernel_size, long? stride = null, long padding = 0, Shape? output_size = null) =>
        Unpooled("max_unpool1d", x, indices, [new(kernel_size, stride ?? kernel_size, padding, 1)], output_size);

    /// <summary>
    /// Elements in the places they were taken from by <see cref="max_pool2d_with_indices"/>, and 0 elsewhere. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html.
    /// </summary>
    /// <param name="x">[N, C, H, W] or [C, H, W].</param>
    /// <param name="indices">int64 numbers of places in the row-major order of their image, in the shape of x.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw.</param>
    /// <param name="output_size">
    /// Height and width of the result, or all sizes; by default (size - 1) stride - 2 padding + kernel_size. Pooling must
    /// be able to have had them.
    /// </param>
    /// <inheritdoc cref="max_unpool1d" path="/exception"/>
    public static Tensor max_unpool2d(
        Tensor x, Tensor indices, Size2d kernel_size, Size2d? stride = null, Size2d padding = default, Shape? output_size = null) =>
        Unpooled("max_unpool2d", x, indices, WindowsOf(kernel_size.ToArray(), stride?.ToArray(), padding.ToArray()), output_size);

    /// <summary>
    /// Elements in the places they were taken from by <see cref="max_pool3d_with_indices"/>, and 0 elsewhere. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html.
    /// </summary>
    /// <param name="x">[N, C, D, H, W] or [C, D, H, W].</param>
    /// <param name="indices">int64 numbers of places in the row-major order of their volume, in the shape of x.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw.</param>
    /// <param name="output_size">
    /// Depth, height and width of the result, or all sizes; by default (size - 1) stride - 2 padding + kernel_size. Pooling must
    /// be able to have had them.
    /// </param>
    /// <inheritdoc cref="max_unpool1d" path="/exception"/>
    public static Tensor max_unpool3d(
        Tensor x, Tensor indices, Size3d kernel_size, Size3d? stride = null, Size3d padding = default, Shape? output_size = null) =>
        Unpooled("max_unpool3d", x, indices, WindowsOf(kernel_size.ToArray(), stride?.ToArray(), padding.ToArray()), output_size);
}

/// <summary>Windows and sizes of unpooling.</summary>
file static class UnpooledSizes
{
    public static Window[] WindowsOf(long[] kernel, long[]? stride, long[] padding) =>
        [.. kernel.Select((size, dim) => new Window(size, stride?[dim] ?? size, padding[dim], 1))];

    public static Tensor Unpooled(string op, Tensor x, Tensor indices, Window[] windows, Shape? outputSize)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        var dims = windows.Length;
        if ((x.ndim != dims + 1 && x.ndim != dims + 2) || indices.shape != x.shape)
        {
            var spatial = new[] { "L", "H, W", "D, H, W" }[dims - 1];
            throw new ShapeException(
                $"{op}: x {x.Type} must be [N, C, {spatial}] or [C, {spatial}], and indices {indices.Type} must have the same shape.");
        }

        var sizes = Enumerable.Range(0, dims).Select(dim => UnpooledSize(op, windows[dim], x.shape[^(dims - dim)])).ToArray();
        if (outputSize is { } wanted)
        {
            RequireUnpooledSize(op, x, windows, sizes, wanted);
            sizes = wanted.ToArray()[^dims..];
        }

        var outer = Shape.Create(x.shape.AsSpan()[..^dims]);
        var area = sizes.Aggregate((Int128)1, (product, size) => product * size);
        var flat = scatter(
            zeros([.. outer, SpatialSizes.SizeThatFits(op, area)], x.dtype, x.device), -1, flatten(indices, -dims), flatten(x, -dims));
        return reshape(flat, [.. outer, .. sizes]);
    }

    private static long UnpooledSize(string op, Window window, long size)
    {
        window.CheckPooling(op);
        var result = ((size - (Int128)1) * window.Stride) - (2 * window.Padding) + window.Kernel;
        return result > 0
            ? SpatialSizes.SizeThatFits(op, result)
            : throw new ShapeException($"{op}: a size of {size} with kernel_size {window.Kernel}, stride {window.Stride} and padding "
                + $"{window.Padding} makes {result}, which is empty.");
    }

    private static void RequireUnpooledSize(string op, Tensor x, Window[] windows, long[] sizes, Shape wanted)
    {
        var isWhole = wanted.Rank == x.ndim;
        if (wanted.Rank != sizes.Length && !(isWhole && wanted.AsSpan()[..^sizes.Length].SequenceEqual(x.shape.AsSpan()[..^sizes.Length])))
        {
            throw new ShapeException(
                $"{op}: output_size {wanted} must hold the last {sizes.Length} sizes of the result of x {x.Type}, or all.");
        }

        for (var dim = 0; dim < sizes.Length; dim++)
        {
            var (given, usual, stride) = (wanted[wanted.Rank - sizes.Length + dim], sizes[dim], windows[dim].Stride);
            if (given < 1 || given <= usual - stride || given >= usual + stride)
            {
                throw new ShapeException($"{op}: output_size {wanted} asks for {given} where pooling took from more than {usual - stride} "
                    + $"and less than {usual + stride}.");
            }
        }
    }
}
