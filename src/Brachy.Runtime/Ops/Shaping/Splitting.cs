using Brachy.Extending;
using static Brachy.F;
using static Brachy.SplitSizes;

namespace Brachy;

// Cutting tensors into parts that need not be of one size.
public static partial class F
{
    /// <summary>
    /// Cuts a tensor into a number of parts along a dim; where that does not come out even, the first are larger by
    /// one. They share its memory.
    /// </summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="sections">How many parts.</param>
    /// <param name="dim">Along which dim.</param>
    /// <exception cref="ShapeException">There is no such dim, or the number is not positive.</exception>
    public static Tensor[] tensor_split(Tensor x, long sections, long dim = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        OperandChecks.RequireDims("tensor_split", x);
        var size = x.shape[Shapes.NormalizeDim("tensor_split", dim, x.ndim)];
        if (sections is <= 0 or > int.MaxValue)
        {
            throw new ShapeException($"tensor_split: the number of parts must be positive and below 2^31, but is {sections}.");
        }

        var sizes = new long[sections];
        for (var i = 0; i < sections; i++)
        {
            sizes[i] = (size / sections) + (i < size % sections ? 1 : 0);
        }

        return split(x, sizes, dim);
    }

    /// <summary>
    /// Cuts a tensor before given elements of a dim: <c>[2, 5]</c> gives <c>..2</c>, <c>2..5</c> and <c>5..</c>.
    /// The parts share its memory.
    /// </summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="indices">Where to cut; as the bounds of ranges in Python, they may be negative, too large, or in any order.</param>
    /// <param name="dim">Along which dim.</param>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    public static Tensor[] tensor_split(Tensor x, long[] indices, long dim = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        OperandChecks.RequireDims("tensor_split", x);
        var at = Shapes.NormalizeDim("tensor_split", dim, x.ndim);
        return [.. Enumerable.Range(0, indices.Length + 1).Select(i =>
            slice(x, at, i == 0 ? null : indices[i - 1], i == indices.Length ? null : indices[i]))];
    }

    /// <summary>Cuts a tensor into a number of parts (a tensor without dims), or before given elements of a dim (a vector).</summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="indices_or_sections">int64, with known values.</param>
    /// <param name="dim">Along which dim.</param>
    /// <exception cref="ShapeException">
    /// There is no such dim, the number is not positive, or there are too many dims of indices.
    /// </exception>
    /// <exception cref="DTypeException">The indices are not int64.</exception>
    /// <exception cref="ConcretizationException">The indices are traced.</exception>
    public static Tensor[] tensor_split(Tensor x, Tensor indices_or_sections, long dim = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices_or_sections);
        if (indices_or_sections.dtype != DType.Int64 || indices_or_sections.ndim > 1)
        {
            throw indices_or_sections.ndim > 1
                ? new ShapeException($"tensor_split: the indices must have 1 dim or none, but are {indices_or_sections.Type}.")
                : new DTypeException(
                    $"tensor_split: the indices must be int64, but are {indices_or_sections.Type}; cast them with x.to(DType.Int64).");
        }

        return indices_or_sections.ndim == 0
            ? tensor_split(x, indices_or_sections.item<long>(), dim)
            : tensor_split(x, indices_or_sections.ToArray<long>(), dim);
    }

    /// <summary>Cuts side by side: along dim 1, vectors along dim 0. The dim must be divisible by the number of parts.</summary>
    /// <inheritdoc cref="tensor_split(Tensor, long, long)"/>
    public static Tensor[] hsplit(Tensor x, long sections) => EvenSplit("hsplit", x, sections, 1, x?.ndim == 1 ? 0 : 1);

    /// <summary>Cuts side by side: along dim 1, vectors along dim 0.</summary>
    /// <inheritdoc cref="tensor_split(Tensor, long[], long)"/>
    public static Tensor[] hsplit(Tensor x, long[] indices) => SplitBefore("hsplit", x, indices, 1, x?.ndim == 1 ? 0 : 1);

    /// <summary>Cuts into rows: along dim 0, of two dims at least. The dim must be divisible by the number of parts.</summary>
    /// <inheritdoc cref="tensor_split(Tensor, long, long)"/>
    public static Tensor[] vsplit(Tensor x, long sections) => EvenSplit("vsplit", x, sections, 2, 0);

    /// <summary>Cuts into rows: along dim 0, of two dims at least.</summary>
    /// <inheritdoc cref="tensor_split(Tensor, long[], long)"/>
    public static Tensor[] vsplit(Tensor x, long[] indices) => SplitBefore("vsplit", x, indices, 2, 0);

    /// <summary>Cuts along dim 2, of three dims at least. The dim must be divisible by the number of parts.</summary>
    /// <inheritdoc cref="tensor_split(Tensor, long, long)"/>
    public static Tensor[] dsplit(Tensor x, long sections) => EvenSplit("dsplit", x, sections, 3, 2);

    /// <summary>Cuts along dim 2, of three dims at least.</summary>
    /// <inheritdoc cref="tensor_split(Tensor, long[], long)"/>
    public static Tensor[] dsplit(Tensor x, long[] indices) => SplitBefore("dsplit", x, indices, 3, 2);

    /// <summary>All windows of a size along a dim, as a new last dim; the dim counts the windows. Element type: as x.</summary>
    /// <param name="x">A tensor; one without dims counts as a vector of one element.</param>
    /// <param name="dimension">Along which dim.</param>
    /// <param name="size">How many elements a window has.</param>
    /// <param name="step">From one window to the next.</param>
    internal static Tensor sliding_windows(Tensor x, long dimension, long size, long step)
    {
        var at = Shapes.NormalizeDim("unfold", dimension, x.ndim);
        var vector = x.ndim == 0 ? reshape(x, 1) : x;
        var length = vector.shape[at];
        if (size < 0 || size > length || step <= 0)
        {
            throw new ShapeException($"unfold: windows of {size} elements, {step} apart, do not fit dim {at} of {x.shape}; the size must "
                + $"be at most {length} and the step positive.");
        }

        var windows = ((length - size) / step) + 1;
        var elements = reshape(arange(windows, device: x.device) * (windows > 1 ? step : 1), windows, 1) + arange(size, device: x.device);
        var picked = index_select(vector, at, ravel(elements));
        var sizes = vector.shape.AsSpan();
        var y = movedim(reshape(picked, [.. sizes[..at], windows, size, .. sizes[(at + 1)..]]), at + 1, -1);
        return x.ndim == 0 ? reshape(y, size) : y;
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.tensor_split(Tensor, long, long)"/>
    public Tensor[] tensor_split(long sections, long dim = 0) => F.tensor_split(this, sections, dim);

    /// <inheritdoc cref="F.tensor_split(Tensor, long[], long)"/>
    public Tensor[] tensor_split(long[] indices, long dim = 0) => F.tensor_split(this, indices, dim);

    /// <inheritdoc cref="F.tensor_split(Tensor, Tensor, long)"/>
    public Tensor[] tensor_split(Tensor indices_or_sections, long dim = 0) => F.tensor_split(this, indices_or_sections, dim);

    /// <inheritdoc cref="F.hsplit(Tensor, long)"/>
    public Tensor[] hsplit(long sections) => F.hsplit(this, sections);

    /// <inheritdoc cref="F.hsplit(Tensor, long[])"/>
    public Tensor[] hsplit(long[] indices) => F.hsplit(this, indices);

    /// <inheritdoc cref="F.vsplit(Tensor, long)"/>
    public Tensor[] vsplit(long sections) => F.vsplit(this, sections);

    /// <inheritdoc cref="F.vsplit(Tensor, long[])"/>
    public Tensor[] vsplit(long[] indices) => F.vsplit(this, indices);

    /// <inheritdoc cref="F.dsplit(Tensor, long)"/>
    public Tensor[] dsplit(long sections) => F.dsplit(this, sections);

    /// <inheritdoc cref="F.dsplit(Tensor, long[])"/>
    public Tensor[] dsplit(long[] indices) => F.dsplit(this, indices);

    /// <summary>
    /// All windows of a size along a dim, as a new last dim; the dim counts the windows. Element type: as this. (<see cref="F.unfold"/> is
    /// PyTorch's <c>nn.functional.unfold</c>, blocks of images.)
    /// </summary>
    /// <param name="dimension">Along which dim; negative dims count from the end.</param>
    /// <param name="size">How many elements a window has.</param>
    /// <param name="step">From one window to the next.</param>
    /// <exception cref="ShapeException">There is no such dim, it has fewer elements than a window, or the step is not positive.</exception>
    public Tensor unfold(long dimension, long size, long step) => F.sliding_windows(this, dimension, size, step);
}

/// <summary>Splits with checks of their dims.</summary>
file static class SplitSizes
{
    public static Tensor[] EvenSplit(string op, Tensor x, long sections, int fewestDims, int dim)
    {
        OperandChecks.RequireAtLeast(op, x, fewestDims);
        return sections > 0 && x.shape[dim] % sections == 0
            ? tensor_split(x, sections, dim)
            : throw new ShapeException(
                $"{op}: dim {dim} of {x.shape} cannot be cut into {sections} parts of one size; F.tensor_split takes any number.");
    }

    public static Tensor[] SplitBefore(string op, Tensor x, long[] indices, int fewestDims, int dim)
    {
        OperandChecks.RequireAtLeast(op, x, fewestDims);
        return tensor_split(x, indices, dim);
    }
}
