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

        var size = value.Count / mean.Count;
        var (normed, weighed) = (x.Scratch(DType.Float32, [size]), x.Scratch(DType.Float32, [size]));
        x.Add(memory =>
        {
            var hat = normed.At<float>(memory);
            var product = weighed.At<float>(memory);
            var weights = weight is null ? default : weight.Span<float>(memory);
            var ofInput = results[0] is { } input ? input.Span<float>(memory) : default;
            var ofWeight = results[1] is { } first ? first.Span<float>(memory) : default;
            var ofBias = results[2] is { } second ? second.Span<float>(memory) : default;
            ofWeight.Clear();
            ofBias.Clear();
            for (var row = 0; row < mean.Count; row++)
            {
                var g = gradient.Span<float>(memory).Slice(row * size, size);
                var x = new Span<float>(hat, size);
                TensorPrimitives.Subtract(value.Span<float>(memory).Slice(row * size, size), mean.At<float>(memory)[row], x);
                TensorPrimitives.Multiply(x, scale.At<float>(memory)[row], x);
                if (!ofWeight.IsEmpty)
                {
                    TensorPrimitives.MultiplyAdd(g, x, ofWeight, ofWeight);
                }

                if (!ofBias.IsEmpty)
                {
                    TensorPrimitives.Add(ofBias, g, ofBias);
                }

                if (!ofInput.IsEmpty)
                {
                    OfRow(g, x, weights, scale.At<float>(memory)[row], new(product, size), ofInput.Slice(row * size, size));
                }
            }
        });
        return true;
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
