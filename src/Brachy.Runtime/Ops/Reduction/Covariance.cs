using Brachy.Extending;

namespace Brachy;

// How variables vary together.
public static partial class F
{
    /// <summary>
    /// The covariance of variables, the rows of x, over observations, its columns. Source:
    /// pytorch.org/docs/stable/generated/torch.cov.html.
    /// </summary>
    /// <param name="x">[variables, observations]; one dim or none for a single variable. Integers become float32.</param>
    /// <param name="correction">What is taken off the number of observations that sums are divided by.</param>
    /// <param name="fweights">How often each observation counts: integers, one dim; null for once.</param>
    /// <param name="aweights">How much each observation weighs: one dim, floating-point; null for 1.</param>
    /// <returns>[variables, variables], or without dims for a single variable.</returns>
    /// <exception cref="ShapeException">x has more than two dims, or there are not as many weights as observations.</exception>
    /// <exception cref="DTypeException">
    /// x is bool, the fweights do not hold integers, or the aweights no floating-point numbers.
    /// </exception>
    public static Tensor cov(Tensor x, long correction = 1, Tensor? fweights = null, Tensor? aweights = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim > 2)
        {
            throw new ShapeException($"cov: x must have at most 2 dims, but is {x.Type}.");
        }

        if (x.dtype == DType.Bool || fweights is { dtype: var f } && !f.IsInteger() || aweights is { dtype: var a } && !a.IsFloatingPoint())
        {
            throw new DTypeException(
                $"cov: x is {x.Type}{(fweights is null ? "" : $", fweights are {fweights.Type}")}"
                + $"{(aweights is null ? "" : $", aweights are {aweights.Type}")}; x must hold numbers, fweights integers, aweights "
                + "floating-point numbers.");
        }

        var rows = to(x.ndim < 2 ? reshape(x, 1, x.numel()) : x, Promotion.ToFloat(x.dtype));
        var count = rows.shape[1];
        foreach (var weights in new[] { fweights, aweights }.OfType<Tensor>())
        {
            if (weights.ndim != 1 || weights.shape[0] != count)
            {
                throw new ShapeException(
                    $"cov: weights are {weights.Type}, but there are {count} observations; give one for each, in one dim.");
            }
        }

        Tensor Cast(Tensor w) => to(w, rows.dtype);
        var weight = fweights is null ? aweights is null ? null : Cast(aweights)
            : aweights is null ? Cast(fweights)
            : Cast(fweights) * Cast(aweights);
        if (weight is null)
        {
            var centered = rows - mean(rows, [1], keepdim: true);
            return Joint(matmul(centered, centered.T) / Math.Max(0, count - correction));
        }

        var total = sum(weight);
        var difference = rows - sum(rows * weight, [1], keepdim: true) / total;
        var divisor = aweights is null || correction == 0 ? total - correction : total - correction * sum(weight * Cast(aweights)) / total;
        return Joint(matmul(difference, (difference * weight).T) / clamp(divisor, min: 0));

        // A single variable has a variance.
        static Tensor Joint(Tensor c) => c.shape[0] == 1 ? reshape(c, Shape.Scalar) : c;
    }

    /// <summary>The correlation coefficients of variables, the rows of x, over observations, its columns; see <see cref="cov"/>.</summary>
    /// <param name="x">[variables, observations]; one dim or none for a single variable. Integers become float32.</param>
    /// <returns>[variables, variables], or without dims for a single variable.</returns>
    /// <exception cref="ShapeException">x has more than two dims.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor corrcoef(Tensor x)
    {
        var c = cov(x);
        if (c.ndim == 0)
        {
            return c / c;
        }

        var deviation = sqrt(diagonal(c));
        return clamp(c / unsqueeze(deviation, 1) / deviation, -1, 1);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.cov"/>
    public Tensor cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null) => F.cov(this, correction, fweights, aweights);

    /// <inheritdoc cref="F.corrcoef"/>
    public Tensor corrcoef() => F.corrcoef(this);
}
