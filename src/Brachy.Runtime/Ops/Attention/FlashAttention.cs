using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.FlashRules;

namespace Brachy;

// Attention in one pass over keys and values, without the matrix of weights: libtorch's kernels for the CPU.
public static partial class F
{
    /// <summary>
    /// From query, key, value [B, H, length, E] and perhaps an additive mask to the output and the logarithm of the sum of each
    /// query's exponential scores, [B, H, L]; that is 0 for a query that sees nothing.
    /// </summary>
    internal static readonly Primitive<FlashAttentionSettings> FlashAttention = new("flash_attention")
    {
        Abstract = x =>
        {
            RequireFlash(x, 0);
            return [new(x[0].Shape, x[0].DType), new(Shape.Create(x[0].Shape.AsSpan()[..3]), SumType(x[0].DType))];
        },
        Eager = x => RunFlash(x, "forward", [Rows(x, 0), Rows(x, 1), Rows(x, 2), x.Count > 3 ? x[3] : null]),
        Script = x => "torch._scaled_dot_product_flash_attention_for_cpu("
            + $"{Rows(x, 0)}, {Rows(x, 1)}, {Rows(x, 2)}, 0.0, {FlashArguments(x, 3)})",
        Vjp = Vjp.Multi<FlashAttentionSettings>((g, y, x) =>
        {
            // The kernel has no gradient for the mask, and none for the logarithm, which only a second derivative asks for.
            var isPlain = g[1] is not null || (x.Count > 3 && x.Needs(3));
            return isPlain
                ? PlainGradients(g[0] ?? zeros_like(y[0]), x.Inputs, y[0], y[1], g[1], x)[..x.Count]
                : flash_attention_backward(g[0]!, y, x);
        }),

        Jvp = Jvp.Multi<FlashAttentionSettings>((t, y, x) => AttentionTangents(t, y, x)),

        // Query times key, weights times value, also where a mask hides keys.
        Cost = x => x.Once(2 * AttentionProduct(x[0], x[1])),
        Batching = OneBatch(3),
    };

    /// <summary>
    /// From the gradient of the output, the operands, output and logarithm to the gradients of query, key and value; a mask comes last.
    /// </summary>
    internal static readonly Primitive<FlashAttentionSettings> FlashAttentionBackward = new("flash_attention_backward")
    {
        Abstract = x =>
        {
            RequireFlash(x, 1);
            Shapes.RequireSameDType(x, 0, 1, 4);
            var logarithm = new TensorType(Shape.Create(x[1].Shape.AsSpan()[..3]), SumType(x[1].DType));
            if (x[5].DType != logarithm.DType)
            {
                throw new DTypeException($"{x.Primitive.Name}: the logarithm must be {logarithm}, but is {x[5]}.");
            }

            return x[0].Shape == x[1].Shape && x[4].Shape == x[1].Shape && x[5].Shape == logarithm.Shape
                ? [x[1], x[2], x[3]]
                : throw new ShapeException(
                    $"{x.Primitive.Name}: gradient {x[0]}, output {x[4]} and logarithm {x[5]} do not fit the query {x[1]}.");
        },
        Eager = x => RunFlash(x, "backward", [Rows(x, 0), Rows(x, 1), Rows(x, 2), Rows(x, 3), Rows(x, 4), x[5], x.Count > 6 ? x[6] : null]),
        Script = x => "torch._scaled_dot_product_flash_attention_for_cpu_backward("
            + $"{Rows(x, 0)}, {Rows(x, 1)}, {Rows(x, 2)}, {Rows(x, 3)}, {Rows(x, 4)}, {x[5]}, 0.0, {FlashArguments(x, 6)})",
        Vjp = Vjp.Decompose<FlashAttentionSettings>(
            x => PlainGradients(x[0], [x[1], x[2], x[3], .. x.Inputs.Skip(6)], x[4], x[5], null, x)[..3]),
        Jvp = Jvp.Linear(0),

        // The scores again, their gradient, and the gradients of query, key and value.
        Cost = x => x.Once(5 * AttentionProduct(x[1], x[2])),
        Batching = OneBatch(6),
    };
}

/// <summary>The rules of fused attention.</summary>
file static class FlashRules
{
    // TorchSharp has no function for these kernels.
    private static readonly EagerScript s_flash = new(
        """
        def forward(q, k, v, mask: Optional[Tensor], causal: bool, scale: float):
            y, lse = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, causal, attn_mask=mask, scale=scale)
            return [y, lse]

        def backward(g, q, k, v, y, lse, mask: Optional[Tensor], causal: bool, scale: float):
            dq, dk, dv = torch._scaled_dot_product_flash_attention_for_cpu_backward(
                g, q, k, v, y, lse, 0.0, causal, attn_mask=mask, scale=scale)
            return [dq, dk, dv]

        """);

    /// <summary>Batches become one with that of the kernel; a mask that all share stays as it is where it can.</summary>
    /// <param name="mask">The mask's position.</param>
    public static Batching OneBatch(int mask) => Batching.Multi(x =>
    {
        if (x.Size == 0)
        {
            return FoldedBatching.Empty(x);
        }

        return [.. x.Primitive.BindUntyped(x.Settings, [.. Enumerable.Range(0, x.Count).Select(Folded)]).Select(x.InShape)];

        Tensor Folded(int i) =>
            i != mask ? FoldedBatching.Fold(x.Expanded(i))
            : !x.IsBatched(i) && x[i].shape[0] == 1 ? x[i]
            : FoldedBatching.Fold(expand(
                x.IsBatched(i) ? x[i] : unsqueeze(x[i], 0), [x.Size, x.Types[0].Shape[0], .. x.Types[i].Shape.Skip(1)]));
    });

    public static Tensor?[] flash_attention_backward(Tensor g, Tensor[] y, VjpArgs<FlashAttentionSettings> x)
    {
        Tensor?[] gradients = FlashAttentionBackward.BindAll(x.Settings, [g, x[0], x[1], x[2], y[0], y[1], .. x.Inputs.Skip(3)]);
        Array.Resize(ref gradients, x.Count);
        return gradients;
    }

    /// <summary>The gradients of query, key, value and mask, from the weights, which the logarithm restores.</summary>
    public static Tensor[] PlainGradients(
        Tensor g, IReadOnlyList<Tensor> operands, Tensor output, Tensor logarithm, Tensor? logarithmGradient,
        VjpArgs<FlashAttentionSettings> x)
    {
        var (dtype, result) = (logarithm.dtype, output.dtype);
        var (q, k, v) = (operands[0].to(dtype), operands[1].to(dtype), operands[2].to(dtype));
        (g, output) = (g.to(dtype), output.to(dtype));
        var scale = x.Settings.Scale;
        var weights = Weights(q, k, operands.Count > 3 ? operands[3] : null, logarithm, x);
        var shift = sum(g * output, [-1], true);
        shift = logarithmGradient is null ? shift : shift - unsqueeze(logarithmGradient, -1);
        var byScores = weights * (matmul(g, transpose(v, -2, -1)) - shift);
        return
        [
            (matmul(byScores, k) * scale).to(result),
            (matmul(transpose(byScores, -2, -1), q) * scale).to(result),
            matmul(transpose(weights, -2, -1), g).to(result),
            byScores,
        ];
    }

    /// <summary>The tangents of the output and of the logarithm.</summary>
    public static Tensor?[] AttentionTangents(Tensor?[] t, Tensor[] y, JvpArgs<FlashAttentionSettings> x)
    {
        var dtype = y[1].dtype;
        var (q, k, v) = (x[0].to(dtype), x[1].to(dtype), x[2].to(dtype));
        var weights = Weights(q, k, x.Count > 3 ? x[3] : null, y[1], x);
        var scores = Tangents.Sum(
            t[0].Map(tq => matmul(tq.to(dtype), transpose(k, -2, -1))), t[1].Map(tk => matmul(q, transpose(tk.to(dtype), -2, -1))));
        scores = Tangents.Sum(scores.Map(s => s * x.Settings.Scale), x.Count > 3 ? t[3].Map(mask => mask.to(dtype)) : null);
        var output = Tangents.Sum(
            scores.Map(s => matmul(softmax_backward(Forward.Fit(s, weights.Type), weights, new DimSettings(-1)), v)),
            t[2].Map(tv => matmul(weights, tv.to(dtype))));
        return [output, x.Wants(1) ? scores.Map(s => sum(weights * s, [-1])) : null];
    }

    /// <summary>The weights of attention, which the logarithm restores.</summary>
    private static Tensor Weights(Tensor q, Tensor k, Tensor? mask, Tensor logarithm, IRuleArgs<FlashAttentionSettings> x)
    {
        var scores = matmul(q * x.Settings.Scale, transpose(k, -2, -1));
        scores = mask is null ? scores : scores + mask.to(logarithm.dtype);
        if (x.Settings.Causal)
        {
            scores = where(tril(ones([q.shape[2], k.shape[2]], DType.Bool)), scores, double.NegativeInfinity);
        }

        return exp(scores - unsqueeze(logarithm, -1));
    }

    public static torch.Tensor[] RunFlash(EagerArgs<FlashAttentionSettings> x, string function, torch.Tensor?[] operands) =>
        s_flash.Invoke(function, [.. operands, x.Settings.Causal, x.Settings.Scale]);

    public static string FlashArguments(ScriptArgs<FlashAttentionSettings> x, int mask) =>
        $"{Script.Flag(x.Settings.Causal)}, attn_mask={(x.Count > mask ? x[mask] : "None")}, scale={Script.Real(x.Settings.Scale)}";

    // The kernels take the elements of a row to lie side by side.
    public static torch.Tensor Rows(EagerArgs x, int index) =>
        x[index].stride(-1) == 1 ? x[index] : x.Temporary(x[index].contiguous());

    public static string Rows(ScriptArgs x, int index) => x.Let($"{x[index]} if {x[index]}.stride(-1) == 1 else {x[index]}.contiguous()");

    /// <summary>The multiply-adds of one product of the attention: a number for each query, key and element of a row.</summary>
    public static double AttentionProduct(TensorType query, TensorType key) => (double)query.Shape.NumElements * key.Shape[2];

    /// <summary>The type in which sums are kept.</summary>
    public static DType SumType(DType dtype) => dtype == DType.Float64 ? dtype : DType.Float32;

    public static void RequireFlash(AbstractArgs x, int query)
    {
        var op = x.Primitive.Name;
        Shapes.RequireFloat(x, query, "query");
        Shapes.RequireSameDType(x, query, query + 1, query + 2);
        for (var i = query; i < query + 3; i++)
        {
            Shapes.RequireRank(x, i, "each operand", 4);
            if (x[i].Shape.NumElements == 0)
            {
                throw new ShapeException($"{op}: operand {i}, {x[i]}, has no elements.");
            }
        }

        var (q, k, v) = (x[query].Shape, x[query + 1].Shape, x[query + 2].Shape);
        if (k != v || q[0] != k[0] || q[1] != k[1] || q[3] != k[3])
        {
            throw new ShapeException($"{op}: query {q}, key {k} and value {v} must be [B, H, L, E], [B, H, S, E] and [B, H, S, E].");
        }

        if (x.Device != Device.CPU)
        {
            throw new DeviceException($"{op}: the kernel runs on the CPU, but the operands lie on {x.Device}.");
        }

        var mask = query == 0 ? 3 : 6;
        if (x.Count > mask)
        {
            RequireFlashMask(x, x[mask], x[query].DType, [q[0], q[1], q[2], k[2]]);
        }
    }

    private static void RequireFlashMask(AbstractArgs x, TensorType mask, DType dtype, Shape scores)
    {
        if (mask.DType != dtype && mask.DType != DType.Float32)
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: the mask must be float32 or of the type of the query, {dtype.Name()}, but is {mask}.");
        }

        if (mask.Rank != 4 || Shapes.Broadcast(x.Primitive.Name, mask.Shape, scores) != scores)
        {
            throw new ShapeException($"{x.Primitive.Name}: the mask {mask} must have 4 dims that broadcast to {scores}.");
        }
    }
}
