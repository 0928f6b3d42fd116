using Brachy.Extending;
using TorchSharp;
using static Brachy.F;
using static Brachy.UnfoldingRules;

namespace Brachy;

/// <summary>The windows that blocks of images are seen through.</summary>
internal record UnfoldSettings(Shape KernelSize, Shape Dilation, Shape Padding, Shape Stride) : WindowSettings(KernelSize, Stride, Padding)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("kernel_size", KernelSize), ("dilation", Dilation), ("padding", Padding), ("stride", Stride)];

    /// <inheritdoc/>
    public sealed override Shape? Spread => Dilation;

    /// <summary>The windows in the order of libtorch's operators, as TorchScript.</summary>
    public string ToScript() => $"{Script.Ints(KernelSize)}, {Script.Ints(Dilation)}, {Script.Ints(Padding)}, {Script.Ints(Stride)}";
}

/// <summary>The windows that blocks of images were seen through, and the sizes of the images.</summary>
internal sealed record FoldSettings : UnfoldSettings
{
    public FoldSettings(UnfoldSettings windows, Shape outputSize)
        : base(windows) => OutputSize = outputSize;

    /// <summary>Height and width.</summary>
    public Shape OutputSize { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [.. base.Entries, ("output_size", OutputSize)];
}

// Blocks of images as columns, and back.
public static partial class F
{
    /// <summary>
    /// The blocks that a window sees, as columns: what turns a convolution into a matrix product. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.Unfold.html.
    /// </summary>
    /// <param name="x">[N, C, H, W] or [C, H, W], floating-point or bool.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="padding">A border of zeros.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <returns>[N, C · kernel elements, windows] or the same without N.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ShapeException">x has other dims, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is neither floating-point nor bool.</exception>
    public static Tensor unfold(Tensor x, Size2d kernel_size, Size2d? dilation = null, Size2d padding = default, Size2d? stride = null)
    {
        var y = Unfold.Bind(BlockWindows(kernel_size, dilation, padding, stride), ImageLayout.AsImages("unfold", x, 2));
        return x.ndim == 4 ? y : squeeze(y, 0);
    }

    internal static readonly Primitive<UnfoldSettings> Unfold = new("unfold")
    {
        Abstract = x =>
        {
            RequireFloatOrBool(x);
            ImageLayout.RequireImages(x, 0, "x");
            var (columns, windows) = UnfoldedSizes(x, x.Settings, x[0].Shape[1], x[0].Shape[2], x[0].Shape[3]);
            return x[0].WithShape([x[0].Shape[0], columns, windows]);
        },
        Eager = x => torch.nn.functional.unfold(
            x[0], Pair(x.Settings.KernelSize), Pair(x.Settings.Dilation), Pair(x.Settings.Padding), Pair(x.Settings.Stride)),
        Script = x => $"torch.im2col({x[0]}, {x.Settings.ToScript()})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<UnfoldSettings>((g, y, x) => [fold_back(g, x[0].shape, x.Settings)]),
        Jvp = Jvp.Linear(),
        IsDense = x => true,
    };

    /// <summary>
    /// Adds the columns of <see cref="unfold"/> back into the places they came from. Dtype: as x.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.Fold.html.
    /// </summary>
    /// <param name="x">[N, C · kernel elements, windows] or the same without N, floating-point or bool.</param>
    /// <param name="output_size">Height and width of the images.</param>
    /// <param name="kernel_size">The size of the window.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="padding">The border that the windows saw, which is cut off.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <returns>[N, C, H, W] or [C, H, W].</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    /// <exception cref="ShapeException">x does not have the shape that unfold gives, or the window does not fit.</exception>
    /// <exception cref="DTypeException">x is neither floating-point nor bool.</exception>
    public static Tensor fold(
        Tensor x, Size2d output_size, Size2d kernel_size, Size2d? dilation = null, Size2d padding = default, Size2d? stride = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var settings = new FoldSettings(BlockWindows(kernel_size, dilation, padding, stride), SpatialSizes.Pair(output_size));
        return x.ndim == 2 ? squeeze(Fold.Bind(settings, unsqueeze(x, 0)), 0) : Fold.Bind(settings, x);
    }

    internal static readonly Primitive<FoldSettings> Fold = new("fold")
    {
        Abstract = x =>
        {
            RequireFloatOrBool(x);
            SpatialSizes.RequireOutputSize(x.Primitive.Name, x.Settings.OutputSize.Sizes);
            var (height, width) = Pair(x.Settings.OutputSize);
            var (block, windows) = UnfoldedSizes(x, x.Settings, 1, height, width);
            var sizes = x[0].Shape;
            return sizes.Rank == 3 && sizes[1] > 0 && sizes[1] % block == 0 && sizes[2] == windows
                ? x[0].WithShape([sizes[0], sizes[1] / block, height, width])
                : throw new ShapeException($"{x.Primitive.Name}: x is {x[0]}, but must be [N, C · {block}, {windows}] for {windows} "
                    + $"windows of {block} elements in images of ({height}, {width}).");
        },
        Eager = x => torch.nn.functional.fold(
            x[0], Pair(x.Settings.OutputSize), Pair(x.Settings.KernelSize), Pair(x.Settings.Dilation), Pair(x.Settings.Padding),
            Pair(x.Settings.Stride)),
        Script = x => $"torch.col2im({x[0]}, {Script.Ints(x.Settings.OutputSize)}, {x.Settings.ToScript()})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<FoldSettings>((g, y, x) => [Unfold.Bind(x.Settings, g)]),
        Jvp = Jvp.Linear(),
        IsDense = x => true,
    };
}

/// <summary>The rules of unfolding and folding.</summary>
file static class UnfoldingRules
{
    public static Tensor fold_back(Tensor g, Shape images, UnfoldSettings windows) =>
        Fold.Bind(new FoldSettings(windows, Shape.Create(images.AsSpan()[2..])), g);

    public static UnfoldSettings BlockWindows(Size2d kernel, Size2d? dilation, Size2d padding, Size2d? stride) =>
        new(SpatialSizes.Pair(kernel), SpatialSizes.Pair(dilation ?? 1), SpatialSizes.Pair(padding), SpatialSizes.Pair(stride ?? 1));

    public static void RequireFloatOrBool(AbstractArgs x)
    {
        if (!x[0].DType.IsFloatingPoint() && x[0].DType != DType.Bool)
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: x must have a floating-point type or bool, but is {x[0]}; cast it with x.to(DType.Float32).");
        }
    }

    /// <summary>The elements of a block of all channels, and the number of windows.</summary>
    public static (long Elements, long Windows) UnfoldedSizes(
        AbstractArgs x, UnfoldSettings settings, long channels, long height, long width)
    {
        var (kernelHeight, kernelWidth) = Pair(settings.KernelSize);
        Int128 rows = Window.Of(settings, 0).CountUnfolded(x.Primitive.Name, "height", height);
        Int128 columns = Window.Of(settings, 1).CountUnfolded(x.Primitive.Name, "width", width);
        return (
            SpatialSizes.SizeThatFits(x.Primitive.Name, (Int128)channels * kernelHeight * kernelWidth),
            SpatialSizes.SizeThatFits(x.Primitive.Name, rows * columns));
    }

    public static (long Height, long Width) Pair(Shape numbers) => (numbers[0], numbers[1]);
}
