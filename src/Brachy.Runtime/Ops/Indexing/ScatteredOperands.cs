using Brachy.Extending;
using TorchSharp;
using static Brachy.F;

namespace Brachy;

/// <summary>What gathering and scattering ask of their operands, and the slices they bring them to.</summary>
internal static class ScatteredOperands
{
    // TorchSharp's index_add takes no int32, though libtorch does.
    public static torch.Tensor LongIndex(EagerArgs x, torch.Tensor index) =>
        index.dtype == torch.ScalarType.Int64 ? index : x.Temporary(index.to(torch.ScalarType.Int64));

    /// <summary>Throws unless one shape is within another in all dims but one.</summary>
    public static void RequireFits(AbstractArgs x, string name, Shape inner, string outerName, Shape outer, int exceptDim)
    {
        var fits = inner.Rank == outer.Rank;
        for (var i = 0; fits && i < inner.Rank; i++)
        {
            fits = i == exceptDim || inner[i] <= outer[i];
        }

        if (!fits)
        {
            var except = exceptDim < 0 ? "" : $", except in dim {exceptDim}";
            throw new ShapeException($"{x.Primitive.Name}: {name} has shape {inner} and {outerName} has {outer}; {name} must have as many "
                + $"dims and be no larger{except}.");
        }
    }

    /// <summary>Scatters; a tensor without dims counts as a vector beside vectors, and an index without elements changes nothing.</summary>
    public static Tensor Scattered(Tensor x, Tensor index, Tensor src, Func<Tensor, Tensor, Tensor, Tensor> scatter)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(src);
        if (x.ndim != index.ndim && index.numel() == 0 && index.dtype == DType.Int64)
        {
            return x;
        }

        if (x.ndim > 1 || (x.ndim == index.ndim && (x.ndim == src.ndim || src.Number is not null)))
        {
            return scatter(x, index, src);
        }

        static Tensor Vector(Tensor t) => t.ndim == 0 ? reshape(t, 1) : t;
        return reshape(scatter(Vector(x), Vector(index), src.Number is null ? Vector(src) : src), x.shape);
    }

    /// <summary>Zeros after the elements of each dim, up to a shape.</summary>
    public static Tensor Enlarge(Tensor x, Shape shape)
    {
        if (x.shape == shape)
        {
            return x;
        }

        var border = new long[2 * shape.Rank];
        for (var i = 0; i < shape.Rank; i++)
        {
            border[(2 * (shape.Rank - 1 - i)) + 1] = shape[i] - x.shape[i];
        }

        return pad(x, border);
    }

    public static int IndexedDim(string op, Tensor x, long dim, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        if (index.ndim > 1 || index.Number is not null)
        {
            throw new ShapeException($"{op}: index must be a tensor of 1 dim or none, but is {index.Type}.");
        }

        return index.dtype is DType.Int64 or DType.Int32
            ? Shapes.NormalizeDim(op, dim, x.ndim)
            : throw new DTypeException($"{op}: index must be int64 or int32, but is {index.Type}; cast it with x.to(DType.Int64).");
    }

    /// <summary>
    /// Gives a function x, the dim, one index for each element of the slices, and the slices; tensors without dims
    /// as vectors of one element.
    /// </summary>
    public static Tensor OnSlices(
        string op, Tensor x, long dim, Tensor index, Tensor slices, Func<Tensor, int, Tensor, Tensor, Tensor> apply)
    {
        var at = IndexedDim(op, x, dim, index);
        ArgumentNullException.ThrowIfNull(slices);
        var vector = x.ndim == 0 ? reshape(x, 1) : x;
        var part = slices.ndim == 0 && vector.ndim == 1 ? reshape(slices, 1) : slices;
        var expected = Shapes.WithSize(vector.shape, at, index.numel());
        if (part.shape != expected)
        {
            throw new ShapeException(
                $"{op}: the slices have shape {slices.shape}, but {index.numel()} slices of {x.shape} have {expected}.");
        }

        var y = apply(vector, at, Along(index, at, expected), part);
        return x.ndim == 0 ? reshape(y, x.shape) : y;
    }

    /// <summary>One index for each element of the slices it names.</summary>
    public static Tensor Along(Tensor index, int dim, Shape shape)
    {
        var sizes = Enumerable.Repeat(1L, shape.Rank).ToArray();
        sizes[dim] = shape[dim];
        return expand(reshape(to(index, DType.Int64), (Shape)sizes), shape);
    }

    public static void RequireReduce(string op, string reduce, ReadOnlySpan<string> known)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        if (!known.Contains(reduce))
        {
            throw new ArgumentException($"{op}: reduce is \"{reduce}\"; use one of {string.Join(", ", known.ToArray())}.");
        }
    }
}
