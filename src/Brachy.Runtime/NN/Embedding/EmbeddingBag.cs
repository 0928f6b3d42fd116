namespace Brachy.NN;

/// <summary>Sums, means or largest elements of bags of vectors from a table; see <see cref="F.embedding_bag"/>.</summary>
[Module]
public partial class EmbeddingBag
{
    /// <summary>The vectors, [num_embeddings, embedding_dim].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>What is made of a bag: sum, mean or max.</summary>
    [Static]
    public partial string Mode { get; set; }

    /// <summary>Whether offsets end with where the last bag ends.</summary>
    [Static]
    public partial bool IncludeLastOffset { get; set; }

    /// <summary>The row that does not count, from 0; null for none.</summary>
    [Static]
    public partial long? PaddingIdx { get; set; }

    /// <summary>A table drawn from the standard normal distribution, as in PyTorch; the row of the padding is zero.</summary>
    /// <param name="numEmbeddings">The number of vectors.</param>
    /// <param name="embeddingDim">The length of each.</param>
    /// <param name="mode"><c>"sum"</c>, <c>"mean"</c> or <c>"max"</c>.</param>
    /// <param name="includeLastOffset">Whether offsets end with where the last bag ends.</param>
    /// <param name="paddingIdx">The row that does not count; negative numbers count from the end.</param>
    /// <param name="dtype">The element type of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the padding is no row.</exception>
    /// <exception cref="ArgumentException">There is no such mode.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public EmbeddingBag(
        long numEmbeddings, long embeddingDim, string mode = "mean", bool includeLastOffset = false, long? paddingIdx = null,
        DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(mode);
        Mode = mode is "sum" or "mean" or "max"
            ? mode
            : throw new ArgumentException($"mode must be \"sum\", \"mean\" or \"max\", but is \"{mode}\".", nameof(mode));
        IncludeLastOffset = includeLastOffset;
        var table = new Embedding(numEmbeddings, embeddingDim, paddingIdx, dtype);
        (Weight, PaddingIdx) = (table.Weight, table.PaddingIdx);
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">int64 or int32 row numbers: [B, L], a bag in each row, or [L], all bags one after the other.</param>
    /// <param name="offsets">Where each bag of an input [L] begins.</param>
    /// <param name="perSampleWeights">A factor for each number; only for the sum.</param>
    /// <returns>[B, embedding_dim].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A number is no row, or the offsets do not rise from 0 to at most L.</exception>
    public Tensor Forward(Tensor input, Tensor? offsets = null, Tensor? perSampleWeights = null) =>
        F.embedding_bag(input, Weight, offsets, Mode, perSampleWeights, IncludeLastOffset, PaddingIdx);
}
