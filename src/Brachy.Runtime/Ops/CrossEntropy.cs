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
    /// <param name="weight">A weight for each class, in the element type of the logits; 1 by default. It has no gradient for class numbers.</param>
    /// <param name="ignore_index">A class number that does not count.</param>
    /// <param name="reduction">
    /// What to make of the losses. The mean of class numbers divides by the sum of their weights, that of probabilities by the number of losses.
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
        if (label_smoothing is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(label_smoothing), label_smoothing, "softmax_cross_entropy: label_smoothing must lie in 0 to 1.");
        }

        var dim = ClassDim("softmax_cross_entropy", logits, axis);
        ArgumentNullException.ThrowIfNull(targets);
        RequireClassWeight("softmax_cross_entropy", logits, weight, dim);
        return targets.dtype.IsFloatingPoint()
            ? OfProbabilities(logits, targets, weight, reduction, label_smoothing, dim)
            : OfClassNumbers(logits, targets, weight, ignore_index, reduction, label_smoothing, dim);
    }

    private static Tensor OfClassNumbers(
        Tensor logits, Tensor targets, Tensor? weight, long ignoreIndex, Reduction reduction, double smoothing, int dim)
    {
        var x = ClassesSecond("softmax_cross_entropy", logits, targets, dim);
        var logProbs = log_softmax(x, 1);
        var numbers = ClassNumbers(targets, x);
        var (loss, totalWeight) = nll_loss_forward(logProbs, numbers, weight, ignoreIndex, reduction);
        if (smoothing > 0)
        {
            var weighted = weight is null ? logProbs : logProbs * AlongDim(weight, logProbs.ndim, 1);
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

    private static Tensor OfProbabilities(Tensor logits, Tensor targets, Tensor? weight, Reduction reduction, double smoothing, int dim)
    {
        if (targets.shape != logits.shape)
        {
            throw new ShapeException($"softmax_cross_entropy: targets {targets.Type} are probabilities, because they are not integers, and must have the shape of the logits {logits.Type}.");
        }

        var wanted = smoothing > 0 ? (targets * (1 - smoothing)) + (smoothing / logits.shape[dim]) : targets;
        var terms = log_softmax(logits, dim) * wanted;
        if (weight is not null)
        {
            terms *= AlongDim(weight, logits.ndim, dim);
        }

        return reduction switch
        {
            Reduction.None => -sum(terms, [dim], false),
            Reduction.Sum => -sum(terms),
            Reduction.Mean => -sum(terms) / ((double)logits.numel() / logits.shape[dim]),
            _ => throw UnknownReduction("softmax_cross_entropy", reduction),
        };
    }

    /// <summary>Gives a vector the dims to broadcast along one of several.</summary>
    private static Tensor AlongDim(Tensor vector, int rank, int dim)
    {
        var sizes = new long[rank];
        Array.Fill(sizes, 1);
        sizes[dim] = vector.shape[0];
        return reshape(vector, sizes);
    }
}
