using Brachy.Extending;
using Brachy.Native;
using static Brachy.AdaptiveVolumePooling;
using static Brachy.F;

namespace Brachy;

// Pooling of volumes to a size that is given.
public static partial class F
{
    /// <summary>
    /// Means of windows that divide depth, height and width into the sizes asked for: window i goes from ⌊i·size/n⌋ to
    /// ⌈(i+1)·size/n⌉. Dtype: as x. Source: pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html.
    /// </summary>
    /// <param name="x">[N, C, D, H, W] or [C, D, H, W], floating-point.</param>
    /// <param name="output_size">Depth, height and width of the result; 1 for the mean of each volume.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    /// <exception cref="ShapeException">x has other dims.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor adaptive_avg_pool3d(Tensor x, Size3d output_size)
    {
        SpatialSizes.RequireOutputSize("adaptive_avg_pool3d", output_size.ToArray());
        var volumes = ImageLayout.AsImages("adaptive_avg_pool3d", x, 3);
        return ImageLayout.FromImages(AdaptiveAvgPool3d.Bind(new AdaptivePoolSettings(output_size.ToArray()), volumes), x, 3);
    }

    internal static readonly Primitive<AdaptivePoolSettings> AdaptiveAvgPool3d = new("adaptive_avg_pool3d")
    {
        Abstract = x => x[0].WithShape(PooledShapes.AdaptiveShape(x)),
        Eager = x => AdaptiveAvgPool3dKernel.Invoke([x[0]], x.Settings.OutputSize.Sizes),
        Script = x => $"torch._adaptive_avg_pool3d({x[0]}, {Script.Ints(x.Settings.OutputSize)})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule((g, y, x) => [adaptive_avg_pool3d_backward(g, x[0])]),
        Jvp = Jvp.Linear(),
    };

    // Operands: gradient of the means, what they were taken of (for its shape).
    internal static readonly Primitive<NoSettings> AdaptiveAvgPool3dBackward = new("adaptive_avg_pool3d_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "the gradient");
            Shapes.RequireSameDType(x, 0, 1);
            ImageLayout.RequireImages(x, 0, "the gradient", 3);
            ImageLayout.RequireImages(x, 1, "x", 3);
            return x[0].Shape.AsSpan()[..2].SequenceEqual(x[1].Shape.AsSpan()[..2])
                ? new TensorType(x[1].Shape, x[1].DType, x.Device)
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have N and C of x {x[1]}.");
        },
        Eager = x => AdaptiveAvgPool3dBackwardKernel.Invoke([x[0], x[1]], []),
        Script = x => $"torch._adaptive_avg_pool3d_backward({x[0]}, {x[1]})",

        // Linear in the gradient: its transpose is the pooling itself.
        Batching = Batching.Folded,
        Vjp = Vjp.Rule((g, y, x) => [AdaptiveAvgPool3d.Bind(new AdaptivePoolSettings(x[0].shape.ToArray()[2..]), g), null]),
        Jvp = Jvp.Linear(0),
    };

    /// <summary>
    /// Largest elements of windows that divide depth, height and width into the sizes asked for: window i goes from ⌊i·size/n⌋ to
    /// ⌈(i+1)·size/n⌉. Dtype: as x. Source: pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html.
    /// </summary>
    /// <param name="x">[N, C, D, H, W] or [C, D, H, W], floating-point.</param>
    /// <param name="output_size">Depth, height and width of the result.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    /// <exception cref="ShapeException">x has other dims.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor adaptive_max_pool3d(Tensor x, Size3d output_size) => adaptive_max_pool3d_with_indices(x, output_size).values;

    /// <summary>The largest elements and where they are: their numbers in the row-major order of their volumes.</summary>
    /// <returns>The elements, and their int64 numbers.</returns>
    /// <inheritdoc cref="adaptive_max_pool3d"/>
    public static (Tensor values, Tensor indices) adaptive_max_pool3d_with_indices(Tensor x, Size3d output_size)
    {
        SpatialSizes.RequireOutputSize("adaptive_max_pool3d", output_size.ToArray());
        var results = AdaptiveMaxPool3d.BindAll(
            new AdaptivePoolSettings(output_size.ToArray()), ImageLayout.AsImages("adaptive_max_pool3d", x, 3));
        return (ImageLayout.FromImages(results[0], x, 3), ImageLayout.FromImages(results[1], x, 3));
    }

    internal static readonly Primitive<AdaptivePoolSettings> AdaptiveMaxPool3d = new("adaptive_max_pool3d")
    {
        Abstract = x =>
        {
            var values = x[0].WithShape(PooledShapes.AdaptiveShape(x));
            return [values, values.WithDType(DType.Int64)];
        },
        Eager = x => AdaptiveMaxPool3dKernel.Invoke([x[0]], x.Settings.OutputSize.Sizes),
        Script = x => $"torch.adaptive_max_pool3d({x[0]}, {Script.Ints(x.Settings.OutputSize)})",
        Batching = Batching.Folded,
        Vjp = Vjp.Multi((g, y, x) => [g[0] is { } outer ? PoolingGradients.put_back(outer, y[1], x[0].shape) : null]),
    };
}

/// <summary>Kernels that TorchSharp has no function for, or a wrong one.</summary>
file static class AdaptiveVolumePooling
{
    public static readonly ScriptFunction AdaptiveAvgPool3dKernel = new(
        """
        def main(x, d: int, h: int, w: int):
            return (torch._adaptive_avg_pool3d(x, [d, h, w]),)

        """,
        results: 1);

    public static readonly ScriptFunction AdaptiveAvgPool3dBackwardKernel = new(
        """
        def main(g, x):
            return (torch._adaptive_avg_pool3d_backward(g, x),)

        """,
        results: 1);

    public static readonly ScriptFunction AdaptiveMaxPool3dKernel = new(
        """
        def main(x, d: int, h: int, w: int):
            return torch.adaptive_max_pool3d(x, [d, h, w])

        """,
        results: 2);

    public static Tensor adaptive_avg_pool3d_backward(Tensor g, Tensor x) => AdaptiveAvgPool3dBackward.Bind(g, x);
}
