using System.Numerics;
using System.Numerics.Tensors;

namespace Brachy.Compilation;

/// <summary>Norms by roots of mean squares, by groups of channels, and by known statistics.</summary>
internal static unsafe class NormKernels
{
    public static bool RmsNorm(VectorArgs x, LayerNormSettings settings)
    {
        if (!AreSingle(x))
        {
            return false;
        }

        var (source, weight) = (x.Dense(0), x.Count > 1 ? x.Dense(1) : null);
        var (target, scales) = (x.Result(0), x.Result(1));
        var (size, eps) = (source.Count / scales.Count, (float)settings.Eps);
        x.AddRows(scales.Count, [source], [target, scales], (memory, first, rows) =>
        {
            for (var r = first; r < first + rows; r++)
            {
                var from = source.Span<float>(memory).Slice(r * size, size);
                var to = target.Span<float>(memory).Slice(r * size, size);
                var scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(from) / size) + eps);
                TensorPrimitives.Multiply(from, scale, to);
                if (weight is not null)
                {
                    TensorPrimitives.Multiply(to, weight.Span<float>(memory), to);
                }

                scales.At<float>(memory)[r] = scale;
            }
        }, weight);
        return true;
    }

    public static bool GroupNorm(VectorArgs x, GroupNormSettings settings)
    {
        if (!AreSingle(x))
        {
            return false;
        }

        var (source, weight, bias) = (x.Dense(0), x.Count > 1 ? x.Dense(1) : null, x.Count > 2 ? x.Dense(2) : null);
        var (target, means, deviations) = (x.Result(0), x.Result(1), x.Result(2));
        var (size, eps, groups) = (source.Count / means.Count, (float)settings.Eps, (int)settings.Groups);
        var channels = (int)source.Shape[1] / groups;
        var plane = size / channels;
        x.AddRows(means.Count, [source], [target, means, deviations], (memory, first, rows) =>
        {
            for (var g = first; g < first + rows; g++)
            {
                var from = source.Span<float>(memory).Slice(g * size, size);
                var to = target.Span<float>(memory).Slice(g * size, size);
                var mean = TensorPrimitives.Sum<float>(from) / size;
                TensorPrimitives.Subtract(from, mean, to);
                var scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(to) / size) + eps);
                for (var c = 0; c < channels; c++)
                {
                    var channel = (g % groups * channels) + c;
                    var part = to.Slice(c * plane, plane);
                    TensorPrimitives.Multiply(part, weight is null ? scale : scale * weight.At<float>(memory)[channel], part);
                    TensorPrimitives.Add(part, bias is null ? 0 : bias.At<float>(memory)[channel], part);
                }

                means.At<float>(memory)[g] = mean;
                deviations.At<float>(memory)[g] = scale;
            }
        }, weight, bias);
        return true;
    }

    /// <summary>Operands: x, mean, variance, perhaps weight and bias.</summary>
    public static bool BatchNorm(VectorArgs x, BatchNormInferenceSettings settings) =>
        !Array.Exists([.. x.Types], type => type.IsNumber || type.DType != x.Output().DType)
        && x.OfType(x.Output().DType, settings, BatchNorm<float>, BatchNorm<double>);

    private static bool BatchNorm<T>(VectorArgs x, BatchNormInferenceSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (source, mean, variance) = (x.Dense(0), x.Dense(1), x.Dense(2));
        var (weight, bias) = (x.Count > 3 ? x.Dense(3) : null, x.Count > 4 ? x.Dense(4) : null);
        var target = x.Result();
        var (channels, eps) = ((int)source.Shape[1], T.CreateTruncating(settings.Eps));
        var plane = source.Count / (int)source.Shape[0] / channels;
        x.AddRows(source.Count / plane, [source], [target], (memory, first, rows) =>
        {
            for (var i = first; i < first + rows; i++)
            {
                var channel = i % channels;
                var factor = weight is null ? T.One : weight.At<T>(memory)[channel];
                var scale = factor / T.Sqrt(variance.At<T>(memory)[channel] + eps);
                var shift = (bias is null ? T.Zero : bias.At<T>(memory)[channel]) - (mean.At<T>(memory)[channel] * scale);
                var part = target.Span<T>(memory).Slice(i * plane, plane);
                TensorPrimitives.Multiply(source.Span<T>(memory).Slice(i * plane, plane), scale, part);
                TensorPrimitives.Add(part, shift, part);
            }
        }, mean, variance, weight, bias);
        return true;
    }

    private static bool AreSingle(VectorArgs x) => x.Types.All(type => type.DType == DType.Float32 && !type.IsNumber);
}
