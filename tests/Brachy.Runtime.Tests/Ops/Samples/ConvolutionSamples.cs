using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.Ops.Samples;

public static class ConvolutionSamples
{
    private static readonly (string Name, ConvolutionSettings Settings, Shape Input, Shape Weight)[] s_uses =
    [
        ("1d", Plain(1), [2, 2, 5], [3, 2, 2]),
        ("1d, strided, padded, dilated", new([2], [2], [3], false, [0], 1), [1, 2, 7], [2, 2, 2]),
        ("2d, 24 channels in groups", Plain(2, groups: 12), [1, 24, 2, 1], [12, 2, 1, 1]),
        ("2d, 40 channels, each by itself", Plain(2, groups: 40), [1, 40, 1, 2], [40, 1, 1, 1]),
        ("2d, 72 channels to one", Plain(2), [1, 72, 1, 1], [1, 72, 1, 1]),
        ("1d, grouped", new([1], [1], [1], false, [0], 2), [2, 4, 4], [4, 2, 3]),
        ("2d", Plain(2), [2, 2, 4, 3], [3, 2, 2, 2]),
        ("2d, strided, padded", new([2, 1], [1, 2], [1, 1], false, [0, 0], 1), [2, 2, 4, 3], [2, 2, 3, 2]),
        ("2d, dilated, grouped", new([1, 2], [2, 1], [2, 1], false, [0, 0], 2), [1, 4, 3, 4], [2, 2, 2, 3]),
        ("2d, a group for each channel", new([1, 1], [1, 1], [1, 1], false, [0, 0], 3), [2, 3, 3, 3], [6, 1, 3, 3]),
        ("2d, kernel of one element, border wider than it", new([3, 2], [1, 2], [5, 1], false, [0, 0], 1), [1, 2, 3, 4], [2, 2, 1, 1]),
        ("2d, windows that leave out the end", new([3, 3], [0, 0], [1, 1], false, [0, 0], 1), [1, 1, 7, 6], [1, 1, 2, 3]),
        ("2d, empty batch", Plain(2), [0, 2, 3, 3], [3, 2, 2, 2]),
        ("2d, one of everything", Plain(2), [1, 1, 1, 1], [1, 1, 1, 1]),
        ("3d", new([1, 2, 1], [0, 1, 1], [1, 1, 2], false, [0, 0, 0], 1), [1, 2, 2, 3, 3], [2, 2, 2, 2, 2]),
        ("3d, grouped", new([2, 1, 1], [1, 0, 0], [1, 1, 1], false, [0, 0, 0], 2), [1, 2, 3, 2, 2], [2, 1, 2, 2, 1]),
        ("transposed 1d", new([2], [1], [1], true, [1], 1), [2, 2, 3], [2, 3, 3]),
        ("transposed 1d, dilated, grouped", new([1], [0], [3], true, [2], 2), [1, 4, 3], [4, 1, 2]),
        ("transposed 2d", new([1, 1], [0, 0], [1, 1], true, [0, 0], 1), [2, 2, 3, 2], [2, 3, 2, 2]),
        ("transposed 2d, strided, padded, with more at the end", new([2, 3], [1, 0], [1, 1], true, [1, 2], 1), [1, 2, 3, 2], [2, 2, 3, 2]),
        ("transposed 2d, dilated, grouped", new([1, 2], [1, 1], [2, 1], true, [1, 0], 2), [1, 4, 2, 3], [4, 2, 2, 2]),
        ("transposed 2d, empty batch", new([2, 2], [0, 0], [1, 1], true, [0, 0], 1), [0, 2, 3, 3], [2, 3, 2, 2]),
        ("transposed 3d", new([2, 1, 1], [0, 1, 0], [1, 1, 2], true, [1, 0, 0], 1), [1, 2, 2, 2, 2], [2, 1, 2, 2, 2]),
    ];

    // Numbers of channels that kernels round up to whole vectors. In float64 only small ones: finite differences visit each element.
    private static readonly (string Name, ConvolutionSettings Settings, Shape Input, Shape Weight)[] s_wideUses =
    [
        ("24 to 40 channels", new([1, 1], [1, 1], [1, 1], false, [0, 0], 1), [4, 24, 6, 5], [40, 24, 3, 3]),
        ("40 to 72 channels, strided", new([2, 2], [0, 0], [1, 1], false, [0, 0], 1), [2, 40, 7, 7], [72, 40, 1, 1]),
        ("72 to 24 channels, dilated", new([1, 1], [2, 2], [2, 2], false, [0, 0], 1), [1, 72, 6, 6], [24, 72, 3, 3]),
        ("72 groups", new([1, 1], [1, 1], [1, 1], false, [0, 0], 72), [2, 72, 5, 5], [72, 1, 3, 3]),
        ("1d, 40 to 24 channels", new([1], [1], [1], false, [0], 1), [3, 40, 9], [24, 40, 3]),
        ("3d, 24 to 8 channels", new([1, 1, 1], [1, 0, 1], [1, 1, 1], false, [0, 0, 0], 1), [1, 24, 3, 3, 3], [8, 24, 2, 2, 2]),
        ("transposed, 24 to 40 channels", new([2, 2], [1, 1], [1, 1], true, [1, 1], 1), [2, 24, 4, 4], [24, 40, 3, 3]),
        ("transposed, 72 to 24 channels, grouped", new([1, 1], [0, 0], [1, 1], true, [0, 0], 2), [2, 72, 4, 4], [72, 12, 3, 3]),
    ];

    private static readonly (string Mode, long[] Pad, Shape Shape)[] s_borders =
    [
        ("reflect", [1, 2], [2, 2, 4]),
        ("reflect", [-1, 2], [2, 4]),
        ("reflect", [3, 0], [0, 2, 4]),
        ("reflect", [2, 1, 0, 3], [1, 2, 4, 3]),
        ("reflect", [-1, -1, 2, -1], [2, 4, 3]),
        ("reflect", [1, 1, 1, 0, 0, 1], [1, 2, 2, 3, 2]),
        ("reflect", [1, -1, 1, 0, 0, 0], [2, 2, 3, 2]),
        ("replicate", [1, 5], [2, 2, 3]),
        ("replicate", [-2, 3], [2, 4]),
        ("replicate", [2, 1, 4, 0], [1, 2, 2, 3]),
        ("replicate", [1, -1, -1, 2], [2, 2, 3]),
        ("replicate", [1, 0, 2, 1, 0, 3], [1, 2, 2, 2, 1]),
        ("replicate", [0, 0, 1, -1, 0, 0], [1, 2, 3, 2]),
    ];

    public static IEnumerable<OpSample> All =>
    [
        .. s_uses.SelectMany((u, i) => new[]
        {
            Forward(u.Name, u.Settings, u.Input, u.Weight, i % 3 != 0),
            Backward(u.Name, u.Settings, u.Input, u.Weight, 1, 1, 1),
        }),
        .. from mask in new long[][] { [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1] }
           from transposed in new[] { false, true }
           let settings = new ConvolutionSettings([2, 1], [1, 0], [1, 2], transposed, [transposed ? 1 : 0, 0], 2)
           select Backward(
               $"{(transposed ? "transposed, " : "")}mask {string.Join(" ", mask)}", settings, [1, 2, 3, 4], [2, 1, 2, 2], mask),
        .. from dtype in new[] { DType.Float32, DType.BFloat16, DType.Float16 }
           from use in s_uses.Where(u => u.Settings.Groups == 2)
           from row in new[]
           {
               Forward($"{use.Name}, {dtype.Name()}", use.Settings, use.Input, use.Weight, true, dtype),
               Backward($"{use.Name}, {dtype.Name()}", use.Settings, use.Input, use.Weight, dtype, 1, 1, 1)
           }
           select row,
        .. new[] { DType.Float32, DType.BFloat16 }.Select(
            d => Forward($"larger, {d.Name()}", new([2, 2], [1, 1], [1, 1], false, [0, 0], 1), [2, 8, 24, 24], [16, 8, 3, 3], true, d)),
        .. from use in s_wideUses
           from dtype in new[] { DType.Float32, DType.BFloat16 }
           from row in new[]
           {
               Forward($"{use.Name}, {dtype.Name()}", use.Settings, use.Input, use.Weight, true, dtype),
               Backward($"{use.Name}, {dtype.Name()}", use.Settings, use.Input, use.Weight, dtype, 1, 1, 1),
           }
           select row,
        new(
            F.Convolution, "2d, operands with other layouts", () => [Strided(1, 2, 4, 3), SeededStrided(1, 2, 2, 2, 2), Seeded(2, 2)],
            Plain(2)),
        new(F.Convolution, "2d, channels last", () => [ChannelsLast(1, 2, 4, 3), ChannelsLast(2, 2, 2, 2)], Plain(2)),
        new(
            F.ConvolutionBackward, "2d, operands with other layouts",
            () => [SeededStrided(2, 1, 2, 3, 2), Strided(1, 2, 4, 3), ChannelsLast(2, 2, 2, 2)],
            new ConvolutionBackwardSettings(Plain(2), [1, 1, 1])),
        .. from activation in new[] { "none", "relu", "sigmoid", "tanh", "swish", "hardswish" }
           from bias in new[] { false, true }
           select Fused(activation, bias, residual: false),
        .. from activation in new[] { "none", "relu" }
           from bias in new[] { false, true }
           select Fused(activation, bias, residual: true),
        .. s_borders.SelectMany(
            b => Border($"{b.Mode}, [{string.Join(", ", b.Pad)}] of {b.Shape}", b.Mode, b.Pad, b.Shape, Make.Real(b.Shape))),
        .. from mode in new[] { "reflect", "replicate" }
           from row in new[]
           {
               Border($"{mode}, other layout", mode, [1, 1, 2, 1], [2, 2, 3, 4], Strided(2, 2, 3, 4)),
               Border($"{mode}, bfloat16", mode, [1, 1, 2, 1], [2, 3, 4], Make.Real([2, 3, 4], DType.BFloat16)),
               Border($"{mode}, float32", mode, [1, 1], [2, 3, 4], Make.Real([2, 3, 4], DType.Float32)),
           }.SelectMany(r => r)
           select row,
        new(F.PadBorder, "reflect, int64", () => [Whole([1, 2, 3, 4, 5, 6], 2, 3)], new PadBorderSettings([1, 2], "reflect")),
    ];

    private static ConvolutionSettings Plain(int dims, long groups = 1)
    {
        long[] ones = [.. Enumerable.Repeat(1L, dims)], zeros = new long[dims];
        return new(ones, zeros, ones, false, zeros, groups);
    }

    private static OpSample Forward(
        string name, ConvolutionSettings settings, Shape input, Shape weight, bool bias, DType dtype = DType.Float64) => new(
            F.Convolution,
            $"{name}{(bias ? ", bias" : "")}",
            () => [Make.Real(input, dtype), Make.Real(
                weight, dtype, 2), .. bias ? new[] { Make.Real([settings.OutputChannels(weight)], dtype, 3) } : []],
            settings)
        { RoundingFactor = Factor(dtype) };

    private static OpSample Backward(string name, ConvolutionSettings settings, Shape input, Shape weight, params long[] mask) =>
        Backward(name, settings, input, weight, DType.Float64, mask);

    private static OpSample Backward(
        string name, ConvolutionSettings settings, Shape input, Shape weight, DType dtype, params long[] mask) => new(
            F.ConvolutionBackward,
            name,
            () => [Make.Real(settings.OutputShape(input, weight), dtype, 4), Make.Real(input, dtype), Make.Real(weight, dtype, 2)],
            new ConvolutionBackwardSettings(settings, mask))
        { RoundingFactor = Factor(dtype) };

    private static double Factor(DType dtype) => dtype == DType.Float32 ? 10 : 1;

    private static OpSample Fused(string activation, bool bias, bool residual) => new(
        F.FusedConvolution,
        $"{activation}{(bias ? ", bias" : "")}{(residual ? ", residual" : "")}",
        () =>
        [
            Make.Real([2, 3, 7, 6], DType.Float32), Make.Real([4, 3, 3, 2], DType.Float32, 2),
            .. bias ? new[] { Make.Real([4], DType.Float32, 3) } : [],
            .. residual ? new[] { Make.Real([2, 4, 4, 3], DType.Float32, 4) } : [],
        ],
        new FusedConvolutionSettings(new([2, 2], [1, 0], [1, 1], false, [0, 0], 1), activation, bias));

    private static OpSample[] Border(string name, string mode, long[] pad, Shape shape, Tensor x)
    {
        var settings = new PadBorderSettings(pad, mode);
        var padded = shape.Select(
            (size, i) => shape.Rank - 1 - i is var at && at < pad.Length / 2 ? size + pad[2 * at] + pad[(2 * at) + 1] : size).ToArray();
        return
        [
            new(F.PadBorder, name, () => [x], settings),
            new(F.PadBorderBackward, name, () => [Make.Real(padded, x.dtype, 5), x], settings),
        ];
    }

    private static Tensor ChannelsLast(long n, long c, long h, long w) => F.permute(Reals(n, h, w, c), 0, 3, 1, 2);
}
