using Brachy;
using Brachy.NN;

namespace LanguageModel;

/// <summary>What reading tokens gives.</summary>
/// <param name="Token">The token drawn to follow, int64 [1].</param>
/// <param name="Logits">What it was drawn from: a score for each token.</param>
/// <param name="Cache">The cache with the tokens that were read; their number is the position of the one that was drawn.</param>
[Tree]
public partial record Generated(Tensor Token, Tensor Logits, KeyValueCache Cache);

/// <summary>A text that is being written.</summary>
/// <param name="Token">The last token, which has not been read yet, int64 [1].</param>
/// <param name="Cache">The tokens before.</param>
/// <param name="Tokens">The tokens drawn so far, int64 [longest input]; what is behind them is nothing.</param>
/// <param name="Count">How many they are, int64 without dims.</param>
[Tree]
public partial record Writing(Tensor Token, KeyValueCache Cache, Tensor Tokens, Tensor Count);

/// <summary>
/// The network read with a cache: a position's keys and values are computed once and kept. Token and cache are tensors of fixed shape, so
/// that one compiled step serves all positions, and one compiled loop all texts; the cache is donated.
/// </summary>
public static partial class CachedGeneration
{
    /// <summary>An empty cache for a model.</summary>
    public static KeyValueCache EmptyCache(StructureTree model, GlobalConfig config)
    {
        ArgumentNullException.ThrowIfNull(model);
        var view = StackedAttention.Bind(model, config);
        var (length, size) = (view.PositionEmbedding.shape[0], view.PositionEmbedding.shape[1]);
        var heads = view.Trunk[0].SelfAttention.NumHeads;
        return KeyValueCache.Empty(view.Trunk.Count, 1, heads, length, size / heads, dtype: view.PositionEmbedding.dtype);
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
        StructureTree model, GlobalConfig config, Tensor tokens, Tensor count, Tensor key, [Static] SamplingSettings sampling) =>
        Read(model, config, tokens, count, EmptyCache(model, config), key, sampling);

    /// <summary>Reads one token, and draws the one that follows it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="token">The token, int64 [1].</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="key">The random key of the text.</param>
    /// <param name="sampling">How to draw.</param>
    [Jit]
    public static Generated Next(
        StructureTree model, GlobalConfig config, Tensor token, [Donate] KeyValueCache cache, Tensor key,
        [Static] SamplingSettings sampling) => Read(model, config, token, null, cache, key, sampling);

    /// <summary>
    /// Reads a token, and draws those that follow, one after the other in one loop: until the text ends, the cache is full or there are
    /// enough.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="token">The token, int64 [1].</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="limit">How many tokens are enough, int64 without dims.</param>
    /// <param name="key">The random key of the text.</param>
    /// <param name="endOfText">The token that ends a text; it is the last one drawn then.</param>
    /// <param name="sampling">How to draw.</param>
    [Jit]
    public static Writing Continue(
        StructureTree model, GlobalConfig config, Tensor token, [Donate] KeyValueCache cache, Tensor limit, Tensor key,
        [Static] int endOfText, [Static] SamplingSettings sampling)
    {
        ArgumentNullException.ThrowIfNull(cache);
        var capacity = cache.Capacity;
        return Control.While(
            text => F.logical_and(
                text.Count < limit,
                F.squeeze(F.logical_and(text.Cache.Lengths < capacity, F.ne(text.Token, (long)endOfText)), 0)),
            text =>
            {
                var next = Read(model, config, text.Token, null, text.Cache, key, sampling);
                var tokens = F.index_put(text.Tokens, [F.unsqueeze(text.Count, 0)], next.Token);
                return new Writing(next.Token, next.Cache, tokens, text.Count + 1);
            },
            new Writing(token, cache, F.zeros([capacity], DType.Int64), F.zeros([], DType.Int64)));
    }

    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="tokens">The tokens, [number].</param>
    /// <param name="count">How many of them count, [1]; null for all.</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="key">The random key of the text.</param>
    /// <param name="sampling">How to draw.</param>
    private static Generated Read(
        StructureTree model, GlobalConfig config, Tensor tokens, Tensor? count, KeyValueCache cache, Tensor key, SamplingSettings sampling)
    {
        var step = cache.Begin(tokens.shape[0]);
        var (x, head) = StackedAttention.Bind(model.Copy(), config).Continue(F.unsqueeze(tokens, 0), step);
        cache = step.End(count);
        var logits = F.flatten(head.Call(count is null ? F.narrow(x, 1, tokens.shape[0] - 1, 1) : F.index_select(x, 1, count - 1)));
        var token = Sampling.Draw(logits, sampling, Rng.FoldIn(new RngKey(key), F.squeeze(cache.Lengths, 0)));
        return new Generated(F.reshape(token, 1), logits, cache);
    }
}
