using Brachy.Extending;

namespace Brachy;

// Random vectors and matrices.
public static partial class Rng
{
    /// <summary>Vectors with normal distributions of given means and covariances. Mean and covariance have gradients.</summary>
    /// <param name="mean">The means, [..., d].</param>
    /// <param name="cov">The covariances, [..., d, d], symmetric and positive definite.</param>
    /// <param name="shape">The shape of the batch, without d; that of the parameters by default.</param>
    /// <param name="dtype">A floating-point type; float32 by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    /// <exception cref="NativeOpException">A covariance is not positive definite.</exception>
    public static Tensor MultivariateNormal(Tensor mean, Tensor cov, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        const string Op = "Rng.MultivariateNormal";
        var type = Computing(Op, dtype);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(cov);
        if (mean.ndim == 0 || cov.ndim < 2 || cov.shape[cov.ndim - 1] != mean.shape[mean.ndim - 1]
            || cov.shape[cov.ndim - 2] != mean.shape[mean.ndim - 1])
        {
            throw new ShapeException($"{Op}: mean {mean.Type} must be [..., d] and cov {cov.Type} [..., d, d].");
        }

        var size = mean.shape[mean.ndim - 1];
        var given = Shapes.Broadcast(Op, Shape.Create(mean.shape.AsSpan()[..^1]), Shape.Create(cov.shape.AsSpan()[..^2]));
        var batch = shape ?? given;
        RequireSizes(Op, batch);
        if (Shapes.Broadcast(Op, given, batch) != batch)
        {
            throw new ShapeException($"{Op}: mean {mean.Type} and cov {cov.Type} do not broadcast to a batch of shape {batch}.");
        }

        var noise = Normal([.. batch, size, 1], type, key);
        return (F.squeeze(F.matmul(F.linalg.cholesky(cov.to(type)), noise), -1) + mean.to(type)).to(dtype);
    }

    /// <summary>Matrices with orthonormal rows or columns, whichever are fewer, each as likely as any other.</summary>
    /// <param name="n">The number of rows.</param>
    /// <param name="m">The number of columns; n by default.</param>
    /// <param name="shape">The shape of the batch; one matrix by default.</param>
    /// <param name="dtype">A floating-point type; float32 by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <returns>[shape..., n, m].</returns>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Orthogonal(long n, long? m = null, Shape shape = default, DType dtype = DType.Float32, RngKey? key = null)
    {
        const string Op = "Rng.Orthogonal";
        var type = Computing(Op, dtype);
        var (rows, columns) = (Math.Max(n, m ?? n), Math.Min(n, m ?? n));
        Shape sizes = [.. shape, rows, columns];
        RequireSizes(Op, sizes);
        var (q, r) = F.linalg.qr(Normal(sizes, type, key));

        // The factors are unique, and Q evenly distributed, when the diagonal of R is positive: Mezzadri, arXiv:math-ph/0609050.
        var diagonal = F.sum(r * F.eye(columns, dtype: type), -2, keepdim: true);
        var result = q * F.where(diagonal < 0, -1, F.ones_like(diagonal));
        return (n < (m ?? n) ? F.transpose(result, -2, -1) : result).to(dtype);
    }
}
