namespace Brachy.NN;

/// <summary>
/// Log probabilities of many classes, of which few are frequent: a head has those and one score for each cluster of the rest, and the tail
/// has a smaller map for each cluster. Source: pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html; Grave
/// et al., arXiv:1609.04309.
/// </summary>
/// <remarks>All clusters are computed for all rows, because compiled code knows its shapes; PyTorch picks the rows of each.</remarks>
[Module]
public partial class AdaptiveLogSoftmaxWithLoss
{
    /// <summary>The scores of the frequent classes, then those of the clusters.</summary>
    public partial Linear Head { get; set; }

    /// <summary>For each cluster a map to fewer features, and one from there to its classes.</summary>
    public partial ModuleList<Sequential> Tail { get; set; }

    /// <summary>The first class of each cluster, and the number of classes.</summary>
    [Static]
    public partial long[] Cutoffs { get; set; }

    /// <summary>A layer whose classes are ordered from frequent to rare.</summary>
    /// <param name="inFeatures">The length of the input vectors.</param>
    /// <param name="nClasses">The number of classes.</param>
    /// <param name="cutoffs">The first class of each cluster: positive, rising, and less than the number of classes.</param>
    /// <param name="divValue">What the features of each cluster are fewer by than those of the one before.</param>
    /// <param name="headBias">Whether to add a bias in the head.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">The cutoffs do not rise.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public AdaptiveLogSoftmaxWithLoss(
        long inFeatures, long nClasses, long[] cutoffs, double divValue = 4, bool headBias = false, DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(cutoffs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFeatures);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nClasses);
        if (!(divValue > 0) || !double.IsFinite(divValue))
        {
            throw new ArgumentOutOfRangeException(nameof(divValue), divValue, "divValue must be positive and finite.");
        }

        Cutoffs = [.. cutoffs, nClasses];
        if (cutoffs.Length == 0 || cutoffs[0] < 1 || Cutoffs.Zip(Cutoffs.Skip(1), (a, b) => a < b).Contains(false))
        {
            throw new ArgumentException(
                $"cutoffs must be positive, rise, and be less than the {nClasses} classes, but are [{string.Join(", ", cutoffs)}].",
                nameof(cutoffs));
        }

        Head = new(inFeatures, cutoffs[0] + cutoffs.Length, headBias, dtype);
        var tail = new ModuleList<Sequential>();
        for (var i = 0; i < cutoffs.Length; i++)
        {
            var inner = (long)Math.Floor(inFeatures / Math.Pow(divValue, i + 1));
            if (inner < 1)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(divValue), divValue,
                    $"Cluster {i} has {inFeatures} / {divValue}^{i + 1} features, which is none; use a smaller divValue.");
            }

            tail.Add(
                new(new Linear(inFeatures, inner, bias: false, dtype), new Linear(inner, Cutoffs[i + 1] - cutoffs[i], bias: false, dtype)));
        }

        Tail = tail;
    }

    /// <summary>The log probabilities of the target classes, and minus their mean.</summary>
    /// <param name="input">[N, in_features] or [in_features].</param>
    /// <param name="target">Class numbers of an integer type, [N] or a scalar.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public (Tensor Output, Tensor Loss) Forward(Tensor input, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        if (input.ndim is not (1 or 2) || target.ndim != input.ndim - 1 || (input.ndim == 2 && target.shape[0] != input.shape[0]))
        {
            throw new ShapeException($"AdaptiveLogSoftmaxWithLoss: input {input.Type} and target {target.Type} must be [N, in_features] "
                + "and [N], or [in_features] and [].");
        }

        var output = F.squeeze(F.gather(LogProb(input), -1, F.unsqueeze(target.to(DType.Int64), -1)), -1);
        return (output, -F.mean(output));
    }

    /// <summary>The log probabilities of all classes, [N, n_classes] or [n_classes].</summary>
    /// <param name="input">[N, in_features] or [in_features].</param>
    /// <exception cref="ShapeException">The shape does not fit.</exception>
    public Tensor LogProb(Tensor input)
    {
        var head = F.log_softmax(Head.Call(input), -1);
        var first = Cutoffs[0];
        return F.cat(
            [F.slice(head, -1, 0, first), .. Tail.Select(
                (cluster, i) => F.log_softmax(cluster.Call(input), -1) + F.slice(head, -1, first + i, first + i + 1))], -1);
    }

    /// <summary>The most probable class of each row, [N] or a scalar.</summary>
    /// <param name="input">[N, in_features] or [in_features].</param>
    /// <exception cref="ShapeException">The shape does not fit.</exception>
    public Tensor Predict(Tensor input) => F.argmax(LogProb(input), -1);
}
