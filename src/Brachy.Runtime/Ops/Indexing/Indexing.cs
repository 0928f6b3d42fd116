using Brachy.Extending;
using Brachy.Native;
using static Brachy.ElementsAlongDim;
using static Brachy.F;

namespace Brachy;

// Elements named by tensors of indices. Kernels check the values of indices and throw NativeOpException.
public static partial class F
{
    /// <summary>Picks one element for each index: <c>y[i, j] = x[i, index[i, j]]</c> for dim 1. Shape: as index.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim that the indices count along.</param>
    /// <param name="index">
    /// int64, with as many dims as x and no larger than x in the other dims. A tensor without dims goes with a vector, here and in all
    /// functions that scatter; an index without elements goes with any x.
    /// </param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The index is not int64.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor gather(Tensor x, long dim, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        if (x.ndim != index.ndim && index.numel() == 0 && index.dtype == DType.Int64)
        {
            return zeros(index.shape, x.dtype, x.device);
        }

        var settings = new DimSettings(dim);
        return x.ndim != index.ndim && x.ndim + index.ndim == 1
            ? reshape(Gather.Bind(settings, reshape(x, x.numel()), reshape(index, index.numel())), index.shape)
            : Gather.Bind(settings, x, index);
    }

    internal static readonly Primitive<DimSettings> Gather = new("gather")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 1, "index");
            ScatteredOperands.RequireFits(
                x, "index", x[1].Shape, "x", x[0].Shape, Shapes.NormalizeDim("gather", x.Settings.Dim, x[0].Rank));
            return new TensorType(x[1].Shape, x[0].DType, x.Device);
        },
        Eager = x => x[0].gather(x.Settings.Dim, x[1]),
        Script = x => $"torch.gather({x[0]}, {x.Settings.Dim}, {x[1]})",
        Batching = IndexBatching.Gather,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) => [scatter_add(zeros(x[0].shape, g.dtype, x[0].device), x.Settings.Dim, x[1], g), null]),
        Jvp = Jvp.Linear(0),
    };

    /// <summary>
    /// The same as <see cref="gather"/>, but sizes of 1 in the other dims broadcast. Without a dim, both are taken in row-major order.
    /// </summary>
    /// <inheritdoc cref="gather"/>
    public static Tensor take_along_dim(Tensor x, Tensor index, long? dim = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        return dim is { } along ? TakeAlong(x, index, along) : gather(ravel(x), 0, ravel(index));
    }

    /// <summary>
    /// Adds each element of src to the place its index names: <c>y[i, index[i, j]] += src[i, j]</c> for dim 1. Shape: as x.
    /// </summary>
    /// <param name="x">What to add to.</param>
    /// <param name="dim">The dim that the indices count along.</param>
    /// <param name="index">int64, with as many dims as x, no larger than src, and no larger than x in the other dims.</param>
    /// <param name="src">What to add, of x's element type.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The index is not int64, or src and x differ in type.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor scatter_add(Tensor x, long dim, Tensor index, Tensor src)
    {
        var settings = new DimSettings(dim);
        return ScatteredOperands.Scattered(x, index, src, (y, i, s) => ScatterAdd.Bind(settings, y, i, s));
    }

    internal static readonly Primitive<DimSettings> ScatterAdd = new("scatter_add")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 1, "index");
            Shapes.RequireSameDType(x, 0, 2);
            ScatteredOperands.RequireFits(
                x, "index", x[1].Shape, "x", x[0].Shape, Shapes.NormalizeDim("scatter_add", x.Settings.Dim, x[0].Rank));
            ScatteredOperands.RequireFits(x, "index", x[1].Shape, "src", x[2].Shape, -1);
            return new TensorType(x[0].Shape, x[0].DType, x.Device);
        },
        Eager = x => x[0].scatter_add(x.Settings.Dim, x[1], x[2]),
        Script = x => $"torch.scatter_add({x[0]}, {x.Settings.Dim}, {x[1]}, {x[2]})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) =>
        [
            g,
            null,
            x.If(2, () => ScatteredOperands.Enlarge(gather(g, x.Settings.Dim, x[1]), x[2].shape)),
        ]),
        Jvp = Jvp.LinearTogether(0, 2),
    };

    /// <summary>The slices of a dim that the indices name, in their order.</summary>
    /// <param name="x">Any tensor; one without dims counts as a vector of one element, here and in all functions named index_….</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="index">int64 or int32, one dim or none; of one element where x has no dims.</param>
    /// <exception cref="ShapeException">There is no such dim, or the index has more than one.</exception>
    /// <exception cref="DTypeException">The index is neither int64 nor int32.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor index_select(Tensor x, long dim, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        var settings = new DimSettings(dim);
        if (x.ndim > 0 && index.ndim == 1)
        {
            return IndexSelect.Bind(settings, x, index);
        }

        _ = ScatteredOperands.IndexedDim("index_select", x, dim, index);
        if (x.ndim == 0 && index.numel() != 1)
        {
            throw new ShapeException(
                $"index_select: x is {x.Type} and has one element, but the index is {index.Type}; give it one as well.");
        }

        var y = IndexSelect.Bind(settings, x.ndim == 0 ? reshape(x, 1) : x, reshape(index, index.numel()));
        return x.ndim == 0 ? reshape(y, x.shape) : y;
    }

    internal static readonly Primitive<DimSettings> IndexSelect = new("index_select")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 1, "index", allowInt32: true);
            Shapes.RequireRank(x, 1, "index", 1);
            return new TensorType(Shapes.WithSize(x[0].Shape, ExistingDim(x, 0), x[1].Shape[0]), x[0].DType, x.Device);
        },
        Eager = x => x[0].index_select(x.Settings.Dim, x[1]),
        Script = x => $"torch.index_select({x[0]}, {x.Settings.Dim}, {x[1]})",
        Batching = IndexBatching.IndexSelect,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) => [index_add(zeros(x[0].shape, g.dtype, x[0].device), x.Settings.Dim, x[1], g), null]),
        Jvp = Jvp.Linear(0),

        // Of the table only the rows that are named are read.
        Cost = x => Cost.OfTraffic(x.Outputs[0], x[1], x.Outputs[0]),
    };

    /// <summary>Adds slice i of src to the slice of x that <c>index[i]</c> names. Shape: as x.</summary>
    /// <param name="x">What to add to.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="index">int64 or int32, one dim or none.</param>
    /// <param name="src">What to add, of x's element type: as many slices as there are indices.</param>
    /// <param name="alpha">Scales src; null for 1.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The index is neither int64 nor int32, or src and x differ in type.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor index_add(Tensor x, long dim, Tensor index, Tensor src, Scalar? alpha = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(src);
        var scaled = alpha is { } factor ? src * Tensor.OfNumber(factor) : src;
        if (x.ndim > 0 && index.ndim == 1 && src.ndim > 0)
        {
            return IndexAdd.Bind(new DimSettings(dim), x, index, scaled);
        }

        return ScatteredOperands.OnSlices("index_add", x, dim, index, scaled, (y, at, along, part) =>
            IndexAdd.Bind(new DimSettings(at), y, reshape(index, index.numel()), part));
    }

    internal static readonly Primitive<DimSettings> IndexAdd = new("index_add")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 1, "index", allowInt32: true);
            Shapes.RequireRank(x, 1, "index", 1);
            Shapes.RequireSameDType(x, 0, 2);
            var expected = Shapes.WithSize(x[0].Shape, ExistingDim(x, 0), x[1].Shape[0]);
            return x[2].Shape == expected
                ? new TensorType(x[0].Shape, x[0].DType, x.Device)
                : throw new ShapeException(
                    $"index_add: src has shape {x[2].Shape}, but {x[1].Shape[0]} slices of {x[0].Shape} have {expected}.");
        },
        Eager = x => x[0].index_add(x.Settings.Dim, ScatteredOperands.LongIndex(x, x[1]), x[2], NativeNumber.Of(1)),
        Script = x => $"torch.index_add({x[0]}, {x.Settings.Dim}, {x[1]}, {x[2]})",
        Batching = IndexBatching.IndexAdd,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) => [g, null, x.If(2, () => index_select(g, x.Settings.Dim, x[1]))]),
        Jvp = Jvp.LinearTogether(0, 2),
    };

    /// <summary>x with one value wherever the mask is true. Element type: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="mask">Truth values that broadcast with x.</param>
    /// <param name="value">A number or a 0-dim tensor.</param>
    /// <exception cref="DTypeException">The mask is not bool, or the value does not fit x's element type.</exception>
    public static Tensor masked_fill(Tensor x, Tensor mask, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(value);
        if (mask.dtype != DType.Bool || value.ndim != 0)
        {
            throw mask.dtype == DType.Bool
                ? new ShapeException(
                    $"masked_fill: the value must be a number or have no dims, but is {value.Type}; use F.where(mask, value, x).")
                : new DTypeException($"masked_fill: the mask must be bool, but is {mask.Type}; compare first: mask != 0.");
        }

        var filled = where(mask, value, x);
        return filled.dtype == x.dtype || value.dtype.IsFloatingPoint() == x.dtype.IsFloatingPoint()
            ? filled.to(x.dtype)
            : throw new DTypeException(
                $"masked_fill: the value {value.Type} does not fit x {x.Type}; cast x first: x.to(DType.{value.dtype}).");
    }

    /// <summary>The indices of elements in each dim of a shape, from those in row-major order. Shapes and dtype: as indices.</summary>
    /// <param name="indices">int64 or int32, not negative.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="DTypeException">The indices are neither int64 nor int32.</exception>
    /// <exception cref="ShapeException">A size is not positive.</exception>
    public static Tensor[] unravel_index(Tensor indices, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (indices.dtype is not (DType.Int64 or DType.Int32))
        {
            throw new DTypeException(
                $"unravel_index: the indices must be int64 or int32, but are {indices.Type}; cast them with x.to(DType.Int64).");
        }

        if (shape.Any(size => size <= 0))
        {
            throw new ShapeException($"unravel_index: the sizes in {shape} must be positive.");
        }

        var places = new Tensor[shape.Rank];
        for (var d = shape.Rank - 1; d >= 0; d--)
        {
            places[d] = remainder(indices, shape[d]);
            indices = floor_divide(indices, shape[d]);
        }

        return places;
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.gather"/>
    public Tensor gather(long dim, Tensor index) => F.gather(this, dim, index);

    /// <inheritdoc cref="F.take_along_dim"/>
    public Tensor take_along_dim(Tensor index, long? dim = null) => F.take_along_dim(this, index, dim);

    /// <inheritdoc cref="F.scatter_add"/>
    public Tensor scatter_add(long dim, Tensor index, Tensor src) => F.scatter_add(this, dim, index, src);

    /// <inheritdoc cref="F.index_select"/>
    public Tensor index_select(long dim, Tensor index) => F.index_select(this, dim, index);

    /// <inheritdoc cref="F.index_add"/>
    public Tensor index_add(long dim, Tensor index, Tensor src, Scalar? alpha = null) => F.index_add(this, dim, index, src, alpha);

    /// <inheritdoc cref="F.masked_fill"/>
    public Tensor masked_fill(Tensor mask, Tensor value) => F.masked_fill(this, mask, value);
}

/// <summary>Elements along a dim.</summary>
file static class ElementsAlongDim
{
    public static Tensor TakeAlong(Tensor x, Tensor index, long dim)
    {
        var at = Shapes.NormalizeDim("take_along_dim", dim, x.ndim);
        if (index.ndim != x.ndim)
        {
            throw new ShapeException($"take_along_dim: index {index.Type} must have as many dims as x {x.Type}.");
        }

        if (x.ndim == 0)
        {
            return gather(x, dim, index);
        }

        var common = Shapes.Broadcast("take_along_dim", Shapes.WithSize(x.shape, at, 1), Shapes.WithSize(index.shape, at, 1));
        return gather(expand(x, Shapes.WithSize(common, at, x.shape[at])), at, expand(index, Shapes.WithSize(common, at, index.shape[at])));
    }

    public static int ExistingDim(AbstractArgs<DimSettings> x, int input) => x[input].Rank > 0
        ? Shapes.NormalizeDim(x.Primitive.Name, x.Settings.Dim, x[input].Rank)
        : throw new ShapeException($"{x.Primitive.Name}: {x[input]} has no dims; give it one with x.reshape(1).");
}
