using Brachy;

namespace LanguageModel;

/// <summary>Draws tokens from scores, in a compiled step.</summary>
internal static class Sampling
{
    /// <summary>The number of a token.</summary>
    /// <param name="logits">A score for each token, [tokens].</param>
    /// <param name="settings">How to draw.</param>
    /// <param name="key">The random key; not used at temperature 0.</param>
    /// <returns>int64 without dims.</returns>
    public static Tensor Draw(Tensor logits, SamplingSettings settings, RngKey key)
    {
        if (settings.Temperature == 0)
        {
            return F.argmax(logits, 0);
        }

        var (scores, tokens) = Candidates(logits, settings);

        // One random number for all tokens, where Rng.Categorical takes one for each. In float64, so that it stays below the total.
        var total = F.cumsum(F.softmax(scores, -1), -1, DType.Float64);
        var choice = F.sum(total <= Rng.Uniform([1], DType.Float64, key) * F.narrow(total, 0, total.shape[0] - 1, 1));
        return tokens is null ? choice : F.squeeze(F.index_select(tokens, 0, F.reshape(choice, 1)), 0);
    }

    /// <summary>The tokens that can be drawn, most likely first, and their scores: -∞ for one that cannot.</summary>
    /// <returns>Tokens are null when they are all of them in their order.</returns>
    public static (Tensor Scores, Tensor? Tokens) Candidates(Tensor logits, SamplingSettings settings)
    {
        var scaled = logits.to(DType.Float32) / settings.Temperature;
        var count = settings.TopK > 0 ? Math.Min(settings.TopK, logits.shape[0]) : logits.shape[0];
        if (count == logits.shape[0] && settings.TopP >= 1)
        {
            return (scaled, null);
        }

        var (scores, tokens) = count < logits.shape[0] ? F.topk(scaled, count) : F.sort(scaled, descending: true);
        if (settings.TopP < 1)
        {
            // A token is needed while those before it have too little; so the first always is, and that must hold for 0 too.
            var probabilities = F.softmax(scores, -1);
            var before = F.cumsum(probabilities, -1) - probabilities;
            scores = F.where(before < Math.Max(settings.TopP, 1e-30), scores, double.NegativeInfinity);
        }

        return (scores, tokens);
    }
}
