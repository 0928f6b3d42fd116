namespace Brachy;

// Losses of single elements.
public static partial class F
{
    /// <summary>The squared difference.</summary>
    /// <param name="x">Predictions.</param>
    /// <param name="target">What they should be, in the same shape.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor mse_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean)
    {
        RequireSameShape("mse_loss", x, target);
        var difference = x - target;
        return Reduce(difference * difference, reduction);
    }

    /// <summary>The absolute difference.</summary>
    /// <inheritdoc cref="mse_loss"/>
    public static Tensor l1_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean)
    {
        RequireSameShape("l1_loss", x, target);
        return Reduce(abs(x - target), reduction);
    }

    /// <summary>The binary cross entropy between sigmoid(logits) and the target, softplus(x) − x·t.</summary>
    /// <param name="logits">Unnormalised scores.</param>
    /// <param name="target">Probabilities in the same shape.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor binary_cross_entropy_with_logits(Tensor logits, Tensor target, Reduction reduction = Reduction.Mean)
    {
        RequireSameShape("binary_cross_entropy_with_logits", logits, target);
        return Reduce(softplus(logits) - (logits * target), reduction);
    }

    private static Tensor Reduce(Tensor losses, Reduction reduction) => reduction switch
    {
        Reduction.None => losses,
        Reduction.Sum => sum(losses),
        _ => mean(losses),
    };

    // A target of another shape would broadcast to a matrix of differences, which is never meant.
    private static void RequireSameShape(string op, Tensor x, Tensor target)
    {
        if (x.shape != target.shape)
        {
            throw new ShapeException($"{op}: x {x.Type} and target {target.Type} differ in shape; reshape or expand one.");
        }
    }
}
