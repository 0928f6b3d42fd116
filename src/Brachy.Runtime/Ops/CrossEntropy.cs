namespace Brachy;

// Classification losses and scores.
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
    /// <param name="axis">The class dim.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> the shape of the logits without the class dim.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">label_smoothing does not lie in [0, 1].</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public static Tensor softmax_cross_entropy(
        Tensor logits, Tensor targets, Tensor? weight = null, long ignore_index = -100,
        Reduction reduction = Reduction.Mean, double label_smoothing = 0, long axis = -1)
    {
        if (label_smoothing is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(label_smoothing), label_smoothing, "softmax_cross_entropy: label_smoothing must lie in 0 to 1.");
        }

        RequireDims("softmax_cross_entropy", logits);
        var dim = Shapes.NormalizeDim("softmax_cross_entropy", axis, logits.ndim);
        RequireClassWeight(logits, weight, dim);
        return targets.dtype.IsFloatingPoint()
            ? OfProbabilities(logits, targets, weight, reduction, label_smoothing, dim)
            : OfClassNumbers(logits, targets, weight, ignore_index, reduction, label_smoothing, dim);
    }

    /// <summary>The fraction of targets that have the highest logit; float32 without dims.</summary>
    /// <param name="logits">Scores.</param>
    /// <param name="targets">Class numbers of an integer type, in the shape of the logits without the class dim.</param>
    /// <param name="axis">The class dim.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The targets are not integers.</exception>
    public static Tensor accuracy(Tensor logits, Tensor targets, long axis = -1)
    {
        RequireDims("accuracy", logits);
        var expected = Shapes.Reduce(logits.shape, [Shapes.NormalizeDim("accuracy", axis, logits.ndim)], keepdim: false);
        if (!targets.dtype.IsInteger())
        {
            throw new DTypeException($"accuracy: targets must be class numbers, but are {targets.Type}; take the argmax of probabilities first.");
        }

        return targets.shape == expected
            ? mean(eq(argmax(logits, axis), targets).to(DType.Float32))
            : throw new ShapeException($"accuracy: targets {targets.Type} do not fit logits {logits.Type}; their shape must be {expected}.");
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
            _ => -sum(terms) / ((double)logits.numel() / logits.shape[dim]),
        };
    }

    private static void RequireClassWeight(Tensor logits, Tensor? weight, int dim)
    {
        if (weight is not null && (weight.ndim != 1 || weight.shape[0] != logits.shape[dim]))
        {
            throw new ShapeException($"softmax_cross_entropy: weight {weight.Type} must have one number for each of the {logits.shape[dim]} classes of {logits.Type} (dim {dim}).");
        }
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
