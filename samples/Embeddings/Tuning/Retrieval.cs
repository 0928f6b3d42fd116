using Brachy;

namespace Embeddings.Tuning;

/// <summary>How well questions find their answers among all answers.</summary>
/// <param name="First">The share of questions whose answer comes first.</param>
/// <param name="FirstTen">The share of those whose answer is among the first ten.</param>
/// <param name="ReciprocalRank">The mean of 1 / rank.</param>
internal sealed record Retrieval(double First, double FirstTen, double ReciprocalRank)
{
    /// <summary>Ranks answers by their cosine; the answer of a question stands in its row.</summary>
    /// <param name="queries">float32 [pairs, size], of length 1.</param>
    /// <param name="answers">The same of the answers.</param>
    public static Retrieval Of(Tensor queries, Tensor answers)
    {
        using var scope = TensorScope.Begin();
        var cosines = F.matmul(queries, answers.T);
        var own = F.unsqueeze(F.diagonal(cosines), 1);

        // Of equal cosines the own one comes last, so that a model that tells nothing apart finds nothing.
        var ranks = F.sum((cosines >= own).to(DType.Int64), [1]).ToArray<long>();
        return new(
            ranks.Average(rank => rank == 1 ? 1.0 : 0), ranks.Average(rank => rank <= 10 ? 1.0 : 0), ranks.Average(rank => 1.0 / rank));
    }
}
