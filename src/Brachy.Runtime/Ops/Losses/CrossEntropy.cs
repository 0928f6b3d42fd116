using static Brachy.CrossEntropyForms;
using static Brachy.F;

namespace Brachy;

// The loss of classifiers.
public static partial class F
{
    /// <summary>
    /// The cross entropy between softmax(logits) and the targets, with PyTorch's semantics.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html.
    /// </summary>
    /// <param name="logits">Unnormalised scores, floating-point.</param>
    /// <param name="targets">
    /// Class numbers of an integer type, in the shape of the logits without the class dim; or probabilities, floating-point
    /// and in the shape of the logits.
    /// </param>
    /// <param name="weight">
    /// A weight for each class, in the element type of the logits; 1 by default. It has no gradient for class numbers.
    /// </param>
    /// <param name="ignore_index">A class number that does not count.</param>
    /// <param name="reduction">
    /// What to make of the losses. The mean of class numbers divides by the sum of their weights, that of probabilities
    /// by the number of losses.
    /// </param>
    /// <param name="label_smoothing">How much of each target is spread evenly over all classes, 0 to 1.</param>
    /// <param name="axis">The class dim; by default dim 1, or dim 0 where there is no other, as in PyTorch.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> the shape of the logits without the class dim.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">label_smoothing does not lie in [0, 1].</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public static Tensor softmax_cross_entropy(
        Tensor logits, Tensor targets, Tensor? weight = null, long ignore_index = -100,
        Reduction reduction = Reduction.Mean, double label_smoothing = 0, long? axis = null)
    {
        return CrossEntropy(
            "softmax_cross_entropy", (logits, nameof(logits)), (targets, nameof(targets)), weight, ignore_index, reduction, label_smoothing,
            axis);
    }

    /// <summary>The cross entropy between softmax(input) and the target, as torch.nn.functional.cross_entropy.</summary>
    /// <param name="input">Unnormalised scores, floating-point: [C], [N, C] or [N, C, d1, d2, …].</param>
    /// <param name="target">
    /// Class numbers of an integer type, in the shape of the input without C; or probabilities, floating-point and
    /// in the shape of the input.
    /// </param>
    /// <param name="weight">
    /// A weight for each class, in the element type of the input; 1 by default. It has no gradient for class numbers.
    /// </param>
    /// <param name="ignore_index">A class number that does not count.</param>
    /// <param name="reduction">
    /// What to make of the losses. The mean of class numbers divides by the sum of their weights, that of probabilities
    /// by the number of losses.
    /// </param>
    /// <param name="label_smoothing">How much of each target is spread evenly over all classes, 0 to 1.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> the shape of the input without C.</returns>
    /// <remarks><see cref="softmax_cross_entropy"/> is the same with the classes in any dim.</remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">label_smoothing does not lie in [0, 1].</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public static Tensor cross_entropy(
        Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean,
        double label_smoothing = 0) =>
        CrossEntropy(
            "cross_entropy", (input, nameof(input)), (target, nameof(target)), weight, ignore_index, reduction, label_smoothing, null);
}

/// <summary>Cross entropy of numbers of classes and of probabilities.</summary>
file static class CrossEntropyForms
{
    public static Tensor CrossEntropy(
        string op, (Tensor Tensor, string Name) scores, (Tensor Tensor, string Name) wanted, Tensor? weight, long ignoreIndex,
        Reduction reduction, double labelSmoothing, long? axis)
    {
        ArgumentNullException.ThrowIfNull(scores.Tensor, scores.Name);
        ArgumentNullException.ThrowIfNull(wanted.Tensor, wanted.Name);
        if (labelSmoothing is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException("label_smoothing", labelSmoothing, $"{op}: label_smoothing must lie in 0 to 1.");
        }

        var (logits, targets) = (scores.Tensor, wanted.Tensor);
        var dim = ClassTargets.ClassDim(op, logits, axis);
        ClassTargets.RequireClassWeight(op, logits, weight, dim);
        return targets.dtype.IsFloatingPoint()
            ? OfProbabilities(op, scores, wanted, weight, reduction, labelSmoothing, dim)
            : OfClassNumbers(op, logits, targets, weight, ignoreIndex, reduction, labelSmoothing, dim);
    }

    private static Tensor OfClassNumbers(
        string op, Tensor logits, Tensor targets, Tensor? weight, long ignoreIndex, Reduction reduction, double smoothing, int dim)
    {
        var x = ClassTargets.ClassesSecond(op, logits, targets, dim);
        var logProbs = log_softmax(x, 1);
        var numbers = ClassTargets.ClassNumbers(targets, x);
        var (loss, totalWeight) = ClassTargets.nll_loss_forward(logProbs, numbers, weight, ignoreIndex, reduction);
        if (smoothing > 0)
        {
            var weighted = weight is null ? logProbs : logProbs * Broadcasting.AlongDim(weight, logProbs.ndim, 1);
            var spread = masked_fill(-sum(weighted, [1], false), eq(numbers, ignoreIndex), 0);
            spread = reduction switch
            {
                Reduction.None => spread,
                Reduction.Sum => sum(spread),
                _ => sum(spread) / totalWeight,
            };
            loss = ((1 - smoothing) * loss) + (smoothing / x.shape[1] * spread);
        }

        return reduction == Reduction.None ? reshape(loss, targets.shape) : loss;
    }

    private static Tensor OfProbabilities(
        string op, (Tensor Tensor, string Name) scores, (Tensor Tensor, string Name) given, Tensor? weight, Reduction reduction,
        double smoothing, int dim)
    {
        var (logits, targets) = (scores.Tensor, given.Tensor);
        if (targets.shape != logits.shape)
        {
            throw new ShapeException($"{op}: {given.Name} {targets.Type} holds probabilities, because it is not of an integer type, and "
                + $"must have the shape of {scores.Name} {logits.Type}.");
        }

        var wanted = smoothing > 0 ? (targets * (1 - smoothing)) + (smoothing / logits.shape[dim]) : targets;
        var terms = log_softmax(logits, dim) * wanted;
        if (weight is not null)
        {
            terms *= Broadcasting.AlongDim(weight, logits.ndim, dim);
        }

        return reduction switch
        {
            Reduction.None => -sum(terms, [dim], false),
            Reduction.Sum => -sum(terms),
            Reduction.Mean => -sum(terms) / ((double)logits.numel() / logits.shape[dim]),
            _ => throw LossReduction.Unknown(op, reduction),
        };
    }
}
