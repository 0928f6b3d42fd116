using Brachy.Extending;
using TorchSharp;
using static Brachy.MaxPooling;

namespace Brachy;

// The largest element of each window.
public static partial class F
{
    /// <summary>
    /// The largest element of each window that moves over height and width. Dtype: as x. NaN counts as largest; of equal
    /// elements the first gets the gradient. Source: pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
    /// </summary>
    /// <param name="x">[N, C, H, W] or [C, H, W], of any type but bool.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="ceil_mode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <returns>As x, with (size + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1 for height and width.</returns>
    /// <exception cref="ArgumentException">A number is out of range, such as a padding of more than half of the kernel.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor max_pool2d(
        Tensor x, Size2d kernel_size, Size2d? stride = null, Size2d padding = default, Size2d? dilation = null, bool ceil_mode = false) =>
        max_pool2d_with_indices(x, kernel_size, stride, padding, dilation, ceil_mode).values;

    /// <summary>The largest element of each window and where it is: its number in the row-major order of its image.</summary>
    /// <returns>The elements, and their int64 numbers.</returns>
    /// <inheritdoc cref="max_pool2d"/>
    public static (Tensor values, Tensor indices) max_pool2d_with_indices(
        Tensor x, Size2d kernel_size, Size2d? stride = null, Size2d padding = default, Size2d? dilation = null, bool ceil_mode = false)
    {
        var images = ImageLayout.AsImages("max_pool2d", x, 2);
        var results = MaxPool2d.BindAll(MaxWindows(kernel_size, stride ?? kernel_size, padding, dilation ?? 1, ceil_mode), images);
        return (ImageLayout.FromImages(results[0], x, 2), ImageLayout.FromImages(results[1], x, 2));
    }

    /// <summary>
    /// The largest element of each window that moves over the last dim. Dtype: as x. NaN counts as largest; of equal
    /// elements the first gets the gradient. Source: pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html.
    /// </summary>
    /// <param name="x">[N, C, L] or [C, L], of any type but bool.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next.</param>
    /// <param name="ceil_mode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <returns>As x, with (L + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1 as the last size.</returns>
    /// <exception cref="ArgumentException">A number is out of range, such as a padding of more than half of the kernel.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor max_pool1d(
        Tensor x, long kernel_size, long? stride = null, long padding = 0, long dilation = 1, bool ceil_mode = false) =>
        max_pool1d_with_indices(x, kernel_size, stride, padding, dilation, ceil_mode).values;

    /// <summary>The largest element of each window and where it is along the last dim.</summary>
    /// <returns>The elements, and their int64 positions.</returns>
    /// <inheritdoc cref="max_pool1d"/>
    public static (Tensor values, Tensor indices) max_pool1d_with_indices(
        Tensor x, long kernel_size, long? stride = null, long padding = 0, long dilation = 1, bool ceil_mode = false)
    {
        var images = ImageLayout.AsImages("max_pool1d", x, 1);
        var window = new Window(kernel_size, stride ?? kernel_size, padding, dilation);
        window.CountPooled("max_pool1d", "length", x.shape[^1], ceil_mode);
        var results = MaxPool2d.BindAll(MaxWindows((1, window.Kernel), (1, window.Stride), (0, padding), (1, dilation), ceil_mode), images);
        return (ImageLayout.FromImages(results[0], x, 1), ImageLayout.FromImages(results[1], x, 1));
    }

    internal static readonly Primitive<MaxPoolSettings> MaxPool2d = new("max_pool2d")
    {
        Abstract = x =>
        {
            if (x[0].DType == DType.Bool)
            {
                throw new DTypeException($"{x.Primitive.Name}: x must hold numbers, but is {x[0]}; cast it with x.to(DType.UInt8).");
            }

            var values = x[0].WithShape(PooledShapes.PooledShape(x, x.Settings, 0));
            return [values, values.WithDType(DType.Int64)];
        },
        Eager = x =>
        {
            var (values, indices) = torch.nn.functional.max_pool2d_with_indices(
                x[0], x.Settings.KernelSize.Sizes, x.Settings.Stride.Sizes, x.Settings.Padding.Sizes, x.Settings.Dilation.Sizes,
                x.Settings.CeilMode);
            return [values, indices];
        },
        Script = x => $"torch.max_pool2d_with_indices({x[0]}, {x.Settings.ToScript()})",
        Batching = Batching.Folded,
        Vjp = Vjp.Multi((g, y, x) => [g[0] is { } outer ? PoolingGradients.max_pool2d_backward(outer, y[1], x[0]) : null]),
    };

    // Operands: gradient of the elements, their numbers, what they were chosen from (for its shape). Serves adaptive pooling too:
    // the numbers say all.
    internal static readonly Primitive<NoSettings> MaxPool2dBackward = new("max_pool2d_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "the gradient");
            Shapes.RequireSameDType(x, 0, 2);
            IndexOperands.RequireIndex(x, 1, "indices");
            ImageLayout.RequireImages(x, 0, "the gradient");
            ImageLayout.RequireImages(x, 2, "x");
            return x[0].Shape == x[1].Shape && x[0].Shape.AsSpan()[..2].SequenceEqual(x[2].Shape.AsSpan()[..2])
                ? new TensorType(x[2].Shape, x[2].DType, x.Device)
                : throw new ShapeException(
                    $"{x.Primitive.Name}: the gradient {x[0]} must have the shape of the indices {x[1]}, and N and C of x {x[2]}.");
        },
        Eager = x =>
        {
            var sizes = x.Types[2].Shape.Sizes;
            var zeros = x.Temporary(torch.zeros([sizes[0], sizes[1], sizes[2] * sizes[3]], dtype: x[0].dtype, device: x[0].device));
            var sums = x.Temporary(zeros.scatter_add(2, x.Temporary(x[1].flatten(2)), x.Temporary(x[0].flatten(2))));
            return sums.reshape(sizes);
        },
        Script = x => $"torch.adaptive_max_pool2d_backward({x[0]}, {x[2]}, {x[1]})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule((g, y, x) => [reshape(gather(flatten(g, 2), 2, flatten(x[1], 2)), x[1].shape), null, null]),
        Jvp = Jvp.Linear(0),
    };
}

/// <summary>Settings of max pooling.</summary>
file static class MaxPooling
{
    public static MaxPoolSettings MaxWindows(Size2d kernel, Size2d stride, Size2d padding, Size2d dilation, bool ceilMode) =>
        new(SpatialSizes.Pair(kernel), SpatialSizes.Pair(stride), SpatialSizes.Pair(padding), SpatialSizes.Pair(dilation), ceilMode);
}
