using Brachy.Extending;
using Brachy.Native;
using static Brachy.AttentionOperands;
using static Brachy.F;

namespace Brachy;

// Attention: values averaged with weights that queries and keys make.
public static partial class F
{
    /// <summary>
    /// softmax(query keyᵀ · scale + mask) value, with PyTorch's semantics. A query that may see no key gives 0, and no gradient.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html.
    /// </summary>
    /// <param name="query">[..., L, E], floating-point. The dims before the last two broadcast with those of key and value.</param>
    /// <param name="key">[..., S, E], of the element type of the query.</param>
    /// <param name="value">[..., S, Ev], of the element type of the query.</param>
    /// <param name="attn_mask">
    /// Broadcasts to [..., L, S]: truth values that say which keys a query sees, or numbers (float32, or of the type of the query)
    /// that are added to the scores. Null for none.
    /// </param>
    /// <param name="dropout_p">The probability with which a weight is set to zero; the others grow accordingly.</param>
    /// <param name="is_causal">Whether query i sees only the keys 0 to i. Not together with a mask.</param>
    /// <param name="scale">What scores are multiplied with; 1/√E by default.</param>
    /// <param name="enable_gqa">
    /// Whether dim -3 of key and value may be smaller than that of the query and divide it: each head serves several queries.
    /// </param>
    /// <param name="dropout_key">The key that dropout uses up; <see cref="Rng.NextKey"/> by default.</param>
    /// <returns>[..., L, Ev], of the element type of the query.</returns>
    /// <exception cref="ArgumentException">Both a mask and is_causal are given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">dropout_p does not lie in [0, 1].</exception>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public static Tensor scaled_dot_product_attention(
        Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double dropout_p = 0, bool is_causal = false,
        double? scale = null, bool enable_gqa = false, RngKey? dropout_key = null)
    {
        const string Op = "scaled_dot_product_attention";
        RequireAttention(Op, query, key, value, attn_mask, dropout_p, is_causal);
        if (enable_gqa)
        {
            (key, value) = (RepeatHeads(Op, "key", key, query), RepeatHeads(Op, "value", value, query));
        }

        var factor = scale ?? 1 / Math.Sqrt(query.shape[^1]);
        var batch = Shapes.Broadcast(Op, Shapes.Broadcast(Op, Batch(query), Batch(key)), Batch(value));
        attn_mask = attn_mask?.Number is { } number ? full(Shape.Scalar, number) : attn_mask;
        RequireMaskShape(Op, attn_mask, [.. batch, query.shape[^2], key.shape[^2]]);
        return IsForFlash(query, key, value, batch, dropout_p, is_causal, factor)
            ? FlashOfBatch(query, key, value, attn_mask, batch, is_causal, factor)
            : attention_and_weights(query, key, value, attn_mask, dropout_p, is_causal, factor, dropout_key).Output;
    }

    /// <summary>Attention step by step, with the weights of the values after dropout; the arguments are known to fit.</summary>
    internal static (Tensor Output, Tensor Weights) attention_and_weights(
        Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, bool causal, double scale, RngKey? dropoutKey)
    {
        var scores = matmul(query * scale, transpose(key, -2, -1));
        if (causal)
        {
            var seen = tril(ones([query.shape[^2], key.shape[^2]], DType.Bool, query.device));
            scores = where(seen, scores, double.NegativeInfinity);
        }

        if (mask is not null)
        {
            scores = mask.dtype == DType.Bool ? where(mask, scores, double.NegativeInfinity) : scores + mask.to(scores.dtype);
        }

        // With a mask there may be queries that see nothing.
        var weights = mask is null ? softmax(scores, -1) : SafeSoftmax.Bind(scores);
        weights = F.dropout(weights, dropout, training: true, dropoutKey);
        return (matmul(weights, value), weights);
    }

    /// <summary>Softmax over the last dim, in which a row of nothing but -∞ gives 0.</summary>
    internal static readonly Primitive<NoSettings> SafeSoftmax = new("safe_softmax")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "scores");
            return x[0].Rank > 0 ? x[0].WithShape(x[0].Shape) : throw new ShapeException($"safe_softmax: the scores {x[0]} have no dims.");
        },
        Eager = x =>
        {
            var isHidden = x.Temporary(x.Temporary(x[0].isneginf()).all(-1, keepdim: true));
            return x.Temporary(x[0].softmax(-1)).masked_fill(isHidden, NativeNumber.Of(0));
        },
        Script = x => $"torch._safe_softmax({x[0]}, -1)",
        Batching = BatchedFamilies.LastDims,
        Vjp = Vjp.Rule((g, y, x) => [softmax_backward(g, y, new DimSettings(-1))]),
        Jvp = Jvp.Elementwise,
    };
}

/// <summary>What attention asks of its operands, and the layouts it brings them to.</summary>
file static class AttentionOperands
{
    /// <summary>
    /// Whether the fused kernel of the CPU is used: it keeps no L × S weights, which also means that it cannot drop any. The one
    /// place where the choice is made; the kernel takes whatever passes here. It scales the -∞ of a causal mask, too, which only a
    /// positive number leaves as it is.
    /// </summary>
    public static bool IsForFlash(Tensor query, Tensor key, Tensor value, Shape batch, double dropout, bool causal, double scale) =>
        query.device == Device.CPU && dropout == 0 && batch.Rank <= 2
        && query.shape[^1] == value.shape[^1] && batch.All(size => size > 0)
        && query.numel() > 0 && key.numel() > 0
        && (!causal || scale > 0);

    /// <summary>The fused kernel for operands with up to two dims of batch.</summary>
    public static Tensor FlashOfBatch(Tensor query, Tensor key, Tensor value, Tensor? mask, Shape batch, bool causal, double scale)
    {
        Shape four = [.. Enumerable.Repeat(1L, 2 - batch.Rank), .. batch];
        var (q, k, v) = (InBatch(query), InBatch(key), InBatch(value));
        var settings = new FlashAttentionSettings(causal, scale);
        var output = mask is null
            ? FlashAttention.BindAll(settings, q, k, v)[0]
            : FlashAttention.BindAll(settings, q, k, v, Additive(mask))[0];
        return reshape(output, [.. batch, .. output.shape.AsSpan()[2..]]);

        Tensor InBatch(Tensor x) => expand(x, [.. four, .. x.shape.AsSpan()[^2..]]);

        Tensor Additive(Tensor x)
        {
            x = reshape(x, [.. Enumerable.Repeat(1L, 4 - x.ndim), .. x.shape]);
            return x.dtype == DType.Bool ? where(x, zeros(Shape.Scalar, q.dtype, q.device), double.NegativeInfinity) : x;
        }
    }

    public static Shape Batch(Tensor x) => Shape.Create(x.shape.AsSpan()[..^2]);

    public static Tensor RepeatHeads(string op, string name, Tensor x, Tensor query)
    {
        if (query.ndim < 3 || x.ndim < 3)
        {
            throw new ShapeException(
                $"{op}: with enable_gqa, query {query.Type} and {name} {x.Type} must have at least 3 dims: [..., heads, length, size].");
        }

        var (heads, own) = (query.shape[^3], x.shape[^3]);
        if (own == heads)
        {
            return x;
        }

        if (own == 0 || heads % own != 0)
        {
            throw new ShapeException($"{op}: with enable_gqa, the {heads} heads of the query {query.Type} (dim -3) must be a multiple of "
                + $"the {own} of the {name} {x.Type}.");
        }

        var sizes = x.shape.AsSpan();
        var repeated = expand(unsqueeze(x, -3), [.. sizes[..^2], heads / own, .. sizes[^2..]]);
        return reshape(repeated, [.. sizes[..^3], heads, .. sizes[^2..]]);
    }

    public static void RequireAttention(string op, Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, bool causal)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        foreach (var (name, x) in new[] { (nameof(query), query), (nameof(key), key), (nameof(value), value) })
        {
            if (x.ndim < 2)
            {
                throw new ShapeException($"{op}: {name} must have at least 2 dims [..., length, size], but is {x.Type}.");
            }

            if (!x.dtype.IsFloatingPoint() || x.dtype != query.dtype)
            {
                throw new DTypeException($"{op}: query, key and value must have one floating-point type, but {name} is {x.Type} and query "
                    + $"is {query.Type}; cast it with x.to(dtype).");
            }
        }

        if (query.shape[^1] != key.shape[^1])
        {
            throw new ShapeException($"{op}: the last dims of query {query.Type} and key {key.Type} differ.");
        }

        if (key.shape[^2] != value.shape[^2])
        {
            throw new ShapeException($"{op}: key {key.Type} and value {value.Type} differ in length (dim -2).");
        }

        if (dropout is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException("dropout_p", dropout, $"{op}: dropout_p must lie in 0 to 1.");
        }

        if (mask is not null && causal)
        {
            throw new ArgumentException(
                $"{op}: attn_mask and is_causal exclude each other; mask the upper triangle too, with F.tril.", "attn_mask");
        }

        if (mask is not null && mask.dtype != DType.Bool && mask.dtype != DType.Float32 && mask.dtype != query.dtype)
        {
            throw new DTypeException($"{op}: attn_mask must be bool, float32 or of the type of the query {query.Type}, but is {mask.Type}; "
                + "cast it with x.to(dtype).");
        }
    }

    public static void RequireMaskShape(string op, Tensor? mask, Shape scores)
    {
        if (mask is not null && (mask.ndim > scores.Rank || Shapes.Broadcast(op, mask.shape, scores) != scores))
        {
            throw new ShapeException(
                $"{op}: attn_mask {mask.Type} does not broadcast to {scores}, the batch, the length of the query and that of the key.");
        }
    }
}
