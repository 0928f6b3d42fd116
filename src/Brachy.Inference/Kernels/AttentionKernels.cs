using System.Numerics.Tensors;

namespace Brachy.Compilation;

/// <summary>Attention: of a few queries row by row, of many by tiles.</summary>
internal static unsafe class AttentionKernels
{
    private const int FewestQueriesOfTiles = 8;

    public static bool FlashAttention(VectorArgs x, FlashAttentionSettings settings)
    {
        if (Array.Exists([.. x.Types], t => t.DType != DType.Float32))
        {
            return false;
        }

        var (query, key, value) = (HeadRows.LayoutOf(x, 0), HeadRows.LayoutOf(x, 1), HeadRows.LayoutOf(x, 2));
        var mask = x.Count > 3 ? x[3].Broadcast([.. query.Shape.Take(3), key.Shape[2]]) : null;
        var isCausal = settings.Causal;
        var scale = (float)settings.Scale;
        var (output, logarithm) = (x.Result(0), x.Result(1));
        if (query.Shape[2] >= FewestQueriesOfTiles)
        {
            AddTiles(x, settings, (query, key, value, mask), (output, logarithm));
            return true;
        }

        var scores = x.Scratch(DType.Float32, [key.Shape[2]]);
        var (heads, queries) = ((int)query.Shape[1], (int)query.Shape[2]);
        x.Add(memory =>
        {
            for (var row = 0; row < logarithm.Count; row++)
            {
                var (b, h, l) = (row / queries / heads, row / queries % heads, row % queries);
                var weights = scores.Span<float>(memory);
                if (isCausal)
                {
                    weights = weights[..Math.Min(weights.Length, l + 1)];
                }

                var size = (int)query.Shape[3];
                var result = output.Span<float>(memory).Slice(row * size, size);
                Score(new(Row(memory, query, b, h, l), size), Row(memory, key, b, h, 0), key.Strides[2], scale, weights);
                if (mask is not null)
                {
                    var shift = Row(memory, mask, b, h, l);
                    for (var s = 0; s < weights.Length; s++)
                    {
                        weights[s] += shift[s * mask.Strides[3]];
                    }
                }

                logarithm.At<float>(memory)[row] = Normalize(weights);
                Blend(weights, Row(memory, value, b, h, 0), value.Strides[2], result);
            }
        });
        return true;
    }

    private static void AddTiles(
        VectorArgs x, FlashAttentionSettings settings, (Layout Query, Layout Key, Layout Value, Layout? Mask) from,
        (Layout Output, Layout Logarithm) to)
    {
        var (query, key) = (from.Query.Shape, from.Key.Shape);
        var size = new AttentionSize(
            (int)query[1], (int)query[2], (int)key[2], (int)query[3], (int)from.Value.Shape[3], settings.Causal, (float)settings.Scale);
        var parts = (int)query[0] * size.Heads * size.Blocks;
        var threads = (double)parts * AttentionSize.Block * size.Keys * size.Width < KnownProducts.FewestMultiplyAddsOfThreads
            ? 1 : Math.Min(parts, Environment.ProcessorCount);
        var scratch = x.Scratch(DType.Float32, [threads, size.ScratchLength]);
        var mask = from.Mask;
        x.Add(memory => ThreadTeam.Shared.Run(
            Math.Min(threads, ThreadTeam.ThreadsOfCaller), parts, new TiledAttention(
                size, HeadRows.Of(from.Query, memory), HeadRows.Of(from.Key, memory), HeadRows.Of(from.Value, memory),
                mask is null ? default : new(
                    mask.Address(memory), (nint)mask.Strides[0], (nint)mask.Strides[1], (nint)mask.Strides[2], (nint)mask.Strides[3]),
                to.Output.Address(memory), to.Logarithm.Address(memory), scratch.Address(memory))));
    }

    private static void Score(ReadOnlySpan<float> query, float* keys, long stride, float scale, Span<float> scores)
    {
        for (var s = 0; s < scores.Length; s++)
        {
            scores[s] = scale * TensorPrimitives.Dot(query, new ReadOnlySpan<float>(keys + (s * stride), query.Length));
        }
    }

    /// <summary>Turns scores into weights that sum to 1, or to 0 where nothing is seen.</summary>
    /// <returns>The logarithm of the sum of the exponential scores; 0 where nothing is seen.</returns>
    private static float Normalize(Span<float> scores)
    {
        var largest = TensorPrimitives.Max<float>(scores);
        if (float.IsNegativeInfinity(largest))
        {
            scores.Clear();
            return 0;
        }

        TensorPrimitives.Subtract(scores, largest, scores);
        VectorMath.Exp<float>(scores, scores);
        var sum = TensorPrimitives.Sum<float>(scores);
        TensorPrimitives.Divide(scores, sum, scores);
        return largest + MathF.Log(sum);
    }

    private static void Blend(ReadOnlySpan<float> weights, float* values, long stride, Span<float> result)
    {
        result.Clear();
        for (var s = 0; s < weights.Length; s++)
        {
            // What is masked out takes no time.
            if (weights[s] != 0)
            {
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(values + (s * stride), result.Length), weights[s], result, result);
            }
        }
    }

    private static float* Row(nint* memory, Layout layout, int b, int h, int l) =>
        layout.At<float>(memory) + (b * layout.Strides[0]) + (h * layout.Strides[1]) + (l * layout.Strides[2]);
}
