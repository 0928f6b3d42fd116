using Brachy.Extending;

namespace Brachy;

// Reductions that are made of others.
public static partial class F
{
    /// <summary>How many elements are not 0, over dims. Dtype int64.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static Tensor count_nonzero(Tensor x, params long[]? dims) => sum(ne(x, 0), dims);

    /// <summary>Smallest and largest element over dims; elements that tie share the gradient evenly. Dtype: as x.</summary>
    /// <inheritdoc cref="amax(Tensor, long[], bool)"/>
    public static (Tensor min, Tensor max) aminmax(Tensor x, long[]? dims = null, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return (amin(x, dims, keepdim), amax(x, dims, keepdim));
    }

    /// <summary>Variance and mean over dims.</summary>
    /// <inheritdoc cref="var(Tensor, long[], long, bool)"/>
    public static (Tensor var, Tensor mean) var_mean(Tensor x, long[]? dims = null, long correction = 1, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return (F.var(x, dims, correction, keepdim), mean(x, dims, keepdim));
    }

    /// <summary>Standard deviation and mean over dims.</summary>
    /// <inheritdoc cref="std(Tensor, long[], long, bool)"/>
    public static (Tensor std, Tensor mean) std_mean(Tensor x, long[]? dims = null, long correction = 1, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return (std(x, dims, correction, keepdim), mean(x, dims, keepdim));
    }

    /// <summary>Sum over dims of the elements that are not NaN. Dtype: as x (integers and bool become int64).</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static Tensor nansum(Tensor x, long[]? dims = null, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return sum(x.dtype.IsFloatingPoint() ? where(isnan(x), 0, x) : x, dims, keepdim);
    }

    /// <summary>Mean over dims of the elements that are not NaN; NaN where there are none. Dtype: as x.</summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static Tensor nanmean(Tensor x, long[]? dims = null, bool keepdim = false)
    {
        OperandChecks.RequireReal("nanmean", x);
        return nansum(x, dims, keepdim) / sum(logical_not(isnan(x)), dims, keepdim);
    }

    /// <summary>The elements that indices name when x is laid out in row-major order. Shape: as index; dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="index">int64 or int32; negative numbers count from the end.</param>
    /// <exception cref="DTypeException">The index does not hold integers.</exception>
    /// <exception cref="NativeOpException">An index names no element.</exception>
    public static Tensor take(Tensor x, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        return Index.Bind(ravel(x), IndexOperands.LongIndex(index));
    }

    /// <summary>
    /// x with elements of a source in the places that indices name when x is laid out in row-major order. Shape and dtype: as x.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="index">int64 or int32; negative numbers count from the end.</param>
    /// <param name="source">As many elements as there are indices, of x's element type.</param>
    /// <param name="accumulate">Whether elements are added. Otherwise, where places repeat, one of the elements stays.</param>
    /// <exception cref="ShapeException">There are not as many elements as indices.</exception>
    /// <exception cref="DTypeException">The index does not hold integers, or the source and x differ in type.</exception>
    /// <exception cref="NativeOpException">An index names no element.</exception>
    public static Tensor put(Tensor x, Tensor index, Tensor source, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(source);
        return index.numel() == source.numel()
            ? reshape(index_put(ravel(x), [ravel(index)], ravel(source), accumulate), x.shape)
            : throw new ShapeException($"put: there are {source.numel()} elements for {index.numel()} indices; give as many.");
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.count_nonzero"/>
    public Tensor count_nonzero(params long[]? dims) => F.count_nonzero(this, dims);

    /// <inheritdoc cref="F.aminmax"/>
    public (Tensor min, Tensor max) aminmax(long[]? dims = null, bool keepdim = false) => F.aminmax(this, dims, keepdim);

    /// <inheritdoc cref="F.nansum"/>
    public Tensor nansum(long[]? dims = null, bool keepdim = false) => F.nansum(this, dims, keepdim);

    /// <inheritdoc cref="F.nanmean"/>
    public Tensor nanmean(long[]? dims = null, bool keepdim = false) => F.nanmean(this, dims, keepdim);

    /// <inheritdoc cref="F.put"/>
    public Tensor put(Tensor index, Tensor source, bool accumulate = false) => F.put(this, index, source, accumulate);

    /// <inheritdoc cref="F.take"/>
    public Tensor take(Tensor index) => F.take(this, index);
}
