using Brachy.Extending;

namespace Brachy;

/// <summary>How a window moves along one dim, as in pooling and unfolding.</summary>
/// <param name="Kernel">The number of elements it sees.</param>
/// <param name="Stride">From one position to the next.</param>
/// <param name="Padding">Elements before and after those of the dim.</param>
/// <param name="Dilation">From one element it sees to the next.</param>
internal readonly record struct Window(long Kernel, long Stride, long Padding, long Dilation)
{
    /// <summary>From the first element it sees to the last, both included.</summary>
    private long Reach => (Dilation * (Kernel - 1)) + 1;

    /// <summary>The window along one of the dims, from settings of a primitive.</summary>
    public static Window Of(WindowSettings settings, int i) =>
        new(settings.KernelSize[i], settings.Stride[i], settings.Padding[i], settings.Spread is { } dilation ? dilation[i] : 1);

    /// <summary>Throws unless the numbers are those of a window.</summary>
    /// <exception cref="ArgumentException">A number is too small or too large.</exception>
    public void Check(string op)
    {
        Require(op, "kernel_size", Kernel, 1);
        Require(op, "stride", Stride, 1);
        Require(op, "padding", Padding, 0);
        Require(op, "dilation", Dilation, 1);

        // libtorch's kernels count in 32 bits.
        if (Reach > int.MaxValue)
        {
            throw new ArgumentException(
                $"{op}: kernel_size {Kernel} with dilation {Dilation} reaches over {Reach} elements; the most is {int.MaxValue}.");
        }
    }

    /// <summary>Throws unless the numbers are those of a window for pooling, which is never padded beyond its middle.</summary>
    /// <exception cref="ArgumentException">A number is too small or too large.</exception>
    public void CheckPooling(string op)
    {
        Check(op);
        if (Padding > Kernel / 2)
        {
            throw new ArgumentException($"{op}: padding {Padding} is more than half of kernel_size {Kernel}; pad x with F.pad first.");
        }
    }

    /// <summary>The number of positions in pooling.</summary>
    /// <param name="op">For messages.</param>
    /// <param name="dim">What the dim is called in messages.</param>
    /// <param name="size">The size of the dim.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the padding, as long as it starts before its end.</param>
    /// <exception cref="ArgumentException">The numbers are not those of a window, or it does not fit.</exception>
    public long CountPooled(string op, string dim, long size, bool ceilMode)
    {
        CheckPooling(op);
        var count = Count(size, ceilMode ? Stride - 1 : 0);
        if (ceilMode && (count - 1) * Stride >= size + Padding)
        {
            count--;
        }

        RequireFit(op, dim, size, count);

        // Only a dilation larger than the dim can step over it, and then few windows start in the padding.
        for (var i = 0L; Dilation > size && i < count && i * Stride < Padding; i++)
        {
            var first = (i * Stride) - Padding;
            if (first + ((-first + Dilation - 1) / Dilation * Dilation) >= size)
            {
                throw new ShapeException($"{op}: a window with dilation {Dilation} and padding {Padding} sees no element of the {dim}, "
                    + $"which is {size}; use a smaller dilation or padding.");
            }
        }

        return count;
    }

    /// <summary>The number of positions in unfolding: all that lie within the padded dim.</summary>
    /// <exception cref="ArgumentException">The numbers are not those of a window, or it does not fit.</exception>
    public long CountUnfolded(string op, string dim, long size)
    {
        Check(op);

        // libtorch's kernel counts in 32 bits.
        if (size + (2 * Padding) > int.MaxValue)
        {
            throw new ShapeException(
                $"{op}: the {dim} is {size} with padding {Padding} on both sides, more than {int.MaxValue}; use a smaller padding.");
        }

        var count = Count(size, 0);
        RequireFit(op, dim, size, count);
        return count;
    }

    private static void Require(string op, string argument, long value, long least)
    {
        if (value < least || value > int.MaxValue)
        {
            throw new ArgumentException($"{op}: {argument} is {value}, but must be from {least} to {int.MaxValue}.");
        }
    }

    private long Count(long size, long extra)
    {
        var free = size + (2 * Padding) - Reach + extra;
        return free < 0 ? 0 : (free / Stride) + 1;
    }

    private void RequireFit(string op, string dim, long size, long count)
    {
        if (count < 1)
        {
            throw new ShapeException($"{op}: kernel_size {Kernel} (dilation {Dilation}) does not fit into the {dim}, which is {size} with "
                + $"padding {Padding} on both sides; use a smaller kernel.");
        }
    }
}
