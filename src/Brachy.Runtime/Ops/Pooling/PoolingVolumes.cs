using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.VolumePooling;

namespace Brachy;

// Pooling over depth, height and width.
public static partial class F
{
    /// <summary>
    /// The largest element of each window that moves over depth, height and width. Dtype: as x. NaN counts as largest; of equal
    /// elements the first gets the gradient. Source: pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html.
    /// </summary>
    /// <param name="x">[N, C, D, H, W] or [C, D, H, W], floating-point or int64.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="ceil_mode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <returns>As x, with (size + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1 for depth, height and width.</returns>
    /// <exception cref="ArgumentException">A number is out of range, such as a padding of more than half of the kernel.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is neither floating-point nor int64.</exception>
    public static Tensor max_pool3d(
        Tensor x, Size3d kernel_size, Size3d? stride = null, Size3d padding = default, Size3d? dilation = null, bool ceil_mode = false) =>
        max_pool3d_with_indices(x, kernel_size, stride, padding, dilation, ceil_mode).values;

    /// <summary>The largest element of each window and where it is: its number in the row-major order of its volume.</summary>
    /// <returns>The elements, and their int64 numbers.</returns>
    /// <inheritdoc cref="max_pool3d"/>
    public static (Tensor values, Tensor indices) max_pool3d_with_indices(
        Tensor x, Size3d kernel_size, Size3d? stride = null, Size3d padding = default, Size3d? dilation = null, bool ceil_mode = false)
    {
        var volumes = ImageLayout.AsImages("max_pool3d", x, 3);
        var results = MaxPool3d.BindAll(
            new MaxPoolSettings(
                kernel_size.ToArray(), (stride ?? kernel_size).ToArray(), padding.ToArray(), (dilation ?? 1).ToArray(), ceil_mode),
            volumes);
        return (ImageLayout.FromImages(results[0], x, 3), ImageLayout.FromImages(results[1], x, 3));
    }

    internal static readonly Primitive<MaxPoolSettings> MaxPool3d = new("max_pool3d")
    {
        Abstract = x =>
        {
            if (!x[0].DType.IsFloatingPoint() && x[0].DType != DType.Int64)
            {
                throw new DTypeException(
                    $"{x.Primitive.Name}: x must have a floating-point type or int64, but is {x[0]}; cast it with x.to(DType.Float32).");
            }

            var values = x[0].WithShape(PooledShapes.PooledShape(x, x.Settings, 0));
            return [values, values.WithDType(DType.Int64)];
        },
        Eager = x => MaxPool3dKernel.Invoke(
            [x[0]],
            [.. x.Settings.KernelSize, .. x.Settings.Stride, .. x.Settings.Padding, .. x.Settings.Dilation, x.Settings.CeilMode ? 1 : 0]),
        Script = x => $"torch.max_pool3d_with_indices({x[0]}, {x.Settings.ToScript()})",
        Batching = Batching.Folded,
        Vjp = Vjp.Multi((g, y, x) => [g[0] is { } outer ? PoolingGradients.put_back(outer, y[1], x[0].shape) : null]),
    };

    /// <summary>
    /// The mean of each window that moves over depth, height and width. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html.
    /// </summary>
    /// <param name="x">[N, C, D, H, W] or [C, D, H, W], floating-point or int64.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border of zeros, at most half of the kernel.</param>
    /// <param name="ceil_mode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <param name="count_include_pad">Whether elements of the border count in the mean.</param>
    /// <param name="divisor_override">What to divide the sum of a window by; by default the number of its elements.</param>
    /// <returns>As x, with (size + 2 padding - kernel_size) / stride + 1 for depth, height and width.</returns>
    /// <exception cref="ArgumentException">
    /// A number is out of range, such as a padding of more than half of the kernel or a divisor of 0.
    /// </exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is neither floating-point nor int64.</exception>
    public static Tensor avg_pool3d(
        Tensor x, Size3d kernel_size, Size3d? stride = null, Size3d padding = default, bool ceil_mode = false,
        bool count_include_pad = true, long? divisor_override = null)
    {
        var volumes = ImageLayout.AsImages("avg_pool3d", x, 3);
        if (divisor_override is < -int.MaxValue or > int.MaxValue)
        {
            throw new ArgumentException(
                $"avg_pool3d: divisor_override is {divisor_override}, but must be from {-int.MaxValue} to {int.MaxValue}.",
                nameof(divisor_override));
        }

        // libtorch has no kernel for halves.
        var isHalf = x.dtype is DType.Float16 or DType.BFloat16;
        var means = AvgPool3d.Bind(
            new AvgPoolSettings(
                kernel_size.ToArray(), (stride ?? kernel_size).ToArray(), padding.ToArray(), ceil_mode, count_include_pad,
                divisor_override),
            isHalf ? volumes.to(DType.Float32) : volumes);
        return ImageLayout.FromImages(isHalf ? means.to(x.dtype) : means, x, 3);
    }

    internal static readonly Primitive<AvgPoolSettings> AvgPool3d = new("avg_pool3d")
    {
        Abstract = x =>
        {
            if (x[0].DType is not (DType.Float32 or DType.Float64 or DType.Int64))
            {
                throw new DTypeException(
                    $"{x.Primitive.Name}: x must be float32, float64 or int64, but is {x[0]}; cast it with x.to(DType.Float32).");
            }

            PooledMeans.RequireDivisor(x, x.Settings.DivisorOverride);
            var shape = PooledShapes.PooledShape(x, x.Settings, 0);

            // libtorch refuses it without counting the padding, and where ceil_mode would make room.
            var kernel = x.Settings.KernelSize;
            for (var i = 0; i < kernel.Length; i++)
            {
                if (kernel[i] > x[0].Shape[i + 2])
                {
                    throw new ShapeException($"{x.Primitive.Name}: kernel_size {kernel[i]} is larger than size {x[0].Shape[i + 2]} of x "
                        + $"{x[0]} without its padding.");
                }
            }

            return x[0].WithShape(shape);
        },
        Eager = x => AvgPool3dKernel.Invoke([x[0]], VolumeMeanNumbers(x.Settings)),
        Script = x => $"torch.avg_pool3d({x[0]}, {x.Settings.ToScript()})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<AvgPoolSettings>((g, y, x) => [avg_pool3d_backward(g, x)]),
        Jvp = Jvp.Linear(),
    };

    // Operands: gradient of the means, what they were taken of (for its shape).
    internal static readonly Primitive<AvgPoolSettings> AvgPool3dBackward = new("avg_pool3d_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireSameDType(x, 0, 1);
            if (x[0].DType is not (DType.Float32 or DType.Float64))
            {
                throw new DTypeException(
                    $"{x.Primitive.Name}: the gradient must be float32 or float64, but is {x[0]}; cast it with x.to(DType.Float32).");
            }

            PooledMeans.RequireDivisor(x, x.Settings.DivisorOverride);
            var expected = PooledShapes.PooledShape(x, x.Settings, 1);
            return x[0].Shape == expected
                ? new TensorType(x[1].Shape, x[1].DType, x.Device)
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have the shape of the result, {expected}.");
        },
        Eager = x => AvgPool3dBackwardKernel.Invoke([x[0], x[1]], VolumeMeanNumbers(x.Settings)),
        Script = x => $"torch.avg_pool3d_backward({x[0]}, {x[1]}, {x.Settings.ToScript()})",

        // Linear in the gradient: its transpose is the pooling itself.
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<AvgPoolSettings>((g, y, x) => [AvgPool3d.Bind(x.Settings, g), null]),
        Jvp = Jvp.Linear(0),
    };

    /// <summary>
    /// The p-norm of each window that moves over depth, height and width: (Σ x^p)^(1/p). Dtype: as x (integers become float32).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html.
    /// </summary>
    /// <param name="x">[N, C, D, H, W] or [C, D, H, W].</param>
    /// <param name="norm_type">p: 1 sums, and large numbers come close to the maximum.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceil_mode">
    /// Whether a last window may reach beyond x, as long as it starts inside; its mean is scaled to a full window.
    /// </param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    public static Tensor lp_pool3d(Tensor x, double norm_type, Size3d kernel_size, Size3d? stride = null, bool ceil_mode = false)
    {
        var powers = PooledMeans.Powers("lp_pool3d", x, norm_type);
        var means = avg_pool3d(powers, kernel_size, stride, ceil_mode: ceil_mode);
        return pow(means * ((double)kernel_size.Depth * kernel_size.Height * kernel_size.Width), 1 / norm_type);
    }
}

/// <summary>Kernels that TorchSharp has no function for, and their numbers.</summary>
file static class VolumePooling
{
    public static readonly ScriptFunction MaxPool3dKernel = new(
        $"""
        def main(x, {VolumeArguments("k", "s", "p", "d")}, ceil: int):
            return torch.max_pool3d_with_indices(x, {VolumeLists("k", "s", "p", "d")}, ceil != 0)

        """,
        results: 2);

    // A divisor of 0 stands for none: the abstract rule refuses it.
    public static readonly ScriptFunction AvgPool3dKernel = new(
        $"""
        def main(x, {VolumeArguments("k", "s", "p")}, ceil: int, count: int, divisor: int):
            d: Optional[int] = None
            if divisor != 0:
                d = divisor
            return (torch.avg_pool3d(x, {VolumeLists("k", "s", "p")}, ceil != 0, count != 0, d),)

        """,
        results: 1);

    public static readonly ScriptFunction AvgPool3dBackwardKernel = new(
        $"""
        def main(g, x, {VolumeArguments("k", "s", "p")}, ceil: int, count: int, divisor: int):
            d: Optional[int] = None
            if divisor != 0:
                d = divisor
            return (torch.avg_pool3d_backward(g, x, {VolumeLists("k", "s", "p")}, ceil != 0, count != 0, d),)

        """,
        results: 1);

    public static Tensor avg_pool3d_backward(Tensor g, VjpArgs<AvgPoolSettings> x) => AvgPool3dBackward.Bind(x.Settings, g, x[0]);

    public static long[] VolumeMeanNumbers(AvgPoolSettings settings) =>
    [
        .. settings.KernelSize, .. settings.Stride, .. settings.Padding,
        settings.CeilMode ? 1 : 0, settings.CountIncludePad ? 1 : 0, settings.DivisorOverride ?? 0,
    ];

    private static string VolumeArguments(params string[] names) =>
        string.Join(", ", names.Select(name => $"{name}0: int, {name}1: int, {name}2: int"));

    private static string VolumeLists(params string[] names) => string.Join(", ", names.Select(name => $"[{name}0, {name}1, {name}2]"));
}
