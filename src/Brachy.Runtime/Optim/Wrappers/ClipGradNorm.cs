namespace Brachy.Optim;

/// <summary>
/// Lets an optimizer see gradients that are scaled down together so that their norm, taken as one vector, is at most
/// max_norm, with the formula of torch.nn.utils.clip_grad_norm_. The limit is a param: it can be set, scheduled and
/// differentiated.
/// </summary>
/// <remarks>
/// Nested with <see cref="LossScaling"/> in either order, the norm is that of the true gradients. With
/// <see cref="GradientAccumulation"/> inside, each micro-batch is clipped; around it, the mean.
/// </remarks>
[Module]
public partial class ClipGradNorm
{
    /// <summary>The largest norm, a single number.</summary>
    [Param]
    public partial Tensor MaxNorm { get; set; }

    /// <summary>The kind of norm: 2 by default, any positive number, or infinity for the largest element.</summary>
    [Static]
    public partial double NormType { get; set; }

    /// <summary>The norm before clipping at the last step, float32, for logs; NaN before the first.</summary>
    [Buffer]
    public partial Tensor TotalNorm { get; set; }

    /// <summary>The optimizer that gets the clipped gradients.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>A clipping optimizer.</summary>
    /// <param name="inner">The optimizer that gets the clipped gradients.</param>
    /// <param name="maxNorm">The largest norm; with infinity nothing is clipped, and the norm is there for logs.</param>
    /// <param name="normType">The kind of norm: a positive number, or infinity for the largest element.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or NaN, or the kind of norm is not positive.</exception>
    public ClipGradNorm(AnyOptimizer inner, double maxNorm, double normType = 2)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (!(maxNorm >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "Must not be negative; infinity only measures the norm.");
        }

        if (!(normType > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(normType), normType, "Must be positive, or infinity for the largest element.");
        }

        MaxNorm = Hyperparameter.Of(maxNorm);
        NormType = normType;
        TotalNorm = F.full([], double.NaN, DType.Float32);
        Inner = inner;
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model as the inner optimizer leaves it.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        var total = TotalNorm;
        var (maxNorm, normType) = (MaxNorm, NormType);
        var updated = Inner.Call(((current, lossScale) =>
        {
            var (ran, grads, loss) = lossAndGrad(current, lossScale);
            total = Gradients.Norm(grads, normType);
            total = lossScale is null ? total : total / lossScale.to(total.dtype);

            // Exactly 1 below the limit, and no NaN when that is infinite, in derivatives neither.
            var divisor = total + 1e-6;
            var factor = F.minimum(maxNorm.to(total.dtype), divisor) / divisor;
            return (ran, Gradients.Scale(grads, factor), loss);
        }, model));
        TotalNorm = total.to(DType.Float32);
        return updated;
    }
}
