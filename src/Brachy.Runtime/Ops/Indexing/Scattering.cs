using Brachy.Extending;

namespace Brachy;

// Elements put in places: by indices, or as a part of a dim.
public static partial class F
{
    /// <summary>
    /// x with each element of src in the place its index names: <c>y[i, index[i, j]] = src[i, j]</c> for dim 1. Where an index repeats, one
    /// of its elements stays, and the gradient counts for all. Shape and dtype: as x.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim that the indices count along.</param>
    /// <param name="index">int64, with as many dims as x, no larger than src, and no larger than x in the other dims.</param>
    /// <param name="src">What to put there, of x's element type; or a number.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The index is not int64, or src and x differ in type.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor scatter(Tensor x, long dim, Tensor index, Tensor src)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(src);
        OperandChecks.RequireHeld("scatter", x, src);
        var settings = new DimSettings(dim);
        return ScatteredOperands.Scattered(x, index, src, (y, i, s) => Scatter.Bind(settings, y, i, s));
    }

    /// <summary>
    /// x with each element of src added to, or multiplied with, the place its index names; see <see cref="scatter_reduce"/>.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim that the indices count along.</param>
    /// <param name="index">int64, with as many dims as x, no larger than src, and no larger than x in the other dims.</param>
    /// <param name="src">What to combine, of x's element type; or a number.</param>
    /// <param name="reduce">"add" or "multiply".</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The index is not int64, or src and x differ in type.</exception>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor scatter(Tensor x, long dim, Tensor index, Tensor src, string reduce)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(src);
        ScatteredOperands.RequireReduce("scatter", reduce, ["add", "multiply"]);
        OperandChecks.RequireHeld("scatter", x, src);
        var values = src.Number is { } number ? full(index.shape, number, x.dtype, x.device) : src;
        return reduce == "add" ? scatter_add(x, dim, index, values) : scatter_reduce(x, dim, index, values, "prod");
    }

    internal static readonly Primitive<DimSettings> Scatter = new("scatter")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 1, "index");
            ScatteredOperands.RequireFits(
                x, "index", x[1].Shape, "x", x[0].Shape, Shapes.NormalizeDim("scatter", x.Settings.Dim, x[0].Rank));
            if (!x.IsNumber(2))
            {
                Shapes.RequireSameDType(x, 0, 2);
                ScatteredOperands.RequireFits(x, "index", x[1].Shape, "src", x[2].Shape, -1);
            }

            return new TensorType(x[0].Shape, x[0].DType, x.Device);
        },
        Eager = x =>
        {
            var src = x.IsNumber(2)
                ? x.Temporary(x.Temporary(TorchSharp.torch.full((long[])[], x.Number(2), dtype: x[0].dtype, device: x[0].device)).expand(
                    x.Types[1].Shape.Sizes))
                : x[2];
            return x[0].scatter(x.Settings.Dim, x[1], src);
        },
        Script = x => $"torch.scatter({x[0]}, {x.Settings.Dim}, {x[1]}, {(x.IsNumber(2) ? x.Number(2) : x[2])})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) =>
        [
            x.If(0, () => scatter(g, x.Settings.Dim, x[1], 0)),
            null,
            x.If(2, () => ScatteredOperands.Enlarge(gather(g, x.Settings.Dim, x[1]), x[2].shape)),
        ]),
        Jvp = Jvp.LinearTogether(0, 2),
    };

    /// <summary>x with slice i of src in place of the slice that <c>index[i]</c> names. Shape and dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="index">int64 or int32, one dim or none.</param>
    /// <param name="src">As many slices as there are indices, of x's element type.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The index is neither int64 nor int32, or src and x differ in type.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim.</exception>
    public static Tensor index_copy(Tensor x, long dim, Tensor index, Tensor src) =>
        ScatteredOperands.OnSlices("index_copy", x, dim, index, src, (y, at, along, part) => scatter(y, at, along, part));

    /// <summary>x with one value in the slices that the indices name. Shape and dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="index">int64 or int32, one dim or none; negative numbers count from the end.</param>
    /// <param name="value">A number, or a 0-dim tensor of x's element type.</param>
    /// <exception cref="ShapeException">There is no such dim, the index has not one dim, or the value has dims.</exception>
    /// <exception cref="DTypeException">The index is neither int64 nor int32, or the value does not fit x's element type.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim.</exception>
    public static Tensor index_fill(Tensor x, long dim, Tensor index, Tensor value)
    {
        var at = ScatteredOperands.IndexedDim("index_fill", x, dim, index);
        ArgumentNullException.ThrowIfNull(value);
        if (value.ndim != 0)
        {
            throw new ShapeException($"index_fill: the value must be a number or have no dims, but is {value.Type}; use F.index_copy.");
        }

        var vector = x.ndim == 0 ? reshape(x, 1) : x;
        var places = Shapes.WithSize(vector.shape, at, index.numel());
        var filled = scatter(
            vector, at, ScatteredOperands.Along(where(index < 0, index + vector.shape[at], index), at, places),
            value.Number is null ? expand(value, places) : value);
        return x.ndim == 0 ? reshape(filled, x.shape) : filled;
    }

    /// <summary>x with src in the place that <see cref="slice"/> reads. Shape and dtype: as x.</summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="src">What to put there, of x's element type.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="start">The first element; null for the first of the dim.</param>
    /// <param name="end">One past the last element; null for all.</param>
    /// <param name="step">The distance between elements; positive.</param>
    /// <exception cref="ShapeException">There is no such dim, the step is not positive, or src has not the shape of the part.</exception>
    /// <exception cref="DTypeException">src and x differ in type.</exception>
    public static Tensor slice_scatter(Tensor x, Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        OperandChecks.RequireDims("slice_scatter", x);
        var at = Shapes.NormalizeDim("slice_scatter", dim, x.ndim);
        var size = x.shape[at];
        var from = SlicePositions.ClampPosition(start ?? 0, size);
        var to = Math.Max(from, SlicePositions.ClampPosition(end ?? size, size));
        step = Math.Min(step, Math.Max(1, size));
        return SliceScatter.Bind(new SliceSettings(at, from, to, step), x, src);
    }

    internal static readonly Primitive<SliceSettings> SliceScatter = new("slice_scatter")
    {
        Abstract = x =>
        {
            Shapes.RequireSameDType(x, 0, 1);
            var part = SlicePositions.SlicedShape(x, x.Settings, x[0].Shape);
            return x[1].Shape == part
                ? new TensorType(x[0].Shape, x[0].DType, x.Device)
                : throw new ShapeException($"slice_scatter: src has shape {x[1].Shape}, but the part of {x[0].Shape} has {part}.");
        },
        Eager = x => x[0].slice_scatter(x[1], x.Settings.Dim, x.Settings.Start, x.Settings.End, x.Settings.Step),
        Script = x => $"torch.slice_scatter({x[0]}, {x[1]}, {x.Settings.Dim}, {x.Settings.Start}, {x.Settings.End}, {x.Settings.Step})",
        Batching = Batching.Dims<SliceSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<SliceSettings>((g, y, x) =>
        [
            x.If(0, () =>
                slice_scatter(g, zeros(x[1].shape, g.dtype, g.device), x.Settings.Dim, x.Settings.Start, x.Settings.End, x.Settings.Step)),
            x.If(1, () => slice(g, x.Settings.Dim, x.Settings.Start, x.Settings.End, x.Settings.Step)),
        ]),
        Jvp = Jvp.LinearTogether(),
    };

    /// <summary>x with src in the place that <see cref="select"/> reads. Shape and dtype: as x.</summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="src">What to put there: one dim less than x, of its element type.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="index">Which element; negative numbers count from the end.</param>
    /// <exception cref="ShapeException">There is no such dim or element, or src has not the shape of the part.</exception>
    /// <exception cref="DTypeException">src and x differ in type.</exception>
    public static Tensor select_scatter(Tensor x, Tensor src, long dim, long index)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(src);
        OperandChecks.RequireDims("select_scatter", x);
        var at = Shapes.NormalizeDim("select_scatter", dim, x.ndim);
        var size = x.shape[at];
        if (index < -size || index >= size)
        {
            throw new ShapeException($"select_scatter: index {SlicePositions.IndexText(index)} is out of range for dim {at} of {x.shape}.");
        }

        var sizes = x.shape.AsSpan();
        Shape expected = [.. sizes[..at], .. sizes[(at + 1)..]];
        var from = index < 0 ? index + size : index;
        return src.shape == expected
            ? slice_scatter(x, unsqueeze(src, at), at, from, from + 1)
            : throw new ShapeException(
                $"select_scatter: src has shape {src.shape}, but an element of dim {at} of {x.shape} has {expected}.");
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.scatter(Tensor, long, Tensor, Tensor)"/>
    public Tensor scatter(long dim, Tensor index, Tensor src) => F.scatter(this, dim, index, src);

    /// <inheritdoc cref="F.scatter(Tensor, long, Tensor, Tensor, string)"/>
    public Tensor scatter(long dim, Tensor index, Tensor src, string reduce) => F.scatter(this, dim, index, src, reduce);

    /// <inheritdoc cref="F.index_copy"/>
    public Tensor index_copy(long dim, Tensor index, Tensor src) => F.index_copy(this, dim, index, src);

    /// <inheritdoc cref="F.index_fill"/>
    public Tensor index_fill(long dim, Tensor index, Tensor value) => F.index_fill(this, dim, index, value);

    /// <inheritdoc cref="F.slice_scatter"/>
    public Tensor slice_scatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) =>
        F.slice_scatter(this, src, dim, start, end, step);

    /// <inheritdoc cref="F.select_scatter"/>
    public Tensor select_scatter(Tensor src, long dim, long index) => F.select_scatter(this, src, dim, index);
}
