namespace Brachy.NN;

/// <summary>The cosine of the angle between vectors; see <see cref="F.cosine_similarity"/>.</summary>
[Module]
public partial class CosineSimilarity
{
    /// <summary>The dim that holds the vectors.</summary>
    [Static]
    public partial long Dim { get; set; }

    /// <summary>The smallest length that a vector counts as.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>A similarity.</summary>
    /// <param name="dim">The dim that holds the vectors.</param>
    /// <param name="eps">The smallest length that a vector counts as.</param>
    public CosineSimilarity(long dim = 1, double eps = 1e-8) => (Dim, Eps) = (dim, eps);

    /// <summary>One number for each pair of vectors; the shapes broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast, or there is no such dim.</exception>
    public Tensor Forward(Tensor x1, Tensor x2) => F.cosine_similarity(x1, x2, Dim, Eps);
}

/// <summary>The p-norm of the difference of vectors along the last dim; see <see cref="F.pairwise_distance"/>.</summary>
[Module]
public partial class PairwiseDistance
{
    /// <summary>The order of the norm.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Added to each difference, so that none is 0.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>Whether the last dim stays, with size 1.</summary>
    [Static]
    public partial bool Keepdim { get; set; }

    /// <summary>A distance.</summary>
    /// <param name="p">The order of the norm.</param>
    /// <param name="eps">Added to each difference, so that none is 0.</param>
    /// <param name="keepdim">Whether the last dim stays, with size 1.</param>
    public PairwiseDistance(double p = 2, double eps = 1e-6, bool keepdim = false) => (P, Eps, Keepdim) = (p, eps, keepdim);

    /// <summary>One number for each pair of vectors; the shapes broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Forward(Tensor x1, Tensor x2) => F.pairwise_distance(x1, x2, P, Eps, Keepdim);
}
