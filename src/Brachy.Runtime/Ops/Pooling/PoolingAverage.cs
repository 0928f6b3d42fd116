using Brachy.Extending;
using TorchSharp;
using static Brachy.AveragePooling;
using static Brachy.F;

namespace Brachy;

// The mean of each window.
public static partial class F
{
    /// <summary>
    /// The mean of each window that moves over height and width. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
    /// </summary>
    /// <param name="x">[N, C, H, W] or [C, H, W], floating-point or int64.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border of zeros, at most half of the kernel.</param>
    /// <param name="ceil_mode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <param name="count_include_pad">Whether elements of the border count in the mean.</param>
    /// <param name="divisor_override">What to divide the sum of a window by; by default the number of its elements.</param>
    /// <returns>As x, with (size + 2 padding - kernel_size) / stride + 1 for height and width.</returns>
    /// <exception cref="ArgumentException">
    /// A number is out of range, such as a padding of more than half of the kernel or a divisor of 0.
    /// </exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is neither floating-point nor int64.</exception>
    public static Tensor avg_pool2d(
        Tensor x, Size2d kernel_size, Size2d? stride = null, Size2d padding = default, bool ceil_mode = false,
        bool count_include_pad = true, long? divisor_override = null)
    {
        var images = ImageLayout.AsImages("avg_pool2d", x, 2);
        return ImageLayout.FromImages(
            AvgPool2d.Bind(
                MeanWindows(kernel_size, stride ?? kernel_size, padding, ceil_mode, count_include_pad, divisor_override), images), x, 2);
    }

    /// <summary>
    /// The mean of each window that moves over the last dim. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html.
    /// </summary>
    /// <param name="x">[N, C, L] or [C, L], floating-point or int64.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border of zeros, at most half of the kernel.</param>
    /// <param name="ceil_mode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <param name="count_include_pad">Whether elements of the border count in the mean.</param>
    /// <returns>As x, with (L + 2 padding - kernel_size) / stride + 1 as the last size.</returns>
    /// <exception cref="ArgumentException">A number is out of range, such as a padding of more than half of the kernel.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is neither floating-point nor int64.</exception>
    public static Tensor avg_pool1d(
        Tensor x, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true)
    {
        var images = ImageLayout.AsImages("avg_pool1d", x, 1);
        var window = new Window(kernel_size, stride ?? kernel_size, padding, 1);
        window.CountPooled("avg_pool1d", "length", x.shape[^1], ceil_mode);
        return ImageLayout.FromImages(
            AvgPool2d.Bind(MeanWindows((1, window.Kernel), (1, window.Stride), (0, padding), ceil_mode, count_include_pad, null), images),
            x, 1);
    }

    internal static readonly Primitive<AvgPoolSettings> AvgPool2d = new("avg_pool2d")
    {
        Abstract = x =>
        {
            if (!x[0].DType.IsFloatingPoint() && x[0].DType != DType.Int64)
            {
                throw new DTypeException(
                    $"{x.Primitive.Name}: x must have a floating-point type or int64, but is {x[0]}; cast it with x.to(DType.Float32).");
            }

            PooledMeans.RequireDivisor(x, x.Settings.DivisorOverride);
            return x[0].WithShape(PooledShapes.PooledShape(x, x.Settings, 0));
        },
        Eager = x => torch.nn.functional.avg_pool2d(
            x[0], x.Settings.KernelSize.Sizes, x.Settings.Stride.Sizes, x.Settings.Padding.Sizes, x.Settings.CeilMode,
            x.Settings.CountIncludePad, x.Settings.DivisorOverride),
        Script = x => $"torch.avg_pool2d({x[0]}, {x.Settings.ToScript()})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<AvgPoolSettings>((g, y, x) => [avg_pool2d_backward(g, x)]),
        Jvp = Jvp.Linear(),
    };

    // Operands: gradient of the means, what they were taken of (for its shape).
    internal static readonly Primitive<AvgPoolSettings> AvgPool2dBackward = new("avg_pool2d_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "the gradient");
            Shapes.RequireSameDType(x, 0, 1);
            PooledMeans.RequireDivisor(x, x.Settings.DivisorOverride);
            var expected = PooledShapes.PooledShape(x, x.Settings, 1);
            return x[0].Shape == expected
                ? new TensorType(x[1].Shape, x[1].DType, x.Device)
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have the shape of the result, {expected}.");
        },
        Eager = x => torch.nn.functional.avg_pool2d_backward(
            x[0], x[1], x.Settings.KernelSize.Sizes, x.Settings.Stride.Sizes, x.Settings.Padding.Sizes, x.Settings.CeilMode,
            x.Settings.CountIncludePad, x.Settings.DivisorOverride),
        Script = x => $"torch.avg_pool2d_backward({x[0]}, {x[1]}, {x.Settings.ToScript()})",

        // Linear in the gradient: its transpose is the pooling itself.
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<AvgPoolSettings>((g, y, x) => [AvgPool2d.Bind(x.Settings, g), null]),
        Jvp = Jvp.Linear(0),
    };

    /// <summary>
    /// The p-norm of each window that moves over height and width: (Σ x^p)^(1/p). Dtype: as x (integers become float32).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html.
    /// </summary>
    /// <param name="x">[N, C, H, W] or [C, H, W].</param>
    /// <param name="norm_type">p: 1 sums, and large numbers come close to the maximum.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceil_mode">
    /// Whether a last window may reach beyond x, as long as it starts inside; its mean is scaled to a full window.
    /// </param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    public static Tensor lp_pool2d(Tensor x, double norm_type, Size2d kernel_size, Size2d? stride = null, bool ceil_mode = false)
    {
        var powers = PooledMeans.Powers("lp_pool2d", x, norm_type);
        var means = avg_pool2d(powers, kernel_size, stride, ceil_mode: ceil_mode);
        return pow(means * ((double)kernel_size.Height * kernel_size.Width), 1 / norm_type);
    }

    /// <summary>
    /// The p-norm of each window that moves over the last dim: (Σ x^p)^(1/p). Dtype: as x (integers become float32).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html.
    /// </summary>
    /// <param name="x">[N, C, L] or [C, L].</param>
    /// <param name="norm_type">p: 1 sums, and large numbers come close to the maximum.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceil_mode">
    /// Whether a last window may reach beyond x, as long as it starts inside; its mean is scaled to a full window.
    /// </param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    public static Tensor lp_pool1d(Tensor x, double norm_type, long kernel_size, long? stride = null, bool ceil_mode = false)
    {
        var powers = PooledMeans.Powers("lp_pool1d", x, norm_type);
        var means = avg_pool1d(powers, kernel_size, stride, ceil_mode: ceil_mode);
        return pow(means * (double)kernel_size, 1 / norm_type);
    }
}

/// <summary>Settings and gradient of average pooling.</summary>
file static class AveragePooling
{
    public static AvgPoolSettings MeanWindows(
        Size2d kernel, Size2d stride, Size2d padding, bool ceilMode, bool countIncludePad, long? divisor) =>
        new(SpatialSizes.Pair(kernel), SpatialSizes.Pair(stride), SpatialSizes.Pair(padding), ceilMode, countIncludePad, divisor);

    public static Tensor avg_pool2d_backward(Tensor g, VjpArgs<AvgPoolSettings> x) => AvgPool2dBackward.Bind(x.Settings, g, x[0]);
}
