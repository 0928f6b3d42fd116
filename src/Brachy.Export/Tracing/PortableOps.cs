using Brachy.Compilation;
using Brachy.Extending;
using static Brachy.F;

namespace Brachy.IO.Tracing;

/// <summary>Puts common operators in the place of those that only newer programs know.</summary>
internal static class PortableOps
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new("portable ops", Run);

    private static Graph Run(Graph graph) => GraphReplay.Rewrite(graph, (_, equation, operands) =>
        equation.Primitive == F.FlashAttention ? Attention((FlashAttentionSettings)equation.Settings, operands)
        : equation.Primitive == F.SafeSoftmax ? Softmax(operands)
        : null);

    /// <summary>What <see cref="F.SafeSoftmax"/> computes, by common operators.</summary>
    public static Tensor[] Softmax(Tensor[] operands) => [Weights(operands[0]).Weights];

    private static Tensor[] Attention(FlashAttentionSettings settings, Tensor[] operands)
    {
        var (result, dtype) = (operands[0].dtype, operands[0].dtype == DType.Float64 ? DType.Float64 : DType.Float32);
        var (query, key, value) = (operands[0].to(dtype), operands[1].to(dtype), operands[2].to(dtype));
        var scores = matmul(query, transpose(key, -2, -1)) * settings.Scale;
        if (operands.Length > 3)
        {
            scores += operands[3].to(dtype);
        }

        if (settings.Causal)
        {
            var seen = tril(ones([query.shape[2], key.shape[2]], DType.Bool));
            scores = where(seen, scores, double.NegativeInfinity);
        }

        var (weights, logarithm) = Weights(scores);
        return [matmul(weights, value).to(result), squeeze(logarithm, -1)];
    }

    /// <summary>
    /// Softmax over the last dim, and the logarithm of the sum of exponentials; both are 0 where all scores are minus infinity, or there
    /// are none.
    /// </summary>
    private static (Tensor Weights, Tensor Logarithm) Weights(Tensor scores)
    {
        var (result, dtype) = (scores.dtype, scores.dtype == DType.Float64 ? DType.Float64 : DType.Float32);
        scores = scores.to(dtype);
        var isHidden = all(eq(scores, double.NegativeInfinity), -1, true);
        var shown = where(isHidden, 0.0, scores);
        var weights = where(isHidden, 0.0, softmax(shown, -1));

        // The largest score is not asked for: of none there is no largest.
        var isSeen = gt(weights, 0.0);
        var terms = where(isSeen, weights * (shown - log(where(isSeen, weights, 1.0))), 0.0);
        return (weights.to(result), sum(terms, [-1], true));
    }
}
