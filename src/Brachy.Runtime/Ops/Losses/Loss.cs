using Brachy.Extending;
using static Brachy.ElementLosses;
using static Brachy.F;

namespace Brachy;

// Losses of single elements: how far predictions are from real targets.
public static partial class F
{
    /// <summary>The squared difference.</summary>
    /// <param name="x">Predictions.</param>
    /// <param name="target">What they should be, in the same shape, or in one that one of both broadcasts to.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">
    /// The shapes do not broadcast, or both would: PyTorch warns of such a matrix of differences.
    /// </exception>
    public static Tensor mse_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean)
    {
        RequireTargetOf("mse_loss", x, target);
        return LossReduction.Of("mse_loss", square(x - target), reduction);
    }

    /// <summary>The absolute difference.</summary>
    /// <inheritdoc cref="mse_loss"/>
    public static Tensor l1_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean)
    {
        RequireTargetOf("l1_loss", x, target);
        return LossReduction.Of("l1_loss", abs(x - target), reduction);
    }

    /// <summary>
    /// Half the squared difference over beta where the difference is below beta, otherwise the absolute difference minus beta / 2.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html.
    /// </summary>
    /// <param name="x">Predictions.</param>
    /// <param name="target">What they should be, in the same shape, or in one that one of both broadcasts to.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <param name="beta">Where the parabola ends; 0 for the absolute difference.</param>
    /// <exception cref="ShapeException">
    /// The shapes do not broadcast, or both would: PyTorch warns of such a matrix of differences.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">beta is negative or not a number.</exception>
    public static Tensor smooth_l1_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
    {
        RequireTargetOf("smooth_l1_loss", x, target);
        if (!(beta >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "smooth_l1_loss: beta must not be negative.");
        }

        return beta == 0
            ? l1_loss(x, target, reduction)
            : LossReduction.Of("smooth_l1_loss", Bent(x - target, beta) * (1 / beta), reduction);
    }

    /// <summary>
    /// Half the squared difference where the difference is below delta, otherwise delta times (the absolute difference minus delta / 2).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html.
    /// </summary>
    /// <param name="x">Predictions.</param>
    /// <param name="target">What they should be, in the same shape, or in one that one of both broadcasts to.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <param name="delta">Where the parabola ends.</param>
    /// <exception cref="ShapeException">
    /// The shapes do not broadcast, or both would: PyTorch warns of such a matrix of differences.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">delta is not positive.</exception>
    public static Tensor huber_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean, double delta = 1)
    {
        RequireTargetOf("huber_loss", x, target);
        return delta > 0
            ? LossReduction.Of("huber_loss", Bent(x - target, delta), reduction)
            : throw new ArgumentOutOfRangeException(nameof(delta), delta, "huber_loss: delta must be positive.");
    }

    /// <summary>
    /// The Kullback-Leibler divergence from predicted to target probabilities, t (log t - x), element by element.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html.
    /// </summary>
    /// <param name="x">Predicted log probabilities.</param>
    /// <param name="target">Probabilities, or their logarithms, in a shape that broadcasts with that of x.</param>
    /// <param name="reduction">
    /// What to make of the losses. The mean is over elements; for the divergence of distributions use <paramref name="batchmean"/>.
    /// </param>
    /// <param name="log_target">Whether the target holds logarithms.</param>
    /// <param name="batchmean">
    /// Divides the sum by the size of dim 0, in place of the reduction: the mean over a batch of distributions.
    /// </param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or there is no batch dim.</exception>
    public static Tensor kl_div(
        Tensor x, Tensor target, Reduction reduction = Reduction.Mean, bool log_target = false, bool batchmean = false)
    {
        LossOperands.RequireBroadcast("kl_div", (x, "x"), (target, "target"));

        // 0 log 0 is 0.
        var losses = log_target
            ? exp(target) * (target - x)
            : target * (log(where(eq(target, 0), 1, target)) - x);
        if (!batchmean)
        {
            return LossReduction.Of("kl_div", losses, reduction);
        }

        OperandChecks.RequireDims("kl_div", x);
        return sum(losses) / (double)x.shape[0];
    }

    /// <summary>
    /// Minus the log likelihood of counts under Poisson distributions. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html.
    /// </summary>
    /// <param name="x">The expected counts, or their logarithms.</param>
    /// <param name="target">The counts, in a shape that broadcasts with that of x.</param>
    /// <param name="log_input">Whether x holds logarithms.</param>
    /// <param name="full">Whether to add Stirling's approximation of log(target!), which does not depend on x.</param>
    /// <param name="eps">Keeps the logarithm of x finite.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor poisson_nll_loss(
        Tensor x, Tensor target, bool log_input = true, bool full = false, double eps = 1e-8, Reduction reduction = Reduction.Mean)
    {
        LossOperands.RequireBroadcast("poisson_nll_loss", (x, "x"), (target, "target"));
        var losses = log_input ? exp(x) - (target * x) : x - (target * log(x + eps));
        if (full)
        {
            var isLarge = target > 1;
            var n = where(isLarge, target, 1.0);
            losses += where(isLarge, (n * log(n)) - n + (log(n * (2 * Math.PI)) * 0.5), 0);
        }

        return LossReduction.Of("poisson_nll_loss", losses, reduction);
    }

    /// <summary>
    /// Minus the log likelihood under normal distributions with given variances. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html.
    /// </summary>
    /// <param name="x">The expected values.</param>
    /// <param name="target">The values, in a shape that broadcasts with that of x.</param>
    /// <param name="var">The variances: in the shape of x, in that with 1 for one dim, in that without the last dim, or one number.</param>
    /// <param name="full">Whether to add the constant log(2 pi) / 2.</param>
    /// <param name="eps">The smallest variance. Smaller ones count as this, with the gradient of what they are.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">eps is not positive.</exception>
    public static Tensor gaussian_nll_loss(
        Tensor x, Tensor target, Tensor var, bool full = false, double eps = 1e-6, Reduction reduction = Reduction.Mean)
    {
        LossOperands.RequireBroadcast("gaussian_nll_loss", (x, "x"), (target, "target"));
        ArgumentNullException.ThrowIfNull(var);
        if (!(eps > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(eps), eps, "gaussian_nll_loss: eps must be positive.");
        }

        var variance = OfEachElement(x, var);
        variance += stop_gradient(clamp(variance, min: eps) - variance);
        var losses = (log(variance) + (square(x - target) / variance)) * 0.5;
        return LossReduction.Of("gaussian_nll_loss", full ? losses + (0.5 * Math.Log(2 * Math.PI)) : losses, reduction);
    }
}

/// <summary>Losses of single elements.</summary>
file static class ElementLosses
{
    public static Tensor OfEachElement(Tensor x, Tensor variance)
    {
        if (variance.ndim == 0 || variance.shape == x.shape)
        {
            return variance;
        }

        if (x.ndim > 0 && variance.shape == Shapes.Reduce(x.shape, [x.ndim - 1], keepdim: false))
        {
            return unsqueeze(variance, -1);
        }

        return variance.ndim == x.ndim
            && Enumerable.Range(0, x.ndim).Any(dim => variance.shape == Shapes.Reduce(x.shape, [dim], keepdim: true))
            ? variance
            : throw new ShapeException($"gaussian_nll_loss: var {variance.Type} must have the shape of x {x.Type}, the same with 1 for one "
                + "dim, or the same without the last dim.");
    }

    /// <summary>
    /// Half the square up to a limit, a straight line from there on. Both factors are finite where the difference is not.
    /// </summary>
    public static Tensor Bent(Tensor difference, double limit)
    {
        var distance = abs(difference);
        var bounded = clamp(distance, max: limit);
        return bounded * (distance - (bounded * 0.5));
    }

    /// <summary>Throws unless the losses have the shape of x or of the target.</summary>
    public static void RequireTargetOf(string op, Tensor x, Tensor target)
    {
        var shape = LossOperands.RequireBroadcast(op, (x, "x"), (target, "target"));

        // Predictions [N, 1] with targets [N] make a matrix of differences, which is never meant.
        if (shape != x.shape && shape != target.shape)
        {
            throw new ShapeException($"{op}: x {x.Type} and target {target.Type} would broadcast to {shape}, a loss for each pair of "
                + "elements; reshape or expand one.");
        }
    }
}
