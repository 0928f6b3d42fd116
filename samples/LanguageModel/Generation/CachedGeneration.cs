using Brachy;

namespace LanguageModel;

/// <summary>The keys and values of all positions read so far.</summary>
/// <param name="Layers">For each layer [longest input, 2, heads, size of a head]: what a position adds is one row without gaps.</param>
[Tree]
public partial record KeyValueCache(IReadOnlyList<Tensor> Layers);

/// <summary>What reading tokens gives.</summary>
/// <param name="Token">The token drawn to follow, int64 [1].</param>
/// <param name="Position">The position that it will have, int64 [1].</param>
/// <param name="Logits">What it was drawn from: a score for each token.</param>
/// <param name="Cache">The cache with the tokens that were read.</param>
[Tree]
public partial record Generated(Tensor Token, Tensor Position, Tensor Logits, KeyValueCache Cache);

/// <summary>
/// The network read token by token: a position's keys and values are computed once and kept. Token, position and cache are tensors of
/// fixed shape, so that one compiled step serves all positions; the cache is donated.
/// </summary>
public static partial class CachedGeneration
{
    /// <summary>An empty cache for a model.</summary>
    public static KeyValueCache EmptyCache(StructureTree model, GlobalConfig config)
    {
        ArgumentNullException.ThrowIfNull(model);
        var view = StackedAttention.Bind(model, config);
        var (length, size) = (view.PositionEmbedding.shape[0], view.PositionEmbedding.shape[1]);
        return new KeyValueCache(
            [.. view.Trunk.Select(block =>
                F.zeros([length, 2, block.SelfAttention.NumHeads, size / block.SelfAttention.NumHeads], view.PositionEmbedding.dtype))]);
    }

    /// <summary>Reads a prompt, and draws the token that follows it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="tokens">The prompt, int64 [any number], padded at the end with any tokens.</param>
    /// <param name="count">How many of them count, int64 [1].</param>
    /// <param name="key">The random key of the text.</param>
    /// <param name="sampling">How to draw.</param>
    [Jit]
    public static Generated Prefill(
        StructureTree model, GlobalConfig config, Tensor tokens, Tensor count, Tensor key, [Static] SamplingSettings sampling)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return Read(model, config, tokens, F.arange(tokens.shape[0]), count, EmptyCache(model, config), key, sampling);
    }

    /// <summary>Reads one token, and draws the one that follows it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="token">The token, int64 [1].</param>
    /// <param name="position">Its position, int64 [1].</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="key">The random key of the text.</param>
    /// <param name="sampling">How to draw.</param>
    [Jit]
    public static Generated Next(
        StructureTree model, GlobalConfig config, Tensor token, Tensor position, [Donate] KeyValueCache cache, Tensor key,
        [Static] SamplingSettings sampling)
    {
        ArgumentNullException.ThrowIfNull(position);
        return Read(model, config, token, position, position + 1, cache, key, sampling);
    }

    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="tokens">The tokens, [count].</param>
    /// <param name="positions">Where each stands, [count].</param>
    /// <param name="end">One past the position whose successor is drawn, [1].</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="key">The random key of the text.</param>
    /// <param name="sampling">How to draw.</param>
    private static Generated Read(
        StructureTree model, GlobalConfig config, Tensor tokens, Tensor positions, Tensor end, KeyValueCache cache, Tensor key,
        SamplingSettings sampling)
    {
        var view = StackedAttention.Bind(model.Copy(), config);
        var x = view.TokenEmbedding.Call(tokens) + F.index_select(view.PositionEmbedding, 0, positions);
        var isSeen = F.arange(view.PositionEmbedding.shape[0]) <= F.unsqueeze(positions, 1);
        var layers = cache.Layers.ToArray();
        for (var i = 0; i < layers.Length; i++)
        {
            var block = view.Trunk[i];
            (var attended, layers[i]) = Attend(block, x, positions, isSeen, layers[i]);
            x += block.AfterAttention(attended);
        }

        var last = tokens.shape[0] == 1 ? x : F.index_select(x, 0, end - F.narrow(positions, 0, 0, 1) - 1);
        var logits = F.squeeze(view.Head.Call(last), 0);
        var token = Sampling.Draw(logits, sampling, Rng.FoldIn(new RngKey(key), F.squeeze(end, 0)));
        return new Generated(F.reshape(token, 1), end, logits, new KeyValueCache(layers));
    }

    /// <summary>Attention of new positions to all that the cache has, the new ones included.</summary>
    private static (Tensor Attended, Tensor Cache) Attend(AttentionBlock block, Tensor x, Tensor positions, Tensor isSeen, Tensor cache)
    {
        var attention = block.SelfAttention;
        var (count, size, heads) = (x.shape[0], x.shape[1], attention.NumHeads);
        var projected = attention.InProjection.Call(block.Ln.Call(x));
        cache = F.index_put(cache, [positions], F.reshape(F.narrow(projected, 1, size, 2 * size), count, 2, heads, size / heads));
        var query = F.transpose(F.reshape(F.narrow(projected, 1, 0, size), 1, count, heads, size / heads), 1, 2);
        var seen = F.permute(cache, 1, 2, 0, 3);
        var y = F.scaled_dot_product_attention(query, F.narrow(seen, 0, 0, 1), F.narrow(seen, 0, 1, 1), attn_mask: isSeen);
        return (attention.OutProjection.Call(F.reshape(F.transpose(y, 1, 2), x.shape)), cache);
    }
}
