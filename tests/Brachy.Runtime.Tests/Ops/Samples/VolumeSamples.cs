using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Pooling of volumes.</summary>
public static class VolumeSamples
{
    public static IEnumerable<OpSample> All =>
    [
        new(F.MaxPool3d, "2 by 2 by 2", () => [Reals(2, 1, 2, 4, 3)], Max([2, 2, 2], [2, 2, 2])),
        new(F.MaxPool3d, "every setting", () => [Reals(1, 2, 4, 5, 4)], Max([2, 3, 2], [1, 2, 1], [1, 1, 0], [1, 1, 2], ceilMode: true)),
        new(F.MaxPool3d, "overlapping, transposed", () => [Strided(1, 2, 3, 3, 2)], Max([2, 2, 1], [1, 1, 1])),
        new(F.MaxPool3d, "channels last", () => [ChannelsLast(1, 3, 3, 4, 2)], Max([2, 2, 2], [1, 1, 2])),
        new(F.MaxPool3d, "no batch", () => [Reals(0, 2, 2, 2, 2)], Max([2, 2, 2], [2, 2, 2])),
        new(F.MaxPool3d, "not a number", () => [Make.Values([1, 1, 2, 2, 2], 1, 2, double.NaN, 4, 5, 6, 7, double.NegativeInfinity)], Max(
            [1, 2, 2], [1, 1, 1]))
        {
            DifferentiateBy = [],
        },
        new(F.MaxPool3d, "float32", () => [Float32(0, 1, 2, 3, 4, 4)], Max([2, 3, 3], [1, 2, 2], [1, 1, 1])),
        new(F.MaxPool3d, "int64, ties", () => [Make.Integers([1, 2, 2, 4, 4])], Max([2, 2, 2], [2, 2, 2])),
        new(F.AvgPool3d, "2 by 2 by 2", () => [Reals(2, 1, 2, 4, 3)], Mean([2, 2, 2], [2, 2, 2])),
        new(F.AvgPool3d, "every setting", () => [Reals(1, 2, 4, 5, 4)], Mean(
            [2, 3, 2], [2, 2, 1], [1, 1, 0], ceilMode: true, countIncludePad: false)),
        new(F.AvgPool3d, "divisor, transposed", () => [Strided(1, 1, 3, 4, 3)], Mean([2, 3, 3], [2, 2, 2], [0, 1, 1], divisor: -3)),
        new(F.AvgPool3d, "channels last", () => [ChannelsLast(1, 3, 3, 4, 2)], Mean([2, 2, 2], [1, 1, 2])),
        new(F.AvgPool3d, "no batch", () => [Reals(0, 2, 2, 2, 2)], Mean([2, 2, 2], [2, 2, 2])),
        new(F.AvgPool3d, "float32", () => [Float32(0, 1, 2, 3, 4, 4)], Mean([2, 3, 3], [1, 2, 2], [1, 1, 1])),
        new(F.AvgPool3d, "int64", () => [Make.Integers([1, 2, 2, 4, 4])], Mean([2, 2, 2], [2, 2, 2], divisor: 3)),
        new(F.AvgPool3dBackward, "2 by 2 by 2", () => [Reals(1, 1, 1, 2, 1), Seeded(1, 1, 1, 2, 4, 3)], Mean([2, 2, 2], [2, 2, 2])),
        new(
            F.AvgPool3dBackward, "every setting, transposed",
            () => [Strided(1, 2, 3, 3, 3), Seeded(1, 1, 2, 4, 5, 4)],
            Mean([2, 3, 2], [2, 2, 1], [1, 1, 0], ceilMode: true, countIncludePad: false)),
        new(F.AvgPool3dBackward, "divisor", () => [Reals(1, 1, 1, 2, 2), Seeded(1, 1, 1, 2, 4, 4)], Mean([2, 2, 2], [2, 2, 2], divisor: 5)),
        new(F.AvgPool3dBackward, "no batch", () => [Reals(0, 2, 1, 1, 1), Seeded(1, 0, 2, 2, 2, 2)], Mean([2, 2, 2], [2, 2, 2])),
        new(F.AvgPool3dBackward, "float32", () => [Float32(0, 1, 1, 1, 2, 2), Float32(1, 1, 1, 2, 4, 4)], Mean([2, 2, 2], [2, 2, 2])),
        new(F.AdaptiveAvgPool3d, "windows of two sizes", () => [Reals(1, 2, 3, 5, 4)], Size(2, 3, 2)),
        new(F.AdaptiveAvgPool3d, "larger, transposed", () => [Strided(1, 1, 2, 2, 3)], Size(3, 3, 5)),
        new(F.AdaptiveAvgPool3d, "one window, channels last", () => [ChannelsLast(2, 3, 3, 2, 2)], Size(1, 1, 1)),
        new(F.AdaptiveAvgPool3d, "no batch", () => [Reals(0, 2, 2, 2, 2)], Size(1, 1, 2)),
        new(F.AdaptiveAvgPool3d, "float32", () => [Float32(0, 1, 2, 3, 4, 4)], Size(2, 2, 2)),
        new(F.AdaptiveAvgPool3dBackward, "windows of two sizes", () => [Reals(1, 2, 2, 3, 2), Seeded(1, 1, 2, 3, 5, 4)]),
        new(F.AdaptiveAvgPool3dBackward, "one window", () => [Reals(2, 2, 1, 1, 1), Seeded(1, 2, 2, 2, 3, 2)]),
        new(F.AdaptiveAvgPool3dBackward, "larger, transposed", () => [Strided(1, 1, 3, 3, 5), SeededStrided(1, 1, 1, 2, 2, 3)]),
        new(F.AdaptiveAvgPool3dBackward, "no batch", () => [Reals(0, 2, 1, 1, 2), Seeded(1, 0, 2, 2, 2, 2)]),
        new(F.AdaptiveAvgPool3dBackward, "float32", () => [Float32(0, 1, 1, 2, 2, 2), Float32(1, 1, 1, 3, 4, 4)]),
        new(F.AdaptiveMaxPool3d, "windows of two sizes", () => [Reals(1, 2, 3, 5, 4)], Size(2, 3, 2)),
        new(F.AdaptiveMaxPool3d, "larger, transposed", () => [Strided(1, 1, 2, 2, 3)], Size(3, 3, 5)),
        new(F.AdaptiveMaxPool3d, "no batch", () => [Reals(0, 2, 2, 2, 2)], Size(1, 1, 2)),
        new(F.AdaptiveMaxPool3d, "float32", () => [Float32(0, 1, 2, 3, 4, 4)], Size(2, 2, 2)),
    ];

    private static Tensor ChannelsLast(long n, long d, long h, long w, long c) => F.permute(Seeded(5, n, d, h, w, c), 0, 4, 1, 2, 3);

    private static Settings Max(long[] kernel, long[] stride, long[]? padding = null, long[]? dilation = null, bool ceilMode = false) =>
        new MaxPoolSettings(kernel, stride, padding ?? [0, 0, 0], dilation ?? [1, 1, 1], ceilMode);

    private static Settings Mean(
        long[] kernel, long[] stride, long[]? padding = null, bool ceilMode = false, bool countIncludePad = true, long? divisor = null) =>
        new AvgPoolSettings(kernel, stride, padding ?? [0, 0, 0], ceilMode, countIncludePad, divisor);

    private static Settings Size(params long[] sizes) => new AdaptivePoolSettings(sizes);
}
