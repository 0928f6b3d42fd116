using Brachy.Extending;

namespace Brachy;

// Standard scores, and normalisation across neighbouring channels.
public static partial class F
{
    /// <summary>(x - mean) / sqrt(variance + eps) over dims, as jax.nn.standardize.</summary>
    /// <param name="x">Any tensor; integers become float32.</param>
    /// <param name="dims">The dims that mean and variance are taken over; null for the last.</param>
    /// <param name="mean">The mean, which broadcasts with x; null to compute it.</param>
    /// <param name="variance">
    /// The variance, which broadcasts with x; null to compute the mean of the squares minus the square of the mean.
    /// </param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="where">Truth values that broadcast with x: which elements mean and variance are taken over; null for all.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice, or shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The condition is not bool.</exception>
    public static Tensor standardize(
        Tensor x, long[]? dims = null, Tensor? mean = null, Tensor? variance = null, double eps = 1e-5, Tensor? where = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (where is not null)
        {
            OperandChecks.RequireCondition("standardize", where);
        }

        x = x.to(Promotion.ToFloat(x.dtype));
        if (mean?.Number is { } number)
        {
            mean = full([], number, x.dtype, x.device);
        }

        var over = Shapes.NormalizeDims("standardize", dims ?? [-1], x.ndim);
        if (mean is null && variance is null && where is null && x.ndim > 0
            && over.Order().SequenceEqual(Enumerable.Range(x.ndim - over.Length, over.Length).Select(d => (long)d)))
        {
            return layer_norm(x, Shape.Create(x.shape.AsSpan()[(x.ndim - over.Length)..]), eps: eps);
        }

        var center = mean ?? Average(x);
        var spread = variance ?? (mean is null ? Average(square(x - center)) : Average(square(x)) - square(mean));
        return (x - center) * rsqrt(spread + eps);

        Tensor Average(Tensor values) => where is null
            ? F.mean(values, over, keepdim: true)
            : sum(F.where(where, values, 0), over, keepdim: true) / sum(expand(where, values.shape), over, keepdim: true);
    }

    /// <summary>
    /// x / (k + alpha * mean(x²))^beta, with the mean over neighbouring channels; those beyond the first and last count as 0.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html.
    /// </summary>
    /// <param name="x">[N, C, L, ...], of a floating-point type.</param>
    /// <param name="size">The number of channels that a mean is taken over.</param>
    /// <param name="alpha">Scales the mean square.</param>
    /// <param name="beta">The exponent.</param>
    /// <param name="k">Added to the scaled mean square.</param>
    /// <returns>Shape and element type: as x.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="ShapeException">x has less than 3 dims.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor local_response_norm(Tensor x, long size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (x.ndim < 3)
        {
            throw new ShapeException($"local_response_norm: x must have at least 3 dims, [N, C, L, ...], but is {x.Type}.");
        }

        if (!x.dtype.IsFloatingPoint())
        {
            throw new DTypeException(
                $"local_response_norm: x must have a floating-point type, but is {x.Type}; cast it with x.to(DType.Float32).");
        }

        // The mean over neighbours is a product with a band of ones.
        var (samples, channels) = (x.shape[0], x.shape[1]);
        var index = arange(channels, device: x.device);
        var offset = index - reshape(index, channels, 1);
        var band = logical_and(ge(offset, -(size / 2)), le(offset, (size - 1) / 2)).to(x.dtype);
        var squares = reshape(square(x), samples, channels, x.shape.Skip(2).Aggregate(1L, (product, length) => product * length));
        var total = reshape(matmul(band, squares), x.shape);
        return x / pow(total * (alpha / size) + k, beta);
    }
}
