using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class PoolingSamples
{
    public static IEnumerable<OpSample> All =>
    [
        new(F.MaxPool2d, "2 by 2", () => [Reals(2, 1, 4, 5)], Max([2, 2], [2, 2])),
        new(F.MaxPool2d, "every setting", () => [Reals(1, 2, 6, 5)], Max([3, 2], [2, 1], [1, 1], [1, 2], ceilMode: true)),
        new(F.MaxPool2d, "a last window that would start in the padding", () => [Reals(1, 1, 3, 3)], Max(
            [2, 2], [2, 3], [1, 1], ceilMode: true)),
        new(F.MaxPool2d, "a kernel larger than the image", () => [Reals(1, 1, 2, 3)], Max([5, 1], [7, 1], ceilMode: true)),
        new(F.MaxPool2d, "overlapping, transposed", () => [Strided(1, 2, 4, 3)], Max([2, 2], [1, 1])),
        new(F.MaxPool2d, "channels last", () => [ChannelsLast(1, 4, 4, 3)], Max([2, 2], [2, 2], [1, 0])),
        new(F.MaxPool2d, "signals", () => [Reals(2, 2, 1, 7)], Max([1, 3], [1, 2], [0, 1])),
        new(F.MaxPool2d, "no batch", () => [Reals(0, 2, 4, 4)], Max([2, 2], [2, 2])),
        new(F.MaxPool2d, "not a number", () => [Make.Values([1, 1, 2, 4], 1, 2, double.NaN, 4, 5, 6, 7, double.NegativeInfinity)], Max(
            [2, 2], [1, 1]))
        {
            DifferentiateBy = [],
        },
        new(F.MaxPool2d, "float32", () => [Float32(0, 2, 3, 5, 5)], Max([3, 3], [2, 2], [1, 1])),
        new(F.MaxPool2d, "bfloat16", () => [Make.Real([1, 1, 4, 4], DType.BFloat16)], Max([2, 2], [2, 2])),
        new(F.MaxPool2d, "float16, channels last", () => [ChannelsLast(1, 4, 4, 3).to(DType.Float16)], Max([2, 2], [2, 2])),
        new(F.MaxPool2d, "int64, ties", () => [Make.Integers([1, 2, 4, 4])], Max([2, 2], [2, 2])),
        new(F.MaxPool2d, "uint8", () => [Make.Integers([1, 2, 4, 4], 0, 256, DType.UInt8)], Max([2, 2], [2, 2])),
        new(F.MaxPool2dBackward, "collisions", () =>
            [Reals(1, 2, 2, 2), Whole([0, 5, 5, 11, 3, 3, 3, 3], 1, 2, 2, 2), Seeded(1, 1, 2, 3, 4)]),
        new(F.MaxPool2dBackward, "transposed", () =>
            [Strided(1, 1, 2, 3), Whole([5, 4, 3, 2, 1, 0], 1, 1, 2, 3), SeededStrided(1, 1, 1, 3, 4)]),
        new(F.MaxPool2dBackward, "channels last", () =>
            [ChannelsLast(1, 1, 2, 2), Whole([5, 4, 3, 2], 1, 2, 1, 2), ChannelsLast(1, 2, 3, 2)]),
        new(F.MaxPool2dBackward, "no batch", () => [Reals(0, 2, 2, 2), Whole([], 0, 2, 2, 2), Seeded(1, 0, 2, 3, 4)]),
        new(F.MaxPool2dBackward, "float32", () => [Float32(0, 1, 1, 1, 2), Whole([4, 4], 1, 1, 1, 2), Float32(1, 1, 1, 3, 2)]),
        new(F.AvgPool2d, "2 by 2", () => [Reals(2, 1, 4, 5)], Mean([2, 2], [2, 2])),
        new(F.AvgPool2d, "every setting", () => [Reals(1, 2, 6, 5)], Mean([3, 2], [2, 2], [1, 1], ceilMode: true, countIncludePad: false)),
        new(F.AvgPool2d, "ceil mode, padding counts", () => [Reals(1, 1, 4, 4)], Mean([3, 3], [2, 2], [1, 1], ceilMode: true)),
        new(F.AvgPool2d, "divisor", () => [Reals(1, 1, 4, 4)], Mean([3, 3], [2, 2], [1, 1], divisor: -3)),
        new(F.AvgPool2d, "overlapping, transposed", () => [Strided(1, 2, 4, 3)], Mean([2, 2], [1, 1])),
        new(F.AvgPool2d, "channels last", () => [ChannelsLast(1, 4, 4, 3)], Mean([2, 2], [2, 2], [1, 0])),
        new(F.AvgPool2d, "signals", () => [Reals(2, 2, 1, 7)], Mean([1, 3], [1, 2], [0, 1])),
        new(F.AvgPool2d, "no batch", () => [Reals(0, 2, 4, 4)], Mean([2, 2], [2, 2])),
        new(F.AvgPool2d, "float32", () => [Float32(0, 2, 3, 5, 5)], Mean([3, 3], [2, 2], [1, 1])),
        new(F.AvgPool2d, "bfloat16", () => [Make.Real([1, 1, 4, 4], DType.BFloat16)], Mean([2, 2], [2, 2])),
        new(F.AvgPool2d, "int64", () => [Make.Integers([1, 2, 4, 4])], Mean([2, 2], [2, 2], divisor: 3)),
        new(F.AvgPool2dBackward, "2 by 2", () => [Reals(2, 1, 2, 2), Seeded(1, 2, 1, 4, 5)], Mean([2, 2], [2, 2])),
        new(F.AvgPool2dBackward, "every setting", () => [Strided(1, 2, 4, 3), Seeded(1, 1, 2, 6, 5)], Mean(
            [3, 2], [2, 2], [1, 1], ceilMode: true, countIncludePad: false)),
        new(F.AvgPool2dBackward, "divisor, channels last", () => [ChannelsLast(1, 2, 2, 2), ChannelsLast(1, 4, 4, 2)], Mean(
            [3, 3], [2, 2], [1, 1], divisor: 5)),
        new(F.AvgPool2dBackward, "no batch", () => [Reals(0, 2, 2, 2), Seeded(1, 0, 2, 4, 4)], Mean([2, 2], [2, 2])),
        new(F.AvgPool2dBackward, "float32", () => [Float32(0, 1, 1, 2, 2), Float32(1, 1, 1, 4, 4)], Mean([2, 2], [2, 2])),
        new(F.AdaptiveAvgPool2d, "windows of two sizes", () => [Reals(2, 1, 5, 4)], Size(3, 2)),
        new(F.AdaptiveAvgPool2d, "larger, transposed", () => [Strided(1, 2, 2, 3)], Size(3, 5)),
        new(F.AdaptiveAvgPool2d, "channels last", () => [ChannelsLast(1, 5, 4, 3)], Size(2, 3)),
        new(F.AdaptiveAvgPool2d, "no batch", () => [Reals(0, 2, 4, 4)], Size(2, 2)),
        new(F.AdaptiveAvgPool2d, "float32", () => [Float32(0, 2, 3, 5, 5)], Size(2, 2)),
        new(F.AdaptiveAvgPool2d, "bfloat16", () => [Make.Real([1, 1, 4, 4], DType.BFloat16)], Size(2, 3)),
        new(F.AdaptiveAvgPool2dBackward, "windows of two sizes", () => [Reals(2, 1, 3, 2), Seeded(1, 2, 1, 5, 4)]),
        new(F.AdaptiveAvgPool2dBackward, "larger, transposed", () => [Strided(1, 2, 3, 5), SeededStrided(1, 1, 2, 2, 3)]),
        new(F.AdaptiveAvgPool2dBackward, "channels last", () => [ChannelsLast(1, 2, 3, 2), ChannelsLast(1, 5, 4, 2)]),
        new(F.AdaptiveAvgPool2dBackward, "no batch", () => [Reals(0, 2, 2, 2), Seeded(1, 0, 2, 4, 4)]),
        new(F.AdaptiveAvgPool2dBackward, "float32", () => [Float32(0, 1, 1, 2, 2), Float32(1, 1, 1, 3, 3)]),
        new(F.AdaptiveMaxPool2d, "windows of two sizes", () => [Reals(2, 1, 5, 4)], Size(3, 2)),
        new(F.AdaptiveMaxPool2d, "larger, transposed", () => [Strided(1, 2, 2, 3)], Size(3, 5)),
        new(F.AdaptiveMaxPool2d, "channels last, one window", () => [ChannelsLast(1, 3, 4, 3)], Size(1, 1)),
        new(F.AdaptiveMaxPool2d, "no batch", () => [Reals(0, 2, 4, 4)], Size(2, 2)),
        new(F.AdaptiveMaxPool2d, "float32", () => [Float32(0, 2, 3, 5, 5)], Size(2, 2)),
        new(F.AdaptiveMaxPool2d, "bfloat16", () => [Make.Real([1, 1, 4, 4], DType.BFloat16)], Size(2, 3)),
        new(F.Unfold, "3 by 2", () => [Reals(2, 2, 4, 3)], Blocks([3, 2])),
        new(F.Unfold, "every setting, transposed", () => [Strided(1, 2, 4, 5)], Blocks([2, 2], [2, 1], [1, 3], [1, 2])),
        new(F.Unfold, "channels last", () => [ChannelsLast(1, 3, 3, 2)], Blocks([2, 2])),
        new(F.Unfold, "no batch", () => [Reals(0, 2, 3, 3)], Blocks([2, 2])),
        new(F.Unfold, "float32", () => [Float32(0, 1, 1, 3, 3)], Blocks([2, 2], padding: [1, 1])),
        new(F.Unfold, "bool", () => [Make.Bools([1, 1, 3, 3])], Blocks([2, 2])),
        new(F.Fold, "3 by 2", () => [Reals(2, 12, 4)], new FoldSettings(Blocks([3, 2]), [4, 3])),
        new(F.Fold, "every setting, transposed", () => [Strided(1, 8, 20)], new FoldSettings(
            Blocks([2, 2], [2, 1], [1, 3], [1, 2]), [4, 5])),
        new(F.Fold, "no batch", () => [Reals(0, 8, 4)], new FoldSettings(Blocks([2, 2]), [3, 3])),
        new(F.Fold, "float32", () => [Float32(0, 1, 4, 16)], new FoldSettings(Blocks([2, 2], padding: [1, 1]), [3, 3])),
    ];

    /// <summary>Images whose channels lie next to each other in memory.</summary>
    internal static Tensor ChannelsLast(long n, long h, long w, long c) => F.permute(Seeded(5, n, h, w, c), 0, 3, 1, 2);

    private static Settings Max(long[] kernel, long[] stride, long[]? padding = null, long[]? dilation = null, bool ceilMode = false) =>
        new MaxPoolSettings(kernel, stride, padding ?? [0, 0], dilation ?? [1, 1], ceilMode);

    private static Settings Mean(
        long[] kernel, long[] stride, long[]? padding = null, bool ceilMode = false, bool countIncludePad = true, long? divisor = null) =>
        new AvgPoolSettings(kernel, stride, padding ?? [0, 0], ceilMode, countIncludePad, divisor);

    private static Settings Size(long height, long width) => new AdaptivePoolSettings([height, width]);

    private static UnfoldSettings Blocks(Shape kernel, Shape? dilation = null, Shape? padding = null, Shape? stride = null) =>
        new(kernel, dilation ?? [1, 1], padding ?? [0, 0], stride ?? [1, 1]);
}
