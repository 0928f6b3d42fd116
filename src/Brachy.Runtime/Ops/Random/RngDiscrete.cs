using Brachy.Extending;

namespace Brachy;

// Distributions of whole numbers.
public static partial class Rng
{
    // Counts up to here are exact in float64, and the kernels take no notice of larger ones.
    private const double LargestCount = 1e15;

    /// <summary>Counts with Poisson distributions; -1 where the rate is negative, above 10^15 or not a number.</summary>
    /// <param name="rate">The expected counts.</param>
    /// <param name="shape">The shape of the result; that of the parameters by default.</param>
    /// <param name="dtype">The element type; int64 by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">A size is negative, or the parameters do not broadcast to the shape.</exception>
    public static Tensor Poisson(Tensor rate, Shape? shape = null, DType dtype = DType.Int64, RngKey? key = null)
    {
        var rates = Spread(rate, ShapeOf("Rng.Poisson", shape, rate), DType.Float64);
        var isValid = F.logical_and(rates >= 0, rates <= LargestCount);
        return F.where(isValid, F.poisson_sample(Use(key), F.where(isValid, rates, 0.0)), -1).to(dtype);
    }

    /// <summary>How many of n trials succeed; -1 where n is negative, above 10^15 or not a number, or p does not lie in 0 to 1.</summary>
    /// <param name="n">The numbers of trials.</param>
    /// <param name="p">The probabilities of success.</param>
    /// <inheritdoc cref="Poisson"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Binomial(Tensor n, Tensor p, Shape? shape = null, DType dtype = DType.Int64, RngKey? key = null)
    {
        var sizes = ShapeOf("Rng.Binomial", shape, n, p);
        var (counts, probabilities) = (Spread(n, sizes, DType.Float64), Spread(p, sizes, DType.Float64));
        var isCount = F.logical_and(counts >= 0, counts <= LargestCount);
        var isValid = F.logical_and(isCount, F.logical_and(probabilities >= 0, probabilities <= 1));
        var sample = F.binomial_sample(Use(key), F.floor(F.where(isValid, counts, 0.0)), F.where(isValid, probabilities, 0.0));
        return F.where(isValid, sample, -1).to(dtype);
    }

    /// <summary>
    /// How many trials the first success takes, at least 1 and at most 10^15; -1 where p does not lie above 0 and up to 1.
    /// </summary>
    /// <param name="p">The probabilities of success.</param>
    /// <inheritdoc cref="Poisson"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Geometric(Tensor p, Shape? shape = null, DType dtype = DType.Int64, RngKey? key = null)
    {
        var probabilities = Spread(p, ShapeOf("Rng.Geometric", shape, p), DType.Float64);
        var isValid = F.logical_and(probabilities > 0, probabilities <= 1);
        var trials = F.floor(Exponential(probabilities.shape, DType.Float64, key) / -F.log1p(-F.where(isValid, probabilities, 1.0))) + 1;
        return F.where(isValid, F.clamp(trials, max: LargestCount), -1).to(dtype);
    }

    /// <summary>-1 or 1, each half of the time.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="dtype">The element type; int64 by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public static Tensor Rademacher(Shape shape, DType dtype = DType.Int64, RngKey? key = null) =>
        ((RandInt(0, 2, shape, key) * 2) - 1).to(dtype);

    /// <summary>Numbers of categories, each drawn with the probability that softmax gives its logit.</summary>
    /// <param name="logits">Unnormalised log probabilities, floating-point.</param>
    /// <param name="axis">The dim of the categories.</param>
    /// <param name="shape">The shape of the result, which the other dims of the logits broadcast to; these dims by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <returns>int64.</returns>
    /// <exception cref="ShapeException">There is no such dim, it has size 0, or the logits do not broadcast to the shape.</exception>
    /// <exception cref="DTypeException">The logits are not floating-point.</exception>
    public static Tensor Categorical(Tensor logits, long axis = -1, Shape? shape = null, RngKey? key = null)
    {
        const string Op = "Rng.Categorical";
        ArgumentNullException.ThrowIfNull(logits);
        var type = Computing(Op, logits.dtype);
        if (logits.ndim == 0)
        {
            throw new ShapeException($"{Op}: logits {logits.Type} must have a dim, with one for each category.");
        }

        // Counted from the end, where the shapes meet.
        var dim = Shapes.NormalizeDim(Op, axis, logits.ndim) - logits.ndim;
        var batch = Shapes.Reduce(logits.shape, [logits.ndim + dim], keepdim: false);
        var sizes = shape ?? batch;
        RequireSizes(Op, sizes);
        if (Shapes.Broadcast(Op, batch, sizes) != sizes)
        {
            throw new ShapeException(
                $"{Op}: logits {logits.Type} with categories in dim {axis} do not broadcast to samples of shape {sizes}.");
        }

        // The largest of logits with Gumbel noise is each category with its probability: Maddison et al., arXiv:1411.0030.
        var at = sizes.Rank + 1 + dim;
        Shape full = [.. sizes.AsSpan()[..at], logits.shape[logits.ndim + dim], .. sizes.AsSpan()[at..]];
        return F.argmax(logits.to(type) + Gumbel(full, type, key), dim);
    }
}
