using Brachy.Extending;

namespace Brachy;

// Distances made of norms, and slices kept within a norm.
public static partial class F
{
    /// <summary>The p-norm of the difference of two tensors. Shape: []; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The difference is not of a floating-point type.</exception>
    public static Tensor dist(Tensor left, Tensor right, double p = 2) => vector_norm(left - right, p);

    /// <summary>
    /// The p-norm distances of each two rows of a matrix, in the order (0, 1), (0, 2), …, (1, 2), …. Shape: [n (n - 1) / 2]; dtype: as x.
    /// </summary>
    /// <param name="x">[n, m], of a floating-point type.</param>
    /// <param name="p">The order of the norm.</param>
    /// <exception cref="ShapeException">x has not two dims.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">p is negative.</exception>
    public static Tensor pdist(Tensor x, double p = 2)
    {
        OperandChecks.RequireReal("pdist", x);
        OperandChecks.RequireNotNegative("pdist", nameof(p), p);
        if (x.ndim != 2)
        {
            throw new ShapeException($"pdist: x must have 2 dims, but is {x.Type}.");
        }

        var pairs = triu_indices(x.shape[0], x.shape[0], 1, device: x.device);
        return vector_norm(index_select(x, 0, pairs[0]) - index_select(x, 0, pairs[1]), x.shape[1] == 0 ? 2 : p, [-1]);
    }

    /// <summary>x with each slice along a dim scaled so that its p-norm is at most maxnorm. Shape and dtype: as x.</summary>
    /// <param name="x">Two dims at least, of a floating-point type.</param>
    /// <param name="p">The order of the norm, positive.</param>
    /// <param name="dim">The dim whose slices are scaled.</param>
    /// <param name="maxnorm">The largest norm.</param>
    /// <exception cref="ShapeException">There is no such dim, or x has fewer than two.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">p is not positive, or maxnorm negative.</exception>
    public static Tensor renorm(Tensor x, double p, long dim, double maxnorm)
    {
        OperandChecks.RequireReal("renorm", x);
        OperandChecks.RequireNotNegative("renorm", nameof(maxnorm), maxnorm);
        OperandChecks.RequireAtLeast("renorm", x, 2);
        if (!(p > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "renorm: the order of the norm must be positive.");
        }

        var at = Shapes.NormalizeDim("renorm", dim, x.ndim);
        if (x.numel() == 0)
        {
            return x;
        }

        // libtorch adds 1e-7 to the norm.
        var norms = vector_norm(x, p, [.. Enumerable.Range(0, x.ndim).Where(d => d != at).Select(d => (long)d)], keepdim: true);
        return x * where(norms > maxnorm, maxnorm / (norms + 1e-7), 1);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.dist"/>
    public Tensor dist(Tensor right, double p = 2) => F.dist(this, right, p);

    /// <inheritdoc cref="F.renorm"/>
    public Tensor renorm(double p, long dim, double maxnorm) => F.renorm(this, p, dim, maxnorm);
}
