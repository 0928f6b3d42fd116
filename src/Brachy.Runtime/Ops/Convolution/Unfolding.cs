using Brachy.Extending;
using TorchSharp;

namespace Brachy;

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
        var y = Unfold.Bind(Attributes.Of(BlockWindows(kernel_size, dilation, padding, stride)), AsImages("unfold", x, 2));
        return x.ndim == 4 ? y : squeeze(y, 0);
    }

    internal static readonly Primitive<Attributes> Unfold = new("unfold")
    {
        Abstract = x =>
        {
            RequireFloatOrBool(x);
            RequireImages(x, 0, "x");
            var (columns, windows) = UnfoldedSizes(x, x[0].Shape[1], x[0].Shape[2], x[0].Shape[3]);
            return x[0].WithShape([x[0].Shape[0], columns, windows]);
        },
        Eager = x => torch.nn.functional.unfold(x[0], Pair(x, "kernel_size"), Pair(x, "dilation"), Pair(x, "padding"), Pair(x, "stride")),
        Script = x => $"torch.im2col({x[0]}, {Lists(x, "kernel_size", "dilation", "padding", "stride")})",
        Vjp = Vjp.Rule((g, y, x) => [fold_back(g, x)]),
        IsDense = x => true,
    };

    private static Tensor fold_back(Tensor g, VjpArgs x) => Fold.Bind(WithOutputSize(x.Attributes, x[0].shape.ToArray()[2..]), g);

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
        var attributes = WithOutputSize(BlockWindows(kernel_size, dilation, padding, stride), Pair(output_size));
        return x.ndim == 2 ? squeeze(Fold.Bind(attributes, unsqueeze(x, 0)), 0) : Fold.Bind(attributes, x);
    }

    internal static readonly Primitive<Attributes> Fold = new("fold")
    {
        Abstract = x =>
        {
            RequireFloatOrBool(x);
            RequireOutputSize(x.Primitive.Name, x.Ints("output_size"));
            var (height, width) = Pair(x, "output_size");
            var (block, windows) = UnfoldedSizes(x, 1, height, width);
            var sizes = x[0].Shape;
            return sizes.Rank == 3 && sizes[1] > 0 && sizes[1] % block == 0 && sizes[2] == windows
                ? x[0].WithShape([sizes[0], sizes[1] / block, height, width])
                : throw new ShapeException($"{x.Primitive.Name}: x is {x[0]}, but must be [N, C · {block}, {windows}] for {windows} windows of {block} elements in images of ({height}, {width}).");
        },
        Eager = x => torch.nn.functional.fold(
            x[0], Pair(x, "output_size"), Pair(x, "kernel_size"), Pair(x, "dilation"), Pair(x, "padding"), Pair(x, "stride")),
        Script = x => $"torch.col2im({x[0]}, {Lists(x, "output_size", "kernel_size", "dilation", "padding", "stride")})",
        Vjp = Vjp.Rule((g, y, x) => [Unfold.Bind(x.Attributes, g)]),
        IsDense = x => true,
    };

    private static (string, object?)[] BlockWindows(Size2d kernel, Size2d? dilation, Size2d padding, Size2d? stride) =>
        [("kernel_size", Pair(kernel)), ("dilation", Pair(dilation ?? 1)), ("padding", Pair(padding)), ("stride", Pair(stride ?? 1))];

    private static Attributes WithOutputSize(IEnumerable<KeyValuePair<string, object?>> attributes, long[] size) =>
        WithOutputSize(attributes.Where(a => a.Key != "output_size").Select(a => (a.Key, a.Value)), size);

    private static Attributes WithOutputSize(IEnumerable<(string, object?)> attributes, long[] size) =>
        Attributes.Of([.. attributes, ("output_size", size)]);

    private static void RequireFloatOrBool(AbstractArgs x)
    {
        if (!x[0].DType.IsFloatingPoint() && x[0].DType != DType.Bool)
        {
            throw new DTypeException($"{x.Primitive.Name}: x must have a floating-point type or bool, but is {x[0]}; cast it with x.to(DType.Float32).");
        }
    }

    /// <summary>The elements of a block of all channels, and the number of windows.</summary>
    private static (long Elements, long Windows) UnfoldedSizes(AbstractArgs x, long channels, long height, long width)
    {
        var (kernelHeight, kernelWidth) = Pair(x, "kernel_size");
        Int128 rows = Window.Of(x, 0, isDilated: true).CountUnfolded(x.Primitive.Name, "height", height);
        Int128 columns = Window.Of(x, 1, isDilated: true).CountUnfolded(x.Primitive.Name, "width", width);
        return (SizeThatFits(x.Primitive.Name, (Int128)channels * kernelHeight * kernelWidth), SizeThatFits(x.Primitive.Name, rows * columns));
    }

    private static (long Height, long Width) Pair(RuleArgs x, string name) => (x.Ints(name)[0], x.Ints(name)[1]);
}
