using Brachy.Extending;

namespace Brachy;

// Choices among given things.
public static partial class Rng
{
    /// <summary>Numbers from 0 up to, not including, n.</summary>
    /// <param name="n">How many numbers there are to choose from.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="replace">Whether a number can be chosen twice.</param>
    /// <param name="p">A weight for each number, [n], which need not sum to 1; all alike by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <returns>int64.</returns>
    /// <exception cref="ArgumentOutOfRangeException">n is negative, or too small for a choice without replacement.</exception>
    /// <exception cref="ShapeException">A size is negative, or the weights have another shape than [n].</exception>
    /// <exception cref="NativeOpException">A weight is negative or not finite, or all are 0.</exception>
    public static Tensor Choice(long n, Shape shape, bool replace = true, Tensor? p = null, RngKey? key = null)
    {
        RequireSizes("Rng.Choice", shape);
        var count = shape.NumElements;
        if (n < 0 || (n == 0 && count > 0) || (!replace && n < count))
        {
            throw new ArgumentOutOfRangeException(
                nameof(n), n, $"Rng.Choice: {count} numbers cannot be chosen from {n}{(replace ? "" : " without replacement")}.");
        }

        if (p is not null && (p.ndim != 1 || p.shape[0] != n))
        {
            throw new ShapeException($"Rng.Choice: p {p.Type} must hold a weight for each of {n} numbers.");
        }

        if (count == 0)
        {
            return F.zeros(shape, DType.Int64);
        }

        if (p is null)
        {
            return replace ? RandInt(0, n, shape, key) : F.reshape(F.narrow(Permutation(n, key), 0, 0, count), shape);
        }

        var weights = p.dtype == DType.Float64 ? p : p.to(DType.Float32);
        return F.reshape(F.multinomial_sample(Use(key), weights, count, replace), shape);
    }

    /// <summary>Slices of a tensor, such as rows.</summary>
    /// <param name="x">What to choose from.</param>
    /// <param name="shape">How many to choose; takes the place of the dim.</param>
    /// <param name="replace">Whether a slice can be chosen twice.</param>
    /// <param name="p">A weight for each slice, which need not sum to 1; all alike by default.</param>
    /// <param name="axis">The dim to choose along.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few slices.</exception>
    /// <exception cref="ShapeException">There is no such dim, a size is negative, or the weights do not fit.</exception>
    /// <exception cref="NativeOpException">A weight is negative or not finite, or all are 0.</exception>
    public static Tensor Choice(Tensor x, Shape shape, bool replace = true, Tensor? p = null, long axis = 0, RngKey? key = null)
    {
        var dim = Along("Rng.Choice", x, axis);
        var chosen = Choice(x.shape[dim], shape, replace, p, key);
        var sizes = x.shape.AsSpan();
        return F.reshape(F.index_select(x, dim, F.reshape(chosen, -1)), [.. sizes[..dim], .. shape, .. sizes[(dim + 1)..]]);
    }

    /// <summary>The slices of a tensor in random order.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The dim whose slices change places.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    public static Tensor Shuffle(Tensor x, long axis = 0, RngKey? key = null)
    {
        var dim = Along("Rng.Shuffle", x, axis);
        return F.index_select(x, dim, Permutation(x.shape[dim], key));
    }

    private static int Along(string op, Tensor x, long axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim > 0
            ? Shapes.NormalizeDim(op, axis, x.ndim)
            : throw new ShapeException($"{op}: {x.Type} has no dims; give it one with x.reshape(1).");
    }
}
