namespace Brachy.NN;

/// <summary>A table of vectors, read by number. Input: int64 or int32 numbers, any shape; output: that shape, then embedding_dim.</summary>
[Module]
public partial class Embedding
{
    /// <summary>The vectors, [num_embeddings, embedding_dim].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The row that stands for padding and gets no gradient, from 0; null for none.</summary>
    [Static]
    public partial long? PaddingIdx { get; set; }

    /// <summary>A table drawn from the standard normal distribution, as in PyTorch; the row of the padding is zero.</summary>
    /// <param name="numEmbeddings">The number of vectors.</param>
    /// <param name="embeddingDim">The length of each.</param>
    /// <param name="paddingIdx">The row that stands for padding; negative numbers count from the end.</param>
    /// <param name="dtype">The element type of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the padding is no row.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Embedding(long numEmbeddings, long embeddingDim, long? paddingIdx = null, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numEmbeddings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(embeddingDim);
        PaddingIdx = RowOf(paddingIdx, numEmbeddings);
        var weight = Rng.Normal([numEmbeddings, embeddingDim], dtype);
        Weight = PaddingIdx is { } padding
            ? F.masked_fill(weight, F.eq(F.reshape(F.arange(numEmbeddings), numEmbeddings, 1), padding), 0)
            : weight;
    }

    private Embedding(Tensor weight, long? paddingIdx)
    {
        PaddingIdx = RowOf(paddingIdx, weight.shape[0]);
        Weight = weight;
    }

    /// <summary>A table with given vectors.</summary>
    /// <param name="weight">The vectors, [num_embeddings, embedding_dim]; the row of the padding stays as it is.</param>
    /// <param name="paddingIdx">The row that stands for padding; negative numbers count from the end.</param>
    /// <exception cref="ShapeException">The table has not two dims.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The padding is no row.</exception>
    public static Embedding FromPretrained(Tensor weight, long? paddingIdx = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight.ndim == 2
            ? new(weight, paddingIdx)
            : throw new ShapeException($"Embedding: weight must be [num_embeddings, embedding_dim], but is {weight.Type}.");
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="DTypeException">The numbers are neither int64 nor int32.</exception>
    /// <exception cref="NativeOpException">A number is no row.</exception>
    public Tensor Forward(Tensor indices) => F.embedding(Weight, indices, PaddingIdx);

    private static long? RowOf(long? padding, long rows)
    {
        if (padding is not { } index)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(index, -rows, "paddingIdx");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, rows, "paddingIdx");
        return index < 0 ? index + rows : index;
    }
}
