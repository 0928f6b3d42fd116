using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.GridRules;

namespace Brachy;

/// <summary>How values are read between and outside of pixels.</summary>
internal sealed record GridSampleSettings(string Mode, string PaddingMode, bool AlignCorners) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("mode", Mode), ("padding_mode", PaddingMode), ("align_corners", AlignCorners)];
}

// Images and volumes read at points between their elements.
public static partial class F
{
    /// <summary>
    /// The values of images or volumes at given points, between which it interpolates. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html.
    /// </summary>
    /// <param name="input">[N, C, H, W] or [N, C, D, H, W], float32 or float64.</param>
    /// <param name="grid">
    /// The points, [N, h, w, 2] or [N, d, h, w, 3] in the type of the input: for each the position along the width first, then along the
    /// height, then along the depth, from -1 to 1 within the input.
    /// </param>
    /// <param name="mode"><c>"bilinear"</c> (linear in all dims), <c>"nearest"</c>, or for images <c>"bicubic"</c>.</param>
    /// <param name="padding_mode">
    /// What lies outside: <c>"zeros"</c>, <c>"border"</c> (the element at the edge), or <c>"reflection"</c> at the edge.
    /// </param>
    /// <param name="align_corners">Whether -1 and 1 mean the centres of the corner elements, instead of their outer edges.</param>
    /// <returns>[N, C, h, w] or [N, C, d, h, w].</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or a dim other than the first is empty.</exception>
    /// <exception cref="DTypeException">The element types differ, or are neither float32 nor float64.</exception>
    /// <exception cref="ArgumentException">There is no such mode, or it does not go with the dims.</exception>
    public static Tensor grid_sample(
        Tensor input, Tensor grid, string mode = "bilinear", string padding_mode = "zeros", bool align_corners = false)
    {
        ArgumentNullException.ThrowIfNull(mode);
        ArgumentNullException.ThrowIfNull(padding_mode);
        return GridSample.Bind(new GridSampleSettings(mode, padding_mode, align_corners), input, grid);
    }

    internal static readonly Primitive<GridSampleSettings> GridSample = new("grid_sample")
    {
        Abstract = x => RequireGrid(x, 0, 1),
        Eager = x => GridSampleKernels[x.Types[0].Rank - 4].Invoke([x[0], x[1]], GridNumbers(x)),
        Script = x => $"torch.grid_sampler_{x.Types[0].Rank - 2}d({x[0]}, {x[1]}, {GridArguments(x)})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<GridSampleSettings>((g, y, x) =>
        {
            var results = grid_sample_backward(g, x);
            return [x.If(0, () => results[0]), x.If(1, () => results[1])];
        }),
        Jvp = Jvp.Linear(0),
    };

    // Operands: gradient of the values, input, grid. Results: the gradients by the input and by the grid.
    internal static readonly Primitive<GridSampleSettings> GridSampleBackward = new("grid_sample_backward")
    {
        Abstract = x =>
        {
            var type = RequireGrid(x, 1, 2);
            Shapes.RequireSameDType(x, 0, 1);
            return x[0].Shape == type.Shape
                ? [type.WithShape(x[1].Shape), type.WithShape(x[2].Shape)]
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have the shape of the result, {type.Shape}.");
        },
        Eager = x => GridSampleBackwardKernels[x.Types[1].Rank - 4].Invoke([x[0], x[1], x[2]], GridNumbers(x)),
        Script = x => $"torch.grid_sampler_{x.Types[1].Rank - 2}d_backward({x[0]}, {x[1]}, {x[2]}, {GridArguments(x)}, [True, True])",

        // libtorch has no kernel for the gradient of this: it is that of the same function in single steps.
        Batching = Batching.Folded,
        Vjp = Vjp.Decompose<GridSampleSettings>(x =>
        {
            var (_, gradients) = Pullback.Differentiate(
                [x[1], x[2]], a => GridSamplingSteps.GridSampleInSteps(x, a[0], a[1]), y => ([y], [x[0]]));
            return [gradients[0] ?? zeros_like(x[1]), gradients[1] ?? zeros_like(x[2])];
        }),
        Jvp = Jvp.Linear(0),
    };

    /// <summary>
    /// Points of a regular grid, moved by an affine map: what <see cref="grid_sample"/> takes to turn, scale and shift images.
    /// </summary>
    /// <remarks>Source: pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html.</remarks>
    /// <param name="theta">The maps, [N, 2, 3] for images or [N, 3, 4] for volumes, of a floating-point type.</param>
    /// <param name="size">The shape of the result of grid_sample: [N, C, H, W] or [N, C, D, H, W].</param>
    /// <param name="align_corners">Whether -1 and 1 mean the centres of the corner elements, instead of their outer edges.</param>
    /// <returns>[N, H, W, 2] or [N, D, H, W, 3].</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or a size is not positive.</exception>
    /// <exception cref="DTypeException">theta is not floating-point.</exception>
    public static Tensor affine_grid(Tensor theta, Shape size, bool align_corners = false)
    {
        const string Op = "affine_grid";
        OperandChecks.RequireReal(Op, theta, nameof(theta));
        var dims = size.Rank - 2;
        if (dims is not (2 or 3) || size.Any(n => n < 1) || theta.shape != Shape.Create([size[0], dims, dims + 1]))
        {
            throw new ShapeException(
                $"{Op}: theta {theta.Type} and size {size} must be [N, 2, 3] and [N, C, H, W], or [N, 3, 4] and [N, C, D, H, W], with "
                + "positive sizes.");
        }

        var spatial = Shape.Create(size.AsSpan()[2..]);
        var points = new Tensor[dims + 1];
        for (var dim = 0; dim < dims; dim++)
        {
            var (n, sizes) = (spatial[dim], Enumerable.Repeat(1L, dims).ToArray());
            sizes[dim] = n;
            var along = n == 1 ? zeros([1], theta.dtype, theta.device) : linspace(-1, 1, n, theta.dtype, theta.device);
            points[dims - 1 - dim] = expand(reshape(align_corners ? along : along * ((n - 1) / (double)n), sizes), spatial);
        }

        points[dims] = ones(spatial, theta.dtype, theta.device);
        var flat = reshape(stack(points, -1), 1, spatial.NumElements, dims + 1);
        return reshape(matmul(flat, transpose(theta, 1, 2)), [size[0], .. spatial, dims]);
    }
}

/// <summary>The rules of grid sampling.</summary>
file static class GridRules
{
    private static readonly string[] s_gridModes = ["bilinear", "nearest", "bicubic"];

    private static readonly string[] s_gridPaddings = ["zeros", "border", "reflection"];

    // TorchSharp's function takes no bicubic mode and has no gradient.
    public static readonly ScriptFunction[] GridSampleKernels =
    [
        .. new[] { 2, 3 }.Select(dims => new ScriptFunction(
            $"""
            def main(x, grid, mode: int, padding: int, align: int):
                return (torch.grid_sampler_{dims}d(x, grid, mode, padding, align != 0),)

            """,
            results: 1)),
    ];

    public static readonly ScriptFunction[] GridSampleBackwardKernels =
    [
        .. new[] { 2, 3 }.Select(dims => new ScriptFunction(
            $"""
            def main(g, x, grid, mode: int, padding: int, align: int):
                return torch.grid_sampler_{dims}d_backward(g, x, grid, mode, padding, align != 0, [True, True])

            """,
            results: 2)),
    ];

    public static Tensor[] grid_sample_backward(Tensor g, VjpArgs<GridSampleSettings> x) =>
        GridSampleBackward.BindAll(x.Settings, g, x[0], x[1]);

    public static long[] GridNumbers(IRuleArgs<GridSampleSettings> x) =>
    [
        Array.IndexOf(s_gridModes, x.Settings.Mode), Array.IndexOf(s_gridPaddings, x.Settings.PaddingMode),
        x.Settings.AlignCorners ? 1 : 0,
    ];

    public static string GridArguments(IRuleArgs<GridSampleSettings> x) =>
        $"{GridNumbers(x)[0]}, {GridNumbers(x)[1]}, {Script.Flag(x.Settings.AlignCorners)}";

    /// <summary>The type of the values; throws what the user sees.</summary>
    public static TensorType RequireGrid(AbstractArgs<GridSampleSettings> x, int input, int grid)
    {
        const string Op = "grid_sample";
        var (mode, padding) = (x.Settings.Mode, x.Settings.PaddingMode);
        if (!s_gridModes.Contains(mode))
        {
            throw new ArgumentException($"{Op}: there is no mode \"{mode}\"; use \"bilinear\", \"nearest\" or \"bicubic\".", nameof(mode));
        }

        if (!s_gridPaddings.Contains(padding))
        {
            throw new ArgumentException(
                $"{Op}: there is no padding_mode \"{padding}\"; use \"zeros\", \"border\" or \"reflection\".", nameof(padding));
        }

        if (x[input].DType is not (DType.Float32 or DType.Float64) || x[grid].DType != x[input].DType)
        {
            throw new DTypeException(
                $"{Op}: input {x[input]} and grid {x[grid]} must both be float32 or both float64; cast one with x.to(dtype).");
        }

        var (from, at) = (x[input].Shape, x[grid].Shape);
        if (from.Rank is not (4 or 5) || at.Rank != from.Rank || at[^1] != from.Rank - 2 || at[0] != from[0])
        {
            throw new ShapeException(
                $"{Op}: input {x[input]} and grid {x[grid]} must be [N, C, H, W] and [N, h, w, 2], or [N, C, D, H, W] and [N, d, h, w, "
                + "3].");
        }

        if (from.AsSpan()[1..].Contains(0) || at.AsSpan()[1..].Contains(0))
        {
            throw new ShapeException(
                $"{Op}: input {x[input]} and grid {x[grid]} must not be empty; only the batch (dim 0) may have size 0.");
        }

        return mode != "bicubic" || from.Rank == 4
            ? new TensorType([from[0], from[1], .. at.AsSpan()[1..^1]], x[input].DType, x.Device)
            : throw new ArgumentException(
                $"{Op}: mode \"bicubic\" is for images, [N, C, H, W], but input is {x[input]}; use \"bilinear\".", nameof(mode));
    }
}
