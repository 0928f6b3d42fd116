namespace Brachy.Models.Text;

/// <summary>One vector for a text from those of its tokens, as sentence-transformers make it.</summary>
public static class MeanPooling
{
    /// <summary>The mean over the positions that count, of length 1.</summary>
    /// <param name="hidden">[batch, positions, size].</param>
    /// <param name="attentionMask">Which positions count: bool, or numbers that are not 0, [batch, positions]; all by default.</param>
    /// <param name="normalize">Whether to scale the result to length 1, so that a dot product is a cosine.</param>
    /// <returns>[batch, size]; zeros where no position counts.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor Of(Tensor hidden, Tensor? attentionMask = null, bool normalize = true)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        if (hidden.ndim != 3 || (attentionMask is not null && attentionMask.shape != Shape.Create(hidden.shape.AsSpan()[..2])))
        {
            throw new ShapeException(
                $"MeanPooling: hidden is {hidden.Type}, attentionMask {attentionMask?.Type.ToString() ?? "null"}, but they must be "
                + "[batch, positions, size] and [batch, positions].");
        }

        Tensor mean;
        if (attentionMask is null)
        {
            mean = F.mean(hidden, [1]);
        }
        else
        {
            var counted = F.unsqueeze(TokenMask.Counted(attentionMask), -1).to(hidden.dtype);
            mean = F.sum(hidden * counted, [1]) / F.clamp(F.sum(counted, [1]), min: 1);
        }

        return normalize ? F.normalize(mean, p: 2, dim: 1) : mean;
    }
}
