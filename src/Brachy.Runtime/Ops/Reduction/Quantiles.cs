using Brachy.Extending;
using static Brachy.F;
using static Brachy.QuantileSteps;

namespace Brachy;

// Order statistics: what lies at a part of the way through sorted elements.
public static partial class F
{
    /// <summary>The value below which a part of the elements lies. NaN among them gives NaN.</summary>
    /// <param name="x">float32 or float64.</param>
    /// <param name="q">The part, from 0 to 1.</param>
    /// <param name="dim">The dim to reduce; null for all elements.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <param name="interpolation">Between two elements: "linear", "lower", "higher", "nearest" or "midpoint".</param>
    /// <exception cref="ShapeException">There is no such dim, or no element.</exception>
    /// <exception cref="DTypeException">x has another element type.</exception>
    /// <exception cref="ArgumentException">There is no such interpolation, or q does not lie between 0 and 1.</exception>
    public static Tensor quantile(Tensor x, double q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("quantile", x, q, dim, keepdim, interpolation, ignoresNaN: false);

    /// <summary>The values below which parts of the elements lie. NaN among them gives NaN.</summary>
    /// <param name="x">float32 or float64.</param>
    /// <param name="q">The parts, from 0 to 1, of x's element type: one dim, which comes first in the result, or none.</param>
    /// <param name="dim">The dim to reduce; null for all elements.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <param name="interpolation">Between two elements: "linear", "lower", "higher", "nearest" or "midpoint".</param>
    /// <exception cref="ShapeException">There is no such dim, no element, or q has more than one dim.</exception>
    /// <exception cref="DTypeException">x has another element type, or q one that x has not.</exception>
    /// <exception cref="ArgumentException">There is no such interpolation, or a known q does not lie between 0 and 1.</exception>
    /// <exception cref="NativeOpException">A traced q does not lie between 0 and 1.</exception>
    public static Tensor quantile(Tensor x, Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("quantile", x, q, dim, keepdim, interpolation, ignoresNaN: false);

    /// <summary>
    /// As <see cref="quantile(Tensor, double, long?, bool, string)"/>, of the elements that are not NaN; NaN where there are none.
    /// </summary>
    /// <inheritdoc cref="quantile(Tensor, double, long?, bool, string)"/>
    public static Tensor nanquantile(Tensor x, double q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("nanquantile", x, q, dim, keepdim, interpolation, ignoresNaN: true);

    /// <summary>
    /// As <see cref="quantile(Tensor, Tensor, long?, bool, string)"/>, of the elements that are not NaN; NaN where there are none.
    /// </summary>
    /// <inheritdoc cref="quantile(Tensor, Tensor, long?, bool, string)"/>
    public static Tensor nanquantile(Tensor x, Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("nanquantile", x, q, dim, keepdim, interpolation, ignoresNaN: true);

    /// <summary>The median over one dim of the elements that are not NaN, the lower one of an even number, and its index.</summary>
    /// <inheritdoc cref="median(Tensor, long, bool)"/>
    public static (Tensor values, Tensor indices) nanmedian(Tensor x, long dim, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.dtype.IsFloatingPoint())
        {
            return median(x, dim, keepdim);
        }

        if (x.ndim == 0)
        {
            return (x, zeros([], DType.Int64, x.device));
        }

        var at = Shapes.NormalizeDim("nanmedian", dim, x.ndim);
        if (x.shape[at] == 0)
        {
            throw new ShapeException($"nanmedian: x is {x.Type}, so there is no element to choose over dim {dim}.");
        }

        // NaN comes last, so that the median of none is NaN.
        var (sorted, order) = sort(x, at);
        var place = clamp(floor_divide(sum(logical_not(isnan(x)), at, keepdim: true) - 1, 2), min: 0);
        var (values, indices) = (gather(sorted, at, place), gather(order, at, place));
        return keepdim ? (values, indices) : (squeeze(values, at), squeeze(indices, at));
    }

    /// <summary>
    /// The median of all elements that are not NaN, the lower one of an even number; NaN where there are none. Shape: []; dtype: as x.
    /// </summary>
    /// <exception cref="ShapeException">x is empty, and not of a floating-point type.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor nanmedian(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.numel() == 0 && x.dtype.IsFloatingPoint() ? full([], double.NaN, x.dtype, x.device) : nanmedian(ravel(x), 0).values;
    }

    /// <summary>The element that occurs most often over one dim, the smallest of several, and the index of its last occurrence.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <returns>
    /// The elements, with the dtype of x, and their int64 indices along the dim. The gradient goes to the element at the index.
    /// </returns>
    /// <exception cref="ShapeException">The dim does not exist or has size 0.</exception>
    public static (Tensor values, Tensor indices) mode(Tensor x, long dim = -1, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim == 0)
        {
            return (x, zeros([], DType.Int64, x.device));
        }

        var at = Shapes.NormalizeDim("mode", dim, x.ndim);
        var n = x.shape[at];
        if (n == 0)
        {
            throw new ShapeException($"mode: x is {x.Type}, so there is no element to choose over dim {dim}.");
        }

        // In sorted order the length of a run of equal elements is known at its last: its place less that of its first.
        var (sorted, order) = sort(x, at);
        Shape positionShape = [.. Enumerable.Range(0, x.ndim).Select(d => d == at ? n : 1)];
        var places = expand(reshape(arange(n, device: x.device), positionShape), x.shape);
        var starts = cat(
            [ones(Shapes.WithSize(x.shape, at, 1), DType.Bool, x.device), ne(slice(sorted, at, 1), slice(sorted, at, 0, n - 1))], at);
        var runs = places - cummax(where(starts, places, 0), at).values;
        var last = argmax(runs, at, keepdim: true);
        var indices = gather(order, at, last);
        var values = gather(x, at, indices);
        return keepdim ? (values, indices) : (squeeze(values, at), squeeze(indices, at));
    }

    /// <summary>The rows, sorted element by element: along dim 0. Shape and dtype: as x.</summary>
    public static Tensor msort(Tensor x) => sort(x, 0).values;
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.quantile(Tensor, double, long?, bool, string)"/>
    public Tensor quantile(double q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        F.quantile(this, q, dim, keepdim, interpolation);

    /// <inheritdoc cref="F.quantile(Tensor, Tensor, long?, bool, string)"/>
    public Tensor quantile(Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        F.quantile(this, q, dim, keepdim, interpolation);

    /// <inheritdoc cref="F.nanquantile(Tensor, double, long?, bool, string)"/>
    public Tensor nanquantile(double q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        F.nanquantile(this, q, dim, keepdim, interpolation);

    /// <inheritdoc cref="F.nanquantile(Tensor, Tensor, long?, bool, string)"/>
    public Tensor nanquantile(Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        F.nanquantile(this, q, dim, keepdim, interpolation);

    /// <inheritdoc cref="F.nanmedian(Tensor, long, bool)"/>
    public (Tensor values, Tensor indices) nanmedian(long dim, bool keepdim = false) => F.nanmedian(this, dim, keepdim);

    /// <inheritdoc cref="F.nanmedian(Tensor)"/>
    public Tensor nanmedian() => F.nanmedian(this);

    /// <inheritdoc cref="F.mode"/>
    public (Tensor values, Tensor indices) mode(long dim = -1, bool keepdim = false) => F.mode(this, dim, keepdim);

    /// <inheritdoc cref="F.msort"/>
    public Tensor msort() => F.msort(this);
}

/// <summary>Quantiles from sorted values.</summary>
file static class QuantileSteps
{
    public static Tensor QuantileOf(string op, Tensor x, Tensor q, long? dim, bool keepdim, string interpolation, bool ignoresNaN)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(interpolation);
        if (x.dtype is not (DType.Float32 or DType.Float64) || (q.Number is null && q.dtype != x.dtype))
        {
            throw new DTypeException(
                $"{op}: x is {x.Type}{(q.Number is null ? $" and q is {q.Type}" : "")}; x must be float32 or float64, and q the same.");
        }

        if (interpolation is not ("linear" or "lower" or "higher" or "nearest" or "midpoint"))
        {
            throw new ArgumentException(
                $"{op}: there is no interpolation \"{interpolation}\"; use linear, lower, higher, nearest or midpoint.");
        }

        var whole = dim is null || x.ndim == 0;
        var at = Shapes.NormalizeDim(op, dim ?? 0, x.ndim);
        var rows = whole ? reshape(x, 1, x.numel()) : movedim(x, at, -1);
        if (q.ndim > 1 || rows.shape[^1] == 0)
        {
            throw new ShapeException(
                $"{op}: x is {x.Type} and q is {q.Type}; there must be elements to choose from, and q have one dim or none.");
        }

        // A number among the parts is computed with in the type of x.
        var parts = q.Number is { } number ? full([1], number, x.dtype, x.device) : reshape(q, q.numel());
        if (!parts.IsTraced && q.numel() > 0
            && parts.ReadSize(op, "", p => to(any(logical_not(logical_and(p >= 0, p <= 1))), DType.Int64)) != 0)
        {
            throw new ArgumentException($"{op}: q is {q}; each must lie between 0 and 1.");
        }

        var sorted = sort(rows, -1).values;
        var last = rows.shape[^1] - 1;
        Tensor ranks;
        if (ignoresNaN)
        {
            ranks = clamp(parts * (sum(logical_not(isnan(rows)), [-1], keepdim: true) - 1), min: 0);
        }
        else
        {
            // NaN sorts last.
            var hasNaN = any(isnan(rows), -1, keepdim: true);
            ranks = where(hasNaN, last, parts * last);
        }

        ranks = interpolation switch
        {
            "lower" => floor(ranks),
            "higher" => ceil(ranks),
            "nearest" => round(ranks),
            _ => ranks,
        };
        var below = to(ranks, DType.Int64);
        var values = gather(sorted, -1, below);
        if (interpolation is "linear" or "midpoint")
        {
            var above = gather(sorted, -1, to(ceil(ranks), DType.Int64));
            values = lerp(values, above, interpolation == "midpoint" ? 0.5 : ranks - to(below, x.dtype));
        }

        // [..., Q] to [Q, ...], with the reduced dim where it was.
        var y = movedim(values, -1, 0);
        if (whole)
        {
            y = reshape(y, [y.shape[0], .. keepdim ? Enumerable.Repeat(1L, x.ndim) : []]);
        }
        else if (keepdim)
        {
            y = unsqueeze(y, at + 1);
        }

        return q.ndim == 0 ? squeeze(y, 0) : y;
    }
}
