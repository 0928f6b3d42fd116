using System.Numerics;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Pooling of images; results have their channels side by side.</summary>
internal static unsafe class PoolingKernels
{
    /// <summary>Largest elements; where they are is found one by one, and only for who asks.</summary>
    public static bool Max(VectorArgs x, MaxPoolSettings settings)
    {
        var (rows, columns) = (Dim(x, settings, 0), Dim(x, settings, 1));
        return x.IsUsed(1)
            ? x.OfType(x.Output().DType, y => Places<float>(y, rows, columns), y => Places<double>(y, rows, columns))
            : x.OfType(x.Output().DType, y => Pool<float>(y, rows, columns, null), y => Pool<double>(y, rows, columns, null));
    }

    public static bool Mean(VectorArgs x, AvgPoolSettings settings)
    {
        var divisor = new MeanDivisor(settings.DivisorOverride ?? 0, settings.CountIncludePad);
        return x.OfType(
            x.Output().DType, y => Pool<float>(y, Dim(y, settings, 0), Dim(y, settings, 1), divisor),
            y => Pool<double>(y, Dim(y, settings, 0), Dim(y, settings, 1), divisor));
    }

    /// <summary>Means of windows that divide an image.</summary>
    public static bool DividedMean(VectorArgs x, AdaptivePoolSettings settings)
    {
        var (image, result) = (x.Types[0].Shape, settings.OutputSize);
        var (rows, columns) = (PooledDim.Divided(image[2], result[0]), PooledDim.Divided(image[3], result[1]));
        return x.OfType(
            x.Output().DType, y => Pool<float>(y, rows, columns, default(MeanDivisor)),
            y => Pool<double>(y, rows, columns, default(MeanDivisor)));
    }

    private static PooledDim Dim(VectorArgs x, WindowSettings settings, int d) => new(
        (int)x.Types[0].Shape[d + 2], (int)settings.KernelSize[d], (int)settings.Stride[d], (int)settings.Padding[d],
        (int)(settings.Spread?[d] ?? 1), (int)x.Output().Shape[d + 2]);

    private static bool Places<T>(VectorArgs x, PooledDim rows, PooledDim columns)
        where T : unmanaged, INumber<T>
    {
        var image = x.Dense(0);
        var (values, places) = (x.Result(0), x.Result(1));
        x.Add(memory =>
        {
            var value = values.Span<T>(memory);
            var place = places.Span<long>(memory);
            for (var i = 0; i < value.Length; i++)
            {
                var (row, column) = (i / columns.Result % rows.Result, i % columns.Result);
                var area = rows.Size * columns.Size;
                var from = image.Span<T>(memory).Slice(i / columns.Result / rows.Result * area, area);
                var largest = (rows.First(row) * columns.Size) + columns.First(column);
                for (var top = rows.First(row); top < rows.End(row); top += rows.Dilation)
                {
                    for (var left = columns.First(column); left < columns.End(column); left += columns.Dilation)
                    {
                        var other = (top * columns.Size) + left;
                        largest = from[other] > from[largest] || T.IsNaN(from[other]) ? other : largest;
                    }
                }

                (value[i], place[i]) = (from[largest], largest);
            }
        });
        return true;
    }

    private static bool Pool<T>(VectorArgs x, PooledDim rows, PooledDim columns, MeanDivisor? mean)
        where T : unmanaged
    {
        var parts = (int)x.Types[0].Shape[0] * rows.Result;
        var image = x[0].Permuted([0, 2, 3, 1]);
        image = image.Strides[3] == 1 || image.Shape[3] == 1 ? image : x.Dense(image);
        var channels = (int)image.Shape[3];
        var target = x.Scratch(x.Output().DType, [image.Shape[0], rows.Result, columns.Result, channels]);
        x.Alias(target.Permuted([0, 3, 1, 2]));
        x.AliasUnused();
        x.Add(memory => ThreadTeam.Run(parts, new Pooling<T>(
            rows, columns, channels,
            new(image.At<T>(memory), (nint)image.Strides[0], (nint)image.Strides[1], (nint)image.Strides[2]), target.Address(memory),
            mean)));
        return true;
    }
}
