using static Brachy.ClassLosses;
using static Brachy.F;

namespace Brachy;

// Losses of scores for several classes, by margins and by truth values.
public static partial class F
{
    /// <summary>
    /// How far the score of the right class falls short of the others by a margin: the mean over classes j of max(0, margin - x[y] +
    /// x[j])^p, without the right class y, times its weight. Source: pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html.
    /// </summary>
    /// <param name="x">Scores, [N, C] or [C], of a floating-point type.</param>
    /// <param name="target">Class numbers of an integer type, [N]; for [C] one number.</param>
    /// <param name="p">The exponent, 1 or 2.</param>
    /// <param name="margin">The difference that is enough.</param>
    /// <param name="weight">A weight for each class; 1 by default.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> the shape of the target.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">p is neither 1 nor 2.</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public static Tensor multi_margin_loss(
        Tensor x, Tensor target, long p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        const string Op = "multi_margin_loss";
        OperandChecks.RequireReal(Op, x);
        ArgumentNullException.ThrowIfNull(target);
        if (p is not (1 or 2))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, $"{Op}: p must be 1 or 2.");
        }

        var (scores, labels) = ClassRows(
            Op, x, target, target.ndim < 2 && target.numel() == (x.ndim == 2 ? x.shape[0] : 1), "one class number for each row");
        var classes = scores.shape[1];
        if (weight is not null && (weight.ndim != 1 || weight.shape[0] != classes))
        {
            throw new ShapeException($"{Op}: weight {weight.Type} must have one number for each of the {classes} classes of x {x.Type}.");
        }

        var right = reshape(labels, -1, 1);
        var missing = clamp(margin - gather(scores, 1, right) + scores, min: 0);
        missing = p == 1 ? missing : square(missing);
        if (weight is not null)
        {
            missing *= gather(expand(weight, scores.shape), 1, right);
        }

        var others = ne(arange(classes, device: x.device), right);
        var losses = sum(where(others, missing, 0), 1) / (double)classes;
        return LossReduction.Of(Op, reshape(losses, target.shape), reduction);
    }

    /// <summary>
    /// How far the scores of all right classes fall short of those of the others by 1: the sum over right classes y and others j of
    /// max(0, 1 - x[y] + x[j]), divided by the number of classes. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html.
    /// </summary>
    /// <param name="x">Scores, [N, C] or [C], of a floating-point type.</param>
    /// <param name="target">Class numbers of an integer type, in the shape of x: the right classes of each row, and then -1.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> one loss for each row.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="NativeOpException">A target before the first -1 is no class.</exception>
    public static Tensor multilabel_margin_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean)
    {
        const string Op = "multilabel_margin_loss";
        OperandChecks.RequireReal(Op, x);
        ArgumentNullException.ThrowIfNull(target);
        var (scores, labels) = ClassRows(Op, x, target, target.shape == x.shape, "the shape of x");
        labels = reshape(labels, scores.shape);

        // What comes after the first -1 means nothing.
        var isGiven = eq(cumsum(lt(labels, 0).to(DType.Int64), 1), 0);
        var right = where(isGiven, labels, 0);
        var isRight = gt(scatter_add(zeros_like(labels), 1, right, isGiven.to(DType.Int64)), 0);
        var missing = clamp(1 - unsqueeze(gather(scores, 1, right), 2) + unsqueeze(scores, 1), min: 0);
        var counts = logical_and(unsqueeze(isGiven, 2), logical_not(unsqueeze(isRight, 1)));
        var losses = sum(where(counts, missing, 0), [1, 2]) / (double)scores.shape[1];
        return LossReduction.Of(Op, x.ndim == 2 ? losses : reshape(losses, Shape.Scalar), reduction);
    }

    /// <summary>
    /// The mean over classes of the binary cross entropy between sigmoid(x) and truth values. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html.
    /// </summary>
    /// <param name="x">Scores, [..., C], of a floating-point type.</param>
    /// <param name="target">0 or 1 for each class, in a shape that broadcasts with that of x.</param>
    /// <param name="weight">A factor for each loss, which broadcasts; usually [C].</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> the shape of x without C.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor multilabel_soft_margin_loss(Tensor x, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        const string Op = "multilabel_soft_margin_loss";
        OperandChecks.RequireReal(Op, x);
        LossOperands.RequireBroadcast(Op, (x, "x"), (target, "target"));
        OperandChecks.RequireDims(Op, x);
        var losses = (target * softplus(-x, 1, ActivationNumbers.ExactThreshold))
            + ((1 - target) * softplus(x, 1, ActivationNumbers.ExactThreshold));
        return LossReduction.Of(Op, mean(LossOperands.Weighted(Op, losses, weight, "weight"), -1), reduction);
    }
}

/// <summary>Scores and labels as rows.</summary>
file static class ClassLosses
{
    /// <summary>Scores as [N, C] and class numbers as int64.</summary>
    public static (Tensor Scores, Tensor Labels) ClassRows(string op, Tensor x, Tensor target, bool fits, string shape)
    {
        if (!target.dtype.IsInteger())
        {
            throw new DTypeException(
                $"{op}: target must hold class numbers of an integer type, but is {target.Type}; cast it with target.to(DType.Int64).");
        }

        if (x.ndim > 2 || !fits || (x.ndim > 0 && x.shape[^1] == 0))
        {
            throw new ShapeException(
                $"{op}: x {x.Type} must be [N, C] or [C] with at least one class, and target {target.Type} must have {shape}.");
        }

        return (x.ndim == 2 ? x : reshape(x, 1, x.numel()), target.to(DType.Int64));
    }
}
