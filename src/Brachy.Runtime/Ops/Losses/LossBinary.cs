using Brachy.Extending;
using TorchSharp;
using static Brachy.BinaryLosses;

namespace Brachy;

// Losses of truth values and their probabilities.
public static partial class F
{
    /// <summary>
    /// The cross entropy between probabilities of truth values, -t log x - (1 - t) log(1 - x), with logarithms of at least -100.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.BCELoss.html.
    /// </summary>
    /// <param name="x">Probabilities, of a floating-point type.</param>
    /// <param name="target">What they should be, in the same shape and element type.</param>
    /// <param name="weight">A factor for each loss, which broadcasts to the shape.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    /// <exception cref="NativeOpException">A probability does not lie in 0 to 1.</exception>
    public static Tensor binary_cross_entropy(Tensor x, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        LossOperands.RequireSameShape("binary_cross_entropy", x, target);
        return LossReduction.Of(
            "binary_cross_entropy", LossOperands.Weighted("binary_cross_entropy", BinaryCrossEntropy.Bind(x, target), weight, "weight"),
            reduction);
    }

    internal static readonly Primitive<NoSettings> BinaryCrossEntropy = Binary.Of(
        "binary_cross_entropy",
        x =>
        {
            Shapes.RequireFloat(x, 0, "x");
            Shapes.RequireSameDType(x, 0, 1);
            return x[0].Shape == x[1].Shape
                ? new TensorType(x[0].Shape, x[0].DType, x.Device)
                : throw new ShapeException($"binary_cross_entropy: x {x[0]} and target {x[1]} differ in shape; reshape or expand one.");
        },
        x => torch.nn.functional.binary_cross_entropy(x[0], x[1], reduction: torch.nn.Reduction.None),
        x => $"torch.binary_cross_entropy({x[0]}, {x[1]}, None, 0)",
        (g, y, x, target) => g * (x - target) / clamp((1 - x) * x, min: 1e-12),
        (g, y, x, target) => g * (clamp(log1p(-x), min: LowestLog) - clamp(log(x), min: LowestLog)),
        batching: Batching.SameShapes);

    /// <summary>
    /// The binary cross entropy between sigmoid(logits) and the target, without overflow.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html.
    /// </summary>
    /// <param name="logits">Unnormalised scores, of a floating-point type.</param>
    /// <param name="target">Probabilities in the same shape.</param>
    /// <param name="weight">A factor for each loss, which broadcasts to the shape.</param>
    /// <param name="pos_weight">A factor for the part of the loss that positive targets have, which broadcasts to the shape.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The logits are not floating-point.</exception>
    public static Tensor binary_cross_entropy_with_logits(
        Tensor logits, Tensor target, Tensor? weight = null, Tensor? pos_weight = null, Reduction reduction = Reduction.Mean)
    {
        const string Op = "binary_cross_entropy_with_logits";
        LossOperands.RequireSameShape(Op, logits, target, "logits");
        OperandChecks.RequireReal(Op, logits, "logits");
        if (pos_weight is not null)
        {
            LossOperands.RequireFits(Op, target, pos_weight, "pos_weight");
        }

        // Two small terms: softplus(x) - t x would lose all digits of a small loss.
        var positive = target * softplus(-logits, 1, ActivationNumbers.ExactThreshold);
        var negative = (1 - target) * softplus(logits, 1, ActivationNumbers.ExactThreshold);
        var losses = (pos_weight is null ? positive : pos_weight * positive) + negative;
        return LossReduction.Of(Op, LossOperands.Weighted(Op, losses, weight, "weight"), reduction);
    }

    /// <summary>log(1 + e^(-t x)): the loss of a classifier into -1 and 1, without overflow.</summary>
    /// <param name="x">Scores, of a floating-point type.</param>
    /// <param name="target">-1 or 1, in a shape that broadcasts with that of x.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor soft_margin_loss(Tensor x, Tensor target, Reduction reduction = Reduction.Mean)
    {
        LossOperands.RequireBroadcast("soft_margin_loss", (x, "x"), (target, "target"));
        OperandChecks.RequireReal("soft_margin_loss", x);
        return LossReduction.Of("soft_margin_loss", softplus(-x * target, 1, ActivationNumbers.ExactThreshold), reduction);
    }
}

/// <summary>Limits of logarithms.</summary>
file static class BinaryLosses
{
    // The lowest logarithm in a binary cross entropy, as in PyTorch: the loss stays finite.
    public const double LowestLog = -100;
}
