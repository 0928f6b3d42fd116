namespace Brachy.NN;

/// <summary>Asks one score to exceed another by a margin; see <see cref="F.margin_ranking_loss"/>.</summary>
[Module]
public partial class MarginRankingLoss : LossLayer<(Tensor, Tensor, Tensor)>
{
    /// <summary>The difference that is enough.</summary>
    [Static]
    public partial double Margin { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="margin">The difference that is enough.</param>
    /// <param name="reduction">What to make of the losses.</param>
    public MarginRankingLoss(double margin = 0, Reduction reduction = Reduction.Mean)
        : base(reduction) => Margin = margin;

    /// <summary>The loss of two scores: the target is 1 where the first should be larger, -1 where the second should.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor input1, Tensor input2, Tensor target) => F.margin_ranking_loss(input1, input2, target, Margin, Reduction);
}

/// <summary>Asks distances to be small or to exceed a margin; see <see cref="F.hinge_embedding_loss"/>.</summary>
[Module]
public partial class HingeEmbeddingLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>The distance that is enough.</summary>
    [Static]
    public partial double Margin { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="margin">The distance that is enough.</param>
    /// <param name="reduction">What to make of the losses.</param>
    public HingeEmbeddingLoss(double margin = 1, Reduction reduction = Reduction.Mean)
        : base(reduction) => Margin = margin;

    /// <summary>The loss of distances <paramref name="x"/>: the target is 1 where they should be small, -1 where they should not.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.hinge_embedding_loss(x, target, Margin, Reduction);
}

/// <summary>Asks pairs of vectors to point the same way, or not to; see <see cref="F.cosine_embedding_loss"/>.</summary>
[Module]
public partial class CosineEmbeddingLoss : LossLayer<(Tensor, Tensor, Tensor)>
{
    /// <summary>The cosine that strangers may have.</summary>
    [Static]
    public partial double Margin { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="margin">The cosine that strangers may have.</param>
    /// <param name="reduction">What to make of the losses.</param>
    public CosineEmbeddingLoss(double margin = 0, Reduction reduction = Reduction.Mean)
        : base(reduction) => Margin = margin;

    /// <summary>The loss of pairs of vectors: the target is 1 where they belong together, -1 where they do not.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor input1, Tensor input2, Tensor target) =>
        F.cosine_embedding_loss(input1, input2, target, Margin, Reduction);
}

/// <summary>Asks an anchor to be closer to its like than to another by a margin; see <see cref="F.triplet_margin_loss"/>.</summary>
[Module]
public partial class TripletMarginLoss : LossLayer<(Tensor, Tensor, Tensor)>
{
    /// <summary>The difference of distances that is enough.</summary>
    [Static]
    public partial double Margin { get; set; }

    /// <summary>The degree of the norm that measures distances.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Is added to differences, so that no distance is 0.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether the negative may count with its distance to the positive.</summary>
    [Static]
    public partial bool Swap { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="margin">The difference of distances that is enough; positive.</param>
    /// <param name="p">The degree of the norm that measures distances; positive.</param>
    /// <param name="eps">Is added to differences, so that no distance is 0.</param>
    /// <param name="swap">Whether the negative counts with its distance to the positive, when that is smaller.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The margin or p is not positive.</exception>
    public TripletMarginLoss(double margin = 1, double p = 2, double eps = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        Margin = CheckMargin(margin);
        P = p > 0 ? p : throw new ArgumentOutOfRangeException(nameof(p), p, "TripletMarginLoss: p must be positive.");
        Eps = eps;
        Swap = swap;
    }

    /// <summary>The loss of vectors along the last dim.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) =>
        F.triplet_margin_loss(anchor, positive, negative, Margin, P, Eps, Swap, Reduction);
}

/// <summary>
/// Asks an anchor to be closer to its like than to another, by any distance; see <see cref="F.triplet_margin_with_distance_loss"/>.
/// </summary>
[Module]
public partial class TripletMarginWithDistanceLoss : LossLayer<(Tensor, Tensor, Tensor)>
{
    /// <summary>Gives a distance for each pair.</summary>
    public partial Module<(Tensor, Tensor), Tensor> DistanceFunction { get; set; }

    /// <summary>The difference of distances that is enough.</summary>
    [Static]
    public partial double Margin { get; set; }

    /// <summary>Whether the negative may count with its distance to the positive.</summary>
    [Static]
    public partial bool Swap { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="distanceFunction">
    /// Gives a distance for each pair: a layer of two inputs, or a function as <c>Module.FromFunc(((Tensor, Tensor) p) => …)</c>; by
    /// default <see cref="PairwiseDistance"/>.
    /// </param>
    /// <param name="margin">The difference of distances that is enough; positive.</param>
    /// <param name="swap">Whether the negative counts with its distance to the positive, when that is smaller.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The margin is not positive.</exception>
    public TripletMarginWithDistanceLoss(
        Module<(Tensor, Tensor), Tensor>? distanceFunction = null, double margin = 1, bool swap = false,
        Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        DistanceFunction = distanceFunction ?? new PairwiseDistance();
        Margin = CheckMargin(margin);
        Swap = swap;
    }

    /// <summary>The loss of an anchor, its like, and another.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) => F.triplet_margin_with_distance_loss(
        anchor, positive, negative, (left, right) => DistanceFunction.Call((left, right)), Margin, Swap, Reduction);
}
