using System.Numerics.Tensors;

namespace Brachy.Compilation;

/// <summary>Gradients of layer norms.</summary>
internal static unsafe class NormGradientKernels
{
    public static bool LayerNorm(VectorArgs x, LayerNormBackwardSettings settings)
    {
        if (x.Types.Any(type => type.IsNumber || type.DType != DType.Float32))
        {
            return false;
        }

        var (gradient, value, mean, scale) = (x.Dense(0), x.Dense(1), x.Dense(2), x.Dense(3));
        var weight = x.Count > 4 ? x.Dense(4) : null;
        var results = new Layout?[3];
        for (var i = 0; i < settings.Needs.Rank; i++)
        {
            results[settings.Needs[i]] = x.Result(i);
        }

        // What is added up over rows is added up in blocks, which threads share.
        var size = value.Count / mean.Count;
        var height = BlockOf(mean.Count);
        var blocks = mean.Count / height;
        var (normed, weighed) = (x.Scratch(DType.Float32, [blocks, size]), x.Scratch(DType.Float32, [blocks, size]));
        var sums = new[] { results[1], results[2] }
            .Select(result => result is null ? null : x.Scratch(DType.Float32, [blocks, size])).ToArray();
        Layout[] writes = [.. new[] { normed, weighed, results[0], sums[0], sums[1] }.OfType<Layout>()];
        x.AddRows(blocks, [gradient, value, mean, scale], writes, (memory, first, count) =>
        {
            for (var block = first; block < first + count; block++)
            {
                var x = normed.Span<float>(memory, block * size, size);
                var product = weighed.Span<float>(memory, block * size, size);
                var ofWeight = sums[0] is { } a ? a.Span<float>(memory, block * size, size) : default;
                var ofBias = sums[1] is { } b ? b.Span<float>(memory, block * size, size) : default;
                ofWeight.Clear();
                ofBias.Clear();
                for (var row = block * height; row < (block + 1) * height; row++)
                {
                    var g = gradient.Span<float>(memory, row * size, size);
                    var deviation = scale.At<float>(memory)[row];
                    TensorPrimitives.Subtract(value.Span<float>(memory, row * size, size), mean.At<float>(memory)[row], x);
                    TensorPrimitives.Multiply(x, deviation, x);
                    if (!ofWeight.IsEmpty)
                    {
                        TensorPrimitives.MultiplyAdd(g, x, ofWeight, ofWeight);
                    }

                    if (!ofBias.IsEmpty)
                    {
                        TensorPrimitives.Add(ofBias, g, ofBias);
                    }

                    if (results[0] is { } input)
                    {
                        OfRow(
                            g, x, weight is null ? default : weight.Span<float>(memory), deviation, product,
                            input.Span<float>(memory, row * size, size));
                    }
                }
            }
        }, weight);
        AddUp(x, sums[0], results[1], blocks);
        AddUp(x, sums[1], results[2], blocks);
        return true;
    }

    /// <summary>How many rows are added up before the next ones are: a divisor of their number, all rows where it has none.</summary>
    private static int BlockOf(int rows)
    {
        const int Least = 16, Most = 64;
        return Enumerable.Range(Least, Most - Least + 1).LastOrDefault(height => rows % height == 0, rows);
    }

    private static void AddUp(VectorArgs x, Layout? sums, Layout? result, int blocks)
    {
        if (sums is null || result is null)
        {
            return;
        }

        var size = result.Count;
        x.Add(memory =>
        {
            var total = result.Span<float>(memory);
            sums.Span<float>(memory, 0, size).CopyTo(total);
            for (var block = 1; block < blocks; block++)
            {
                TensorPrimitives.Add(total, sums.Span<float>(memory, block * size, size), total);
            }
        });
    }

    private static void OfRow(
        ReadOnlySpan<float> gradient, Span<float> normed, ReadOnlySpan<float> weight, float scale, Span<float> weighed, Span<float> result)
    {
        if (weight.IsEmpty)
        {
            gradient.CopyTo(weighed);
        }
        else
        {
            TensorPrimitives.Multiply(gradient, weight, weighed);
        }

        var slope = TensorPrimitives.Dot<float>(weighed, normed) / normed.Length;
        TensorPrimitives.Subtract(weighed, TensorPrimitives.Sum<float>(weighed) / normed.Length, result);
        TensorPrimitives.Multiply(normed, slope, normed);
        TensorPrimitives.Subtract(result, normed, result);
        TensorPrimitives.Multiply(result, scale, result);
    }
}
