using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>Attention to oneself and what came before, of a whole sequence or of new positions.</summary>
internal static class CausalHeads
{
    /// <summary>[batch, positions, heads · size] as [batch, heads, positions, size].</summary>
    public static Tensor Split(Tensor x, long heads) => F.transpose(F.unflatten(x, -1, heads, x.shape[^1] / heads), 1, 2);

    /// <summary>The other way.</summary>
    public static Tensor Join(Tensor x) => F.flatten(F.transpose(x, 1, 2), 2);

    /// <summary>
    /// What is added to scores where some positions are padding, [batch, 1, positions, positions]: a position sees itself and what came
    /// before it, as far as that counts.
    /// </summary>
    public static Tensor Added(Tensor attentionMask, DType dtype)
    {
        var count = attentionMask.shape[1];
        var places = F.arange(count, device: attentionMask.device);
        var earlier = F.le(F.unsqueeze(places, 0), F.unsqueeze(places, 1));
        var counted = F.unsqueeze(F.unsqueeze(TokenMask.Counted(attentionMask), 1), 1);
        return TokenMask.Added(F.logical_and(earlier, counted), dtype);
    }

    /// <summary>Attention; keys and values may have fewer heads, each of which serves several of the query.</summary>
    /// <param name="query">[batch, heads, positions, size].</param>
    /// <param name="key">[batch, heads of keys, positions, size].</param>
    /// <param name="value">[batch, heads of keys, positions, size].</param>
    /// <param name="added">What is added to scores; null for causal attention to all.</param>
    /// <param name="step">Where new positions stand behind those of a cache; null for a whole sequence.</param>
    /// <param name="dropout">The probability of dropout, and its key.</param>
    public static Tensor Attend(
        Tensor query, Tensor key, Tensor value, Tensor? added, KeyValueStep? step, (double P, RngKey? Key) dropout) => step is null
        ? F.scaled_dot_product_attention(
            query, key, value, added, dropout.P, is_causal: added is null, enable_gqa: key.shape[1] != query.shape[1],
            dropout_key: dropout.Key)
        : step.Attend(query, key, value, dropout_p: dropout.P, dropout_key: dropout.Key);

    /// <summary>The scores behind the last position that counts, [batch, tokens], of what <paramref name="head"/> is given.</summary>
    /// <param name="hidden">[batch, positions, size].</param>
    /// <param name="counts">How many positions of each sequence count, int64 [batch] or []; null for all.</param>
    /// <param name="head">From positions to scores.</param>
    public static Tensor LastLogits(Tensor hidden, Tensor? counts, Func<Tensor, Tensor> head)
    {
        Tensor last;
        if (counts is null)
        {
            last = F.narrow(hidden, 1, hidden.shape[1] - 1, 1);
        }
        else
        {
            var places = F.expand(F.reshape(F.clamp(counts - 1, min: 0), -1, 1, 1), hidden.shape[0], 1, hidden.shape[2]);
            last = F.gather(hidden, 1, places);
        }

        return F.squeeze(head(last), 1);
    }
}
