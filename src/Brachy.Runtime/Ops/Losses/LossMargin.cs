using Brachy.Extending;
using static Brachy.F;
using static Brachy.TripletLosses;

namespace Brachy;

// Losses that push scores or embeddings apart up to a margin.
public static partial class F
{
    /// <summary>
    /// For pairs of vectors: 1 - cos where they belong together (target 1), max(0, cos - margin) where they do not (target -1).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html.
    /// </summary>
    /// <param name="input1">Vectors along the last dim, of a floating-point type.</param>
    /// <param name="input2">The other vectors, in a shape that broadcasts with it.</param>
    /// <param name="target">1 or -1, in a shape that broadcasts with that of the inputs without the last dim.</param>
    /// <param name="margin">The cosine that strangers may have.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The vectors are not floating-point.</exception>
    public static Tensor cosine_embedding_loss(
        Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        const string Op = "cosine_embedding_loss";
        const double Epsilon = 1e-12;
        var shape = LossOperands.RequireBroadcast(Op, (input1, "input1"), (input2, "input2"));
        OperandChecks.RequireReal(Op, input1, "input1");
        OperandChecks.RequireReal(Op, input2, "input2");
        OperandChecks.RequireDims(Op, input1);
        LossOperands.RequireSameRank(Op, (input1, "input1"), (input2, "input2"));
        ArgumentNullException.ThrowIfNull(target);
        var expected = Shapes.Reduce(shape, [shape.Rank - 1], keepdim: false);
        if (target.ndim != expected.Rank)
        {
            throw new ShapeException($"{Op}: target {target.Type} must have one number for each vector of {shape}: shape {expected}.");
        }

        Shapes.Broadcast(Op, expected, target.shape);

        var lengths = (sum(square(input1), -1) + Epsilon) * (sum(square(input2), -1) + Epsilon);
        var cosine = sum(input1 * input2, -1) / sqrt(lengths);
        return LossReduction.Of(Op, where(eq(target, 1), 1 - cosine, where(eq(target, -1), clamp(cosine - margin, min: 0), 0)), reduction);
    }

    /// <summary>
    /// For distances: x where the pair belongs together (target 1), max(0, margin - x) where it does not (target -1).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html.
    /// </summary>
    /// <param name="x">Distances.</param>
    /// <param name="target">1 or -1, in a shape that broadcasts with that of x.</param>
    /// <param name="margin">The distance that is enough.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor hinge_embedding_loss(Tensor x, Tensor target, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        LossOperands.RequireBroadcast("hinge_embedding_loss", (x, "x"), (target, "target"));
        return LossReduction.Of(
            "hinge_embedding_loss", where(ne(target, -1), x, 0) + where(ne(target, 1), clamp(margin - x, min: 0), 0), reduction);
    }

    /// <summary>
    /// max(0, margin - t (x1 - x2)): x1 should exceed x2 where the target is 1, and the other way round where it is -1.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html.
    /// </summary>
    /// <param name="input1">Scores.</param>
    /// <param name="input2">The scores to compare with, of as many dims; the shapes broadcast.</param>
    /// <param name="target">1 or -1, of as many dims; the shapes broadcast.</param>
    /// <param name="margin">The difference that is enough.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or have not one number of dims.</exception>
    public static Tensor margin_ranking_loss(
        Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        const string Op = "margin_ranking_loss";
        LossOperands.RequireBroadcast(Op, (input1, "input1"), (input2, "input2"), (target, "target"));
        LossOperands.RequireSameRank(Op, (input1, "input1"), (input2, "input2"), (target, "target"));
        return LossReduction.Of(Op, clamp(margin - (target * (input1 - input2)), min: 0), reduction);
    }

    /// <summary>
    /// max(0, margin + d(anchor, positive) - d(anchor, negative)): an anchor should be closer to its like than to another.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html.
    /// </summary>
    /// <param name="anchor">Vectors along the last dim, of a floating-point type.</param>
    /// <param name="positive">Vectors like them, of as many dims; the shapes broadcast.</param>
    /// <param name="negative">Other vectors, of as many dims; the shapes broadcast.</param>
    /// <param name="margin">The difference of distances that is enough; positive.</param>
    /// <param name="p">The degree of the norm that measures distances; positive, infinity for the largest difference.</param>
    /// <param name="eps">Is added to differences, so that no distance is 0.</param>
    /// <param name="swap">Whether the negative counts with its distance to the positive, when that is smaller than to the anchor.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or have not one number of dims.</exception>
    /// <exception cref="DTypeException">The anchor is not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin or p is not positive.</exception>
    public static Tensor triplet_margin_loss(
        Tensor anchor, Tensor positive, Tensor negative, double margin = 1, double p = 2, double eps = 1e-6, bool swap = false,
        Reduction reduction = Reduction.Mean)
    {
        const string Op = "triplet_margin_loss";
        RequireTriplet(Op, anchor, positive, negative);
        OperandChecks.RequireReal(Op, anchor, "anchor");
        if (!(p > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, $"{Op}: p must be positive.");
        }

        return TripletMargin(Op, (left, right) => DistanceOf(left, right, p, eps), anchor, positive, negative, margin, swap, reduction);
    }

    /// <summary>
    /// max(0, margin + d(anchor, positive) - d(anchor, negative)) with any distance. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html.
    /// </summary>
    /// <param name="anchor">What distances are taken from.</param>
    /// <param name="positive">What should be close to it, of as many dims.</param>
    /// <param name="negative">What should be far from it, of as many dims.</param>
    /// <param name="distance_function">
    /// Gives a distance for each pair; by default <see cref="pairwise_distance"/>, the length of the difference along the last dim.
    /// </param>
    /// <param name="margin">The difference of distances that is enough; positive.</param>
    /// <param name="swap">Whether the negative counts with its distance to the positive, when that is smaller than to the anchor.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin is not positive.</exception>
    public static Tensor triplet_margin_with_distance_loss(
        Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distance_function = null, double margin = 1,
        bool swap = false, Reduction reduction = Reduction.Mean)
    {
        const string Op = "triplet_margin_with_distance_loss";
        RequireTriplet(Op, anchor, positive, negative);
        return TripletMargin(
            Op, distance_function
                ?? ((left, right) => pairwise_distance(left, right)), anchor, positive, negative, margin, swap, reduction);
    }
}

/// <summary>Distances of triplets.</summary>
file static class TripletLosses
{
    public static void RequireTriplet(string op, Tensor anchor, Tensor positive, Tensor negative)
    {
        LossOperands.RequireBroadcast(op, (anchor, "anchor"), (positive, "positive"), (negative, "negative"));
        LossOperands.RequireSameRank(op, (anchor, "anchor"), (positive, "positive"), (negative, "negative"));
        OperandChecks.RequireDims(op, anchor);
    }

    public static Tensor TripletMargin(
        string op, Func<Tensor, Tensor, Tensor> distance, Tensor anchor, Tensor positive, Tensor negative, double margin, bool swap,
        Reduction reduction)
    {
        if (!(margin > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(margin), margin, $"{op}: the margin must be positive.");
        }

        var far = distance(anchor, negative);
        if (swap)
        {
            far = minimum(far, distance(positive, negative));
        }

        return LossReduction.Of(op, clamp(distance(anchor, positive) - far + margin, min: 0), reduction);
    }

    /// <summary>The p-norm of the difference along the last dim.</summary>
    public static Tensor DistanceOf(Tensor left, Tensor right, double p, double eps)
    {
        var difference = left - right + eps;
        return p switch
        {
            2 => norm(difference, -1),
            1 => sum(abs(difference), -1),
            double.PositiveInfinity => amax(abs(difference), -1),
            _ => pow(sum(pow(abs(difference), p), -1), 1 / p),
        };
    }
}
