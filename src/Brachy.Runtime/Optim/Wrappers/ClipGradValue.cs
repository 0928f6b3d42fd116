namespace Brachy.Optim;

/// <summary>
/// Lets an optimizer see gradients whose every element is limited to [-clip_value, clip_value], as
/// torch.nn.utils.clip_grad_value_. The limit is a param: it can be set, scheduled and differentiated.
/// </summary>
/// <remarks>
/// Nested with <see cref="LossScaling"/> in either order, the limit is for the true gradients, and elements that
/// overflowed stay infinite, so that the step is skipped.
/// </remarks>
[Module]
public partial class ClipGradValue
{
    /// <summary>The largest magnitude of an element, a single number.</summary>
    [Param]
    public partial Tensor ClipValue { get; set; }

    /// <summary>The optimizer that gets the clipped gradients.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>A clipping optimizer.</summary>
    /// <param name="inner">The optimizer that gets the clipped gradients.</param>
    /// <param name="clipValue">The largest magnitude of an element.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or not finite.</exception>
    public ClipGradValue(AnyOptimizer inner, double clipValue)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Hyperparameter.RequireNonNegative(clipValue);
        ClipValue = Hyperparameter.Of(clipValue);
        Inner = inner;
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model as the inner optimizer leaves it.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        var clipValue = ClipValue;
        return Inner.Call(((current, lossScale) =>
        {
            var (ran, grads, loss) = lossAndGrad(current, lossScale);
            var limit = lossScale is null ? clipValue : clipValue * lossScale;
            return (
                ran, grads.MapInScope(
                    (_, g) => g.dtype.IsFloatingPoint() ? Clip(g, limit.to(g.dtype), isScaled: lossScale is not null) : g), loss);
        }, model));
    }

    private static Tensor Clip(Tensor g, Tensor limit, bool isScaled)
    {
        var clipped = F.clamp(g, -limit, limit);
        return isScaled ? F.where(F.isfinite(g), clipped, g) : clipped;
    }
}
