namespace Brachy;

// Losses that push scores or embeddings apart up to a margin.
public static partial class F
{
    /// <summary>
    /// For pairs of vectors: 1 - cos where they belong together (target 1), max(0, cos - margin) where they do not (target -1).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html.
    /// </summary>
    /// <param name="input1">Vectors along the last dim, of a floating-point type.</param>
    /// <param name="input2">The other vectors, in the same shape.</param>
    /// <param name="target">1 or -1, in the shape of the inputs without the last dim.</param>
    /// <param name="margin">The cosine that strangers may have.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The vectors are not floating-point.</exception>
    public static Tensor cosine_embedding_loss(
        Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        const string Op = "cosine_embedding_loss";
        const double Epsilon = 1e-12;
        RequireSameShape(Op, input1, input2, "input1", "input2");
        RequireReal(Op, input1, "input1");
        RequireReal(Op, input2, "input2");
        RequireDims(Op, input1);
        ArgumentNullException.ThrowIfNull(target);
        var expected = Shapes.Reduce(input1.shape, [input1.ndim - 1], keepdim: false);
        if (target.shape != expected)
        {
            throw new ShapeException($"{Op}: target {target.Type} must have one number for each vector of {input1.Type}: shape {expected}.");
        }

        var lengths = (sum(square(input1), -1) + Epsilon) * (sum(square(input2), -1) + Epsilon);
        var cosine = sum(input1 * input2, -1) / sqrt(lengths);
        return Reduce(Op, where(eq(target, 1), 1 - cosine, where(eq(target, -1), clamp(cosine - margin, min: 0), 0)), reduction);
    }

    /// <summary>
    /// For distances: x where the pair belongs together (target 1), max(0, margin - x) where it does not (target -1).
    /// Source: pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html.
    /// </summary>
    /// <param name="x">Distances.</param>
    /// <param name="target">1 or -1, in the same shape.</param>
    /// <param name="margin">The distance that is enough.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor hinge_embedding_loss(Tensor x, Tensor target, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        RequireSameShape("hinge_embedding_loss", x, target);
        return Reduce("hinge_embedding_loss", where(ne(target, -1), x, 0) + where(ne(target, 1), clamp(margin - x, min: 0), 0), reduction);
    }

    /// <summary>
    /// max(0, margin - t (x1 - x2)): x1 should exceed x2 where the target is 1, and the other way round where it is -1.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html.
    /// </summary>
    /// <param name="input1">Scores.</param>
    /// <param name="input2">The scores to compare with, in the same shape.</param>
    /// <param name="target">1 or -1, in the same shape.</param>
    /// <param name="margin">The difference that is enough.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor margin_ranking_loss(
        Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        RequireSameShape("margin_ranking_loss", input1, input2, "input1", "input2");
        RequireSameShape("margin_ranking_loss", input1, target, "input1");
        return Reduce("margin_ranking_loss", clamp(margin - (target * (input1 - input2)), min: 0), reduction);
    }

    /// <summary>
    /// max(0, margin + d(anchor, positive) - d(anchor, negative)): an anchor should be closer to its like than to another.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html.
    /// </summary>
    /// <param name="anchor">Vectors along the last dim, of a floating-point type.</param>
    /// <param name="positive">Vectors like them, in the same shape.</param>
    /// <param name="negative">Other vectors, in the same shape.</param>
    /// <param name="margin">The difference of distances that is enough; positive.</param>
    /// <param name="p">The degree of the norm that measures distances; positive, infinity for the largest difference.</param>
    /// <param name="eps">Is added to differences, so that no distance is 0.</param>
    /// <param name="swap">Whether the negative counts with its distance to the positive, when that is smaller than to the anchor.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="DTypeException">The anchor is not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin or p is not positive.</exception>
    public static Tensor triplet_margin_loss(
        Tensor anchor, Tensor positive, Tensor negative, double margin = 1, double p = 2, double eps = 1e-6, bool swap = false,
        Reduction reduction = Reduction.Mean)
    {
        const string Op = "triplet_margin_loss";
        RequireSameShape(Op, anchor, positive, "anchor", "positive");
        RequireSameShape(Op, anchor, negative, "anchor", "negative");
        RequireReal(Op, anchor, "anchor");
        RequireDims(Op, anchor);
        if (!(margin > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(margin), margin, $"{Op}: the margin must be positive.");
        }

        if (!(p > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, $"{Op}: p must be positive.");
        }

        var far = DistanceOf(anchor, negative, p, eps);
        if (swap)
        {
            far = minimum(far, DistanceOf(positive, negative, p, eps));
        }

        return Reduce(Op, clamp(DistanceOf(anchor, positive, p, eps) - far + margin, min: 0), reduction);
    }

    /// <summary>The p-norm of the difference along the last dim.</summary>
    private static Tensor DistanceOf(Tensor left, Tensor right, double p, double eps)
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
