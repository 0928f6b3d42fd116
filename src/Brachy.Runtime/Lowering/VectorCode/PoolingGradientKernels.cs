using System.Numerics;
using System.Numerics.Tensors;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Gradients of poolings of images.</summary>
internal static unsafe class PoolingGradientKernels
{
    /// <summary>Operands: the gradient, what was pooled (for its shape).</summary>
    public static bool Mean(VectorArgs x, AvgPoolSettings settings)
    {
        var divisor = new MeanDivisor(settings.DivisorOverride ?? 0, settings.CountIncludePad);
        return Mean(x, Dim(0), Dim(1), divisor);

        PooledDim Dim(int d) => new(
            (int)x.Types[1].Shape[d + 2], (int)settings.KernelSize[d], (int)settings.Stride[d], (int)settings.Padding[d], 1,
            (int)x.Types[0].Shape[d + 2]);
    }

    /// <summary>The same for windows that divide an image.</summary>
    public static bool DividedMean(VectorArgs x)
    {
        var (image, result) = (x.Types[1].Shape, x.Types[0].Shape);
        return Mean(x, PooledDim.Divided(image[2], result[2]), PooledDim.Divided(image[3], result[3]), default);
    }

    /// <summary>Operands: the gradient, where in its plane each element comes from, what was pooled (for its shape).</summary>
    public static bool Max(VectorArgs x) => x.OfType(x.Output().DType, Max<float>, Max<double>);

    private static bool Mean(VectorArgs x, PooledDim rows, PooledDim columns, MeanDivisor divisor) =>
        x.OfType(x.Output().DType, y => Mean<float>(y, rows, columns, divisor), y => Mean<double>(y, rows, columns, divisor));

    private static bool Mean<T>(VectorArgs x, PooledDim rows, PooledDim columns, MeanDivisor divisor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var gradient = x.Dense(x[0].Permuted([0, 2, 3, 1]));
        var target = ConvolutionSteps.Images(x, 0, x.Output().Shape);
        var (images, channels) = ((int)gradient.Shape[0], (int)gradient.Shape[3]);
        x.AddRows(images, [gradient], [target], (memory, first, count) =>
        {
            for (var n = first; n < first + count; n++)
            {
                var image = target.Span<T>(memory, n * rows.Size * columns.Size * channels, rows.Size * columns.Size * channels);
                image.Clear();
                for (var window = 0; window < rows.Result * columns.Result; window++)
                {
                    var (row, column) = (window / columns.Result, window % columns.Result);
                    var share = T.CreateTruncating(1 / divisor.Of(rows, row, columns, column));
                    var from = gradient.Span<T>(memory, ((n * rows.Result * columns.Result) + window) * channels, channels);
                    for (var top = rows.First(row); top < rows.End(row); top++)
                    {
                        for (var left = columns.First(column); left < columns.End(column); left++)
                        {
                            var pixel = image.Slice(((top * columns.Size) + left) * channels, channels);
                            TensorPrimitives.MultiplyAddEstimate(from, share, pixel, pixel);
                        }
                    }
                }
            }
        });
        return true;
    }

    private static bool Max<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        if (x.Types[1].DType != DType.Int64)
        {
            return false;
        }

        var (gradient, places, target) = (x.Dense(0), x.Dense(1), x.Result());
        var planes = (int)(target.Shape[0] * target.Shape[1]);
        var (size, windows) = (target.Count / planes, gradient.Count / planes);
        x.AddRows(planes, [gradient, places], [target], (memory, first, count) =>
        {
            target.Span<T>(memory, first * size, count * size).Clear();
            for (var i = first * windows; i < (first + count) * windows; i++)
            {
                // Operands may hold any numbers.
                var place = places.At<long>(memory)[i];
                if ((ulong)place < (ulong)size)
                {
                    target.At<T>(memory)[(i / windows * size) + place] += gradient.At<T>(memory)[i];
                }
            }
        });
        return true;
    }
}
