using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class InterpolationSamples
{
    public static IEnumerable<OpSample> All =>
    [
        .. Rows("nearest", () => Reals(2, 2, 3), [5]),
        .. Rows("nearest", () => Strided(1, 2, 3, 4), [5, 3]),
        .. Rows("nearest, by its scales", () => Reals(1, 1, 3, 4), [5, 2], scales: [1.7, 0.6]),
        .. Rows("nearest", () => Reals(1, 1, 2, 2, 3), [3, 2, 4]),
        .. Rows("nearest-exact", () => Reals(2, 2, 3), [5]),
        .. Rows("nearest-exact", () => PoolingSamples.ChannelsLast(1, 3, 4, 2), [5, 3]),
        .. Rows("nearest-exact, by its scales", () => Reals(1, 1, 3, 4), [5, 2], scales: [1.7, 0.6]),
        .. Rows("nearest-exact", () => Reals(1, 1, 2, 2, 3), [3, 2, 4]),
        .. Rows("linear", () => Reals(2, 2, 3), [5]),
        .. Rows("linear, aligned", () => Strided(1, 2, 4), [3], align: true),
        .. Rows("linear, by its scales", () => Reals(1, 1, 4), [6], scales: [1.7]),
        .. Rows("bilinear", () => Reals(1, 2, 3, 4), [5, 3]),
        .. Rows("bilinear, aligned", () => PoolingSamples.ChannelsLast(1, 3, 4, 2), [5, 3], align: true),
        .. Rows("bilinear, by its scales", () => Strided(1, 1, 3, 4), [5, 2], scales: [1.7, 0.6]),
        .. Rows("bilinear, one pixel", () => Reals(1, 1, 1, 1), [2, 3], align: true),
        .. Rows("bilinear, no batch", () => Reals(0, 1, 2, 2), [2, 3]),
        .. Rows("bilinear, antialias", () => Reals(1, 2, 5, 4), [2, 6], antialias: true),
        .. Rows("bilinear, antialias, by its scales", () => Strided(1, 1, 5, 4), [2, 2], scales: [0.45, 0.6], antialias: true),
        .. Rows("bicubic", () => Reals(1, 1, 4, 3), [5, 2]),
        .. Rows("bicubic, aligned, by its scales", () => Strided(1, 1, 3, 4), [5, 2], align: true, scales: [1.7, 0.6]),
        .. Rows("bicubic, antialias", () => Reals(1, 1, 5, 4), [2, 6], antialias: true),
        .. Rows("trilinear", () => Reals(1, 1, 2, 3, 2), [3, 2, 3]),
        .. Rows("trilinear, aligned, by its scales", () => Reals(1, 1, 2, 2, 3), [3, 2, 2], align: true, scales: [1.5, 1, 0.7]),
        .. Rows("nearest, float32", () => Float32(0, 1, 2, 3, 3), [4, 7]),
        .. Rows("bilinear, float32", () => Float32(0, 1, 2, 3, 3), [4, 7]),
        .. Rows("bicubic, bfloat16", () => Make.Real([1, 2, 3, 3], DType.BFloat16), [4, 7]),
        .. Rows("bilinear, float16", () => Make.Real([1, 2, 3, 3], DType.Float16), [4, 7]),
        new(F.Upsample, "nearest, uint8", () => [Make.Integers([1, 3, 3, 3], 0, 256, DType.UInt8)], Resizing("nearest", [4, 7])),
        new(F.Upsample, "bilinear, uint8", () => [Make.Integers([1, 3, 3, 3], 0, 256, DType.UInt8)], Resizing("bilinear", [4, 7])),
        new(F.Upsample, "bicubic, antialias, uint8", () => [Make.Integers([1, 3, 9, 9], 0, 256, DType.UInt8)], Resizing(
            "bicubic", [4, 7], antialias: true)),
    ];

    /// <summary>A use of the op, and the use of its gradient that goes with it.</summary>
    /// <param name="name">The mode, and what else is special.</param>
    private static IEnumerable<OpSample> Rows(
        string name, Func<Tensor> input, long[] size, bool align = false, double[]? scales = null, bool antialias = false)
    {
        var mode = name.Split(',')[0];
        var x = input().Type;
        Shape resized = [.. x.Shape.AsSpan()[..2], .. size];
        var what = $"{name}, {x.Shape} to {(Shape)size}";
        yield return new(F.Upsample, what, () => [input()], Resizing(mode, size, align, scales, antialias));
        yield return new(F.UpsampleBackward, what, () => [Make.Real(resized, x.DType, 8)], new InterpolationBackwardSettings(
            Resizing(mode, size, align, scales, antialias), x.Shape));
    }

    private static InterpolationSettings Resizing(
        string mode, Shape size, bool align = false, double[]? scales = null, bool antialias = false) =>
        InterpolationSettings.Of(mode, align, antialias, size, scales);
}
