using Brachy.Extending;

namespace Brachy;

// Elements repeated a different number of times each.
public static partial class F
{
    /// <summary>Each number from 0 on as often as its count says: [1, 0, 2] gives [0, 2, 2]. Dtype: int64.</summary>
    /// <param name="repeats">int64 or int32, [n]: a count for each of the numbers 0 to n - 1.</param>
    /// <param name="output_size">
    /// The sum of all counts, for traced functions, where a size must not depend on values; null to add them up.
    /// </param>
    /// <exception cref="ShapeException">The counts have not one dim.</exception>
    /// <exception cref="DTypeException">The counts are neither int64 nor int32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    /// <exception cref="ConcretizationException">The counts are traced and no size is given.</exception>
    /// <exception cref="NativeOpException">The size is not the sum of the counts, or a traced count was negative.</exception>
    public static Tensor repeat_interleave(Tensor repeats, long? output_size = null)
    {
        ArgumentNullException.ThrowIfNull(repeats);
        return repeats.ndim == 1
            ? repeat_interleave(arange(repeats.shape[0], DType.Int64, repeats.device), repeats, 0, output_size)
            : throw new ShapeException($"repeat_interleave: the counts must have one dim, but are {repeats.Type}.");
    }

    /// <summary>Repeats each element, or slice of a dim, as often as its count says. Element type: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="repeats">int64 or int32: a count for each, in one dim; or one for all.</param>
    /// <param name="dim">Along which dim; null for all elements in row-major order.</param>
    /// <param name="output_size">
    /// The sum of all counts, for traced functions, where a size must not depend on values; null to add them up.
    /// </param>
    /// <exception cref="ShapeException">There is no such dim, or there are not as many counts as slices.</exception>
    /// <exception cref="DTypeException">The counts are neither int64 nor int32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    /// <exception cref="ConcretizationException">The counts are traced and no size is given.</exception>
    /// <exception cref="NativeOpException">The size is not the sum of the counts, or a traced count was negative.</exception>
    public static Tensor repeat_interleave(Tensor x, Tensor repeats, long? dim = null, long? output_size = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(repeats);
        if (repeats.dtype is not (DType.Int64 or DType.Int32))
        {
            throw new DTypeException(
                $"repeat_interleave: the counts must be int64 or int32, but are {repeats.Type}; cast them with x.to(DType.Int64).");
        }

        OperandChecks.RequireNotNegative("repeat_interleave", nameof(output_size), output_size ?? 0);
        var slices = dim is null ? ravel(x) : x;
        OperandChecks.RequireDims("repeat_interleave", slices);
        var at = Shapes.NormalizeDim("repeat_interleave", dim ?? 0, slices.ndim);
        var n = slices.shape[at];
        if (repeats.ndim > 1 || (repeats.numel() != 1 && repeats.numel() != n))
        {
            throw new ShapeException($"repeat_interleave: the counts are {repeats.Type}, but there are {n} to repeat; give one for each in "
                + "one dim, or one for all.");
        }

        var counts = expand(ravel(to(repeats, DType.Int64)), n);
        const string Instead = "Say how many results there are: F.repeat_interleave(x, repeats, dim, output_size: n)";
        if (!counts.IsTraced && n > 0 && counts.ReadSize("repeat_interleave", Instead, c => amin(c)) is < 0 and var least)
        {
            throw new ArgumentOutOfRangeException(nameof(repeats), least, "repeat_interleave: a count must be 0 or more.");
        }

        var size = output_size ?? counts.ReadSize("repeat_interleave", Instead, c => sum(c));
        if (n == 0)
        {
            // Nothing to repeat: only nothing can come of it, and the kernel says so.
            return index_select(slices, at, zeros([size], DType.Int64, x.device));
        }

        var ends = cumsum(counts, 0);
        var source = searchsorted(ends, arange(size, device: x.device), right: true);
        if (output_size is not null)
        {
            // An index that does not exist, where the size is wrong.
            source = where(logical_and(eq(ends[-1], size), amin(counts) >= 0), source, n);
        }

        return index_select(slices, at, source);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.repeat_interleave(Tensor, Tensor, long?, long?)"/>
    public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
        F.repeat_interleave(this, repeats, dim, output_size);
}
