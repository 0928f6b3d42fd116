namespace Brachy.NN;

/// <summary>The cross entropy between softmax(input) and targets; see <see cref="F.cross_entropy"/>.</summary>
[Module]
public partial class CrossEntropyLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A weight for each class; null for 1.</summary>
    [Buffer]
    public partial Tensor? Weight { get; set; }

    /// <summary>A class number that does not count.</summary>
    [Static]
    public partial long IgnoreIndex { get; set; }

    /// <summary>How much of each target is spread evenly over all classes.</summary>
    [Static]
    public partial double LabelSmoothing { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="weight">A weight for each class, [C]; 1 by default.</param>
    /// <param name="ignoreIndex">A class number that does not count.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <param name="labelSmoothing">How much of each target is spread evenly over all classes, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">labelSmoothing does not lie in 0 to 1.</exception>
    public CrossEntropyLoss(Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean, double labelSmoothing = 0)
        : base(reduction)
    {
        Weight = weight;
        IgnoreIndex = ignoreIndex;
        LabelSmoothing = CheckSmoothing(labelSmoothing);
    }

    /// <summary>The loss of scores, [N, C, ...] or [C], and class numbers or probabilities.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public Tensor Forward(Tensor input, Tensor target) => F.cross_entropy(input, target, Weight, IgnoreIndex, Reduction, LabelSmoothing);
}

/// <summary>Minus the log probability of the target class; see <see cref="F.nll_loss"/>.</summary>
[Module]
public partial class NLLLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A weight for each class; null for 1.</summary>
    [Buffer]
    public partial Tensor? Weight { get; set; }

    /// <summary>A class number that does not count.</summary>
    [Static]
    public partial long IgnoreIndex { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="weight">A weight for each class, [C]; 1 by default.</param>
    /// <param name="ignoreIndex">A class number that does not count.</param>
    /// <param name="reduction">What to make of the losses.</param>
    public NLLLoss(Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
        : base(reduction) => (Weight, IgnoreIndex) = (weight, ignoreIndex);

    /// <summary>The loss of log probabilities, [N, C, ...] or [C], and class numbers.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public Tensor Forward(Tensor logProbs, Tensor target) => F.nll_loss(logProbs, target, Weight, IgnoreIndex, Reduction);
}

/// <summary>How far the score of the right class falls short of the others by a margin; see <see cref="F.multi_margin_loss"/>.</summary>
[Module]
public partial class MultiMarginLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>The exponent.</summary>
    [Static]
    public partial long P { get; set; }

    /// <summary>The difference that is enough.</summary>
    [Static]
    public partial double Margin { get; set; }

    /// <summary>A weight for each class; null for 1.</summary>
    [Buffer]
    public partial Tensor? Weight { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="p">The exponent, 1 or 2.</param>
    /// <param name="margin">The difference that is enough.</param>
    /// <param name="weight">A weight for each class, [C]; 1 by default.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is neither 1 nor 2.</exception>
    public MultiMarginLoss(long p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        P = p is 1 or 2 ? p : throw new ArgumentOutOfRangeException(nameof(p), p, "MultiMarginLoss: p must be 1 or 2.");
        Margin = margin;
        Weight = weight;
    }

    /// <summary>The loss of scores, [N, C] or [C], and class numbers.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.multi_margin_loss(x, target, P, Margin, Weight, Reduction);
}

/// <summary>How far the scores of all right classes fall short of the others by 1; see <see cref="F.multilabel_margin_loss"/>.</summary>
[Module]
public partial class MultiLabelMarginLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses.</param>
    public MultiLabelMarginLoss(Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
    }

    /// <summary>The loss of scores, [N, C] or [C], and the right classes of each row, followed by -1.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.multilabel_margin_loss(x, target, Reduction);
}

/// <summary>The mean over classes of binary cross entropies; see <see cref="F.multilabel_soft_margin_loss"/>.</summary>
[Module]
public partial class MultiLabelSoftMarginLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A factor for each class; null for 1.</summary>
    [Buffer]
    public partial Tensor? Weight { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="weight">A factor for each class, [C]; 1 by default.</param>
    /// <param name="reduction">What to make of the losses.</param>
    public MultiLabelSoftMarginLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean)
        : base(reduction) => Weight = weight;

    /// <summary>The loss of scores, [..., C], and 0 or 1 for each class.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.multilabel_soft_margin_loss(x, target, Weight, Reduction);
}
