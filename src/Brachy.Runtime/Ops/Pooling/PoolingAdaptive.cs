using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.AdaptivePooling;
using static Brachy.F;

namespace Brachy;

// Pooling to a size that is given, with windows that follow from it.
public static partial class F
{
    /// <summary>
    /// Means of windows that divide height and width into the sizes asked for: window i goes from ⌊i·size/n⌋ to
    /// ⌈(i+1)·size/n⌉. Dtype: as x. Source: pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html.
    /// </summary>
    /// <param name="x">[N, C, H, W] or [C, H, W], floating-point.</param>
    /// <param name="output_size">Height and width of the result; 1 for the mean of each image.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    /// <exception cref="ShapeException">x has other dims.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor adaptive_avg_pool2d(Tensor x, Size2d output_size)
    {
        SpatialSizes.RequireOutputSize("adaptive_avg_pool2d", SpatialSizes.Pair(output_size));
        return AdaptiveMeans("adaptive_avg_pool2d", x, output_size, 2);
    }

    /// <summary>
    /// Means of windows that divide the last dim into the size asked for: window i goes from ⌊i·L/n⌋ to ⌈(i+1)·L/n⌉.
    /// Dtype: as x. Source: pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html.
    /// </summary>
    /// <param name="x">[N, C, L] or [C, L], floating-point.</param>
    /// <param name="output_size">The last size of the result; 1 for the mean.</param>
    /// <exception cref="ArgumentException">The size is not positive.</exception>
    /// <exception cref="ShapeException">x has other dims.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor adaptive_avg_pool1d(Tensor x, long output_size)
    {
        SpatialSizes.RequireOutputSize("adaptive_avg_pool1d", [output_size]);
        return AdaptiveMeans("adaptive_avg_pool1d", x, (1, output_size), 1);
    }

    internal static readonly Primitive<AdaptivePoolSettings> AdaptiveAvgPool2d = new("adaptive_avg_pool2d")
    {
        Abstract = x => x[0].WithShape(PooledShapes.AdaptiveShape(x)),
        Eager = x => torch.nn.functional.adaptive_avg_pool2d(x[0], x.Settings.OutputSize.Sizes),
        Script = x => $"torch._adaptive_avg_pool2d({x[0]}, {Script.Ints(x.Settings.OutputSize)})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule((g, y, x) => [adaptive_avg_pool2d_backward(g, x[0])]),
        Jvp = Jvp.Linear(),
    };

    // Operands: gradient of the means, what they were taken of (for its shape).
    internal static readonly Primitive<NoSettings> AdaptiveAvgPool2dBackward = new("adaptive_avg_pool2d_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "the gradient");
            Shapes.RequireSameDType(x, 0, 1);
            ImageLayout.RequireImages(x, 0, "the gradient");
            ImageLayout.RequireImages(x, 1, "x");
            return x[0].Shape.AsSpan()[..2].SequenceEqual(x[1].Shape.AsSpan()[..2])
                ? new TensorType(x[1].Shape, x[1].DType, x.Device)
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have N and C of x {x[1]}.");
        },
        Eager = x => AdaptiveAvgPool2dBackwardKernel.Invoke([x[0], x[1]], []),
        Script = x => $"torch._adaptive_avg_pool2d_backward({x[0]}, {x[1]})",

        // Linear in the gradient: its transpose is the pooling itself.
        Batching = Batching.Folded,
        Vjp = Vjp.Rule((g, y, x) => [AdaptiveAvgPool2d.Bind(new AdaptivePoolSettings(x[0].shape.ToArray()[2..]), g), null]),
        Jvp = Jvp.Linear(0),
    };

    /// <summary>
    /// Largest elements of windows that divide height and width into the sizes asked for: window i goes from ⌊i·size/n⌋ to
    /// ⌈(i+1)·size/n⌉. Dtype: as x. Source: pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html.
    /// </summary>
    /// <param name="x">[N, C, H, W] or [C, H, W], floating-point.</param>
    /// <param name="output_size">Height and width of the result.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    /// <exception cref="ShapeException">x has other dims.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor adaptive_max_pool2d(Tensor x, Size2d output_size) => adaptive_max_pool2d_with_indices(x, output_size).values;

    /// <summary>The largest elements and where they are: their numbers in the row-major order of their images.</summary>
    /// <returns>The elements, and their int64 numbers.</returns>
    /// <inheritdoc cref="adaptive_max_pool2d"/>
    public static (Tensor values, Tensor indices) adaptive_max_pool2d_with_indices(Tensor x, Size2d output_size)
    {
        SpatialSizes.RequireOutputSize("adaptive_max_pool2d", SpatialSizes.Pair(output_size));
        var results = AdaptiveMaxPool2d.BindAll(
            new AdaptivePoolSettings(SpatialSizes.Pair(output_size)), ImageLayout.AsImages("adaptive_max_pool2d", x, 2));
        return (ImageLayout.FromImages(results[0], x, 2), ImageLayout.FromImages(results[1], x, 2));
    }

    /// <summary>
    /// Largest elements of windows that divide the last dim into the size asked for: window i goes from ⌊i·L/n⌋ to
    /// ⌈(i+1)·L/n⌉. Dtype: as x. Source: pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html.
    /// </summary>
    /// <param name="x">[N, C, L] or [C, L], floating-point.</param>
    /// <param name="output_size">The last size of the result.</param>
    /// <exception cref="ArgumentException">The size is not positive.</exception>
    /// <exception cref="ShapeException">x has other dims.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor adaptive_max_pool1d(Tensor x, long output_size) => adaptive_max_pool1d_with_indices(x, output_size).values;

    /// <summary>The largest elements and where they are along the last dim.</summary>
    /// <returns>The elements, and their int64 positions.</returns>
    /// <inheritdoc cref="adaptive_max_pool1d"/>
    public static (Tensor values, Tensor indices) adaptive_max_pool1d_with_indices(Tensor x, long output_size)
    {
        SpatialSizes.RequireOutputSize("adaptive_max_pool1d", [output_size]);
        var results = AdaptiveMaxPool2d.BindAll(
            new AdaptivePoolSettings(SpatialSizes.Pair((1, output_size))), ImageLayout.AsImages("adaptive_max_pool1d", x, 1));
        return (ImageLayout.FromImages(results[0], x, 1), ImageLayout.FromImages(results[1], x, 1));
    }

    internal static readonly Primitive<AdaptivePoolSettings> AdaptiveMaxPool2d = new("adaptive_max_pool2d")
    {
        Abstract = x =>
        {
            var values = x[0].WithShape(PooledShapes.AdaptiveShape(x));
            return [values, values.WithDType(DType.Int64)];
        },
        Eager = x =>
        {
            var (values, indices) = torch.nn.functional.adaptive_max_pool2d_with_indices(x[0], x.Settings.OutputSize.Sizes);
            return [values, indices];
        },
        Script = x => $"torch.adaptive_max_pool2d({x[0]}, {Script.Ints(x.Settings.OutputSize)})",
        Batching = Batching.Folded,
        Vjp = Vjp.Multi((g, y, x) => [g[0] is { } outer ? PoolingGradients.max_pool2d_backward(outer, y[1], x[0]) : null]),
    };
}

/// <summary>Means of windows that follow from a size, and their gradient.</summary>
file static class AdaptivePooling
{
    public static Tensor AdaptiveMeans(string op, Tensor x, Size2d size, int spatialDims)
    {
        var images = ImageLayout.AsImages(op, x, spatialDims);
        if (!x.dtype.IsFloatingPoint())
        {
            throw new DTypeException($"{op}: x must have a floating-point type, but is {x.Type}; cast it with x.to(DType.Float32).");
        }

        // One window is a plain mean, which is faster.
        return size == new Size2d(1, 1)
            ? mean(x, spatialDims == 1 ? [-1] : [-2, -1], keepdim: true)
            : ImageLayout.FromImages(AdaptiveAvgPool2d.Bind(new AdaptivePoolSettings(SpatialSizes.Pair(size)), images), x, spatialDims);
    }

    public static Tensor adaptive_avg_pool2d_backward(Tensor g, Tensor x) => AdaptiveAvgPool2dBackward.Bind(g, x);

    // TorchSharp has no function for this kernel.
    public static readonly ScriptFunction AdaptiveAvgPool2dBackwardKernel = new(
        """
        def main(g, x):
            return (torch._adaptive_avg_pool2d_backward(g, x),)

        """,
        results: 1);
}
