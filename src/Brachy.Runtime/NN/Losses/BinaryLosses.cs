namespace Brachy.NN;

/// <summary>The cross entropy between probabilities of truth values; see <see cref="F.binary_cross_entropy"/>.</summary>
[Module]
public partial class BCELoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A factor for each loss; null for 1.</summary>
    [Buffer]
    public partial Tensor? Weight { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="weight">A factor for each loss, which broadcasts; 1 by default.</param>
    /// <param name="reduction">What to make of the losses.</param>
    public BCELoss(Tensor? weight = null, Reduction reduction = Reduction.Mean)
        : base(reduction) => Weight = weight;

    /// <summary>The loss of probabilities <paramref name="x"/> and what they should be.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A probability does not lie in 0 to 1.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.binary_cross_entropy(x, target, Weight, Reduction);
}

/// <summary>
/// The cross entropy between sigmoid(x) and probabilities of truth values; see <see cref="F.binary_cross_entropy_with_logits"/>.
/// </summary>
[Module]
public partial class BCEWithLogitsLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A factor for each loss; null for 1.</summary>
    [Buffer]
    public partial Tensor? Weight { get; set; }

    /// <summary>A factor for the part of the loss that positive targets have; null for 1.</summary>
    [Buffer]
    public partial Tensor? PosWeight { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="weight">A factor for each loss, which broadcasts; 1 by default.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <param name="posWeight">A factor for the part of the loss that positive targets have, which broadcasts; 1 by default.</param>
    public BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? posWeight = null)
        : base(reduction) => (Weight, PosWeight) = (weight, posWeight);

    /// <summary>The loss of scores <paramref name="x"/> and what their sigmoid should be.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.binary_cross_entropy_with_logits(x, target, Weight, PosWeight, Reduction);
}

/// <summary>log(1 + e^(-t x)) for targets -1 and 1; see <see cref="F.soft_margin_loss"/>.</summary>
[Module]
public partial class SoftMarginLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses.</param>
    public SoftMarginLoss(Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
    }

    /// <summary>The loss of scores <paramref name="x"/> and the classes -1 and 1.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.soft_margin_loss(x, target, Reduction);
}
