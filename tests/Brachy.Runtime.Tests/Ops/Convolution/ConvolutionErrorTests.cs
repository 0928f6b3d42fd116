using Brachy.NN;

namespace Brachy.Tests.Ops;

/// <summary>What the convolutions, their layers and F.pad refuse, and how they say so.</summary>
public class ConvolutionErrorTests
{
    private const long Huge = long.MaxValue;
    private static readonly Tensor s_image = F.ones([2, 4, 5, 6]);
    private static readonly Tensor s_kernel = F.ones([6, 4, 3, 3]);
    private static readonly Tensor s_signal = F.ones([2, 4, 5]);
    private static readonly Tensor s_filter = F.ones([4, 4, 3]);

    private static readonly (string Name, Type Error, string[] Fragments, Action Use)[] s_cases =
    [
        Case<ArgumentNullException>("no input", () => F.conv2d(null!, s_kernel), "input"),
        Case<ArgumentNullException>("no weight", () => F.conv2d(s_image, null!), "convolution"),
        Case<ArgumentNullException>("no weight, same", () => F.conv2d(s_image, null!, padding: "same"), "weight"),
        Case<ShapeException>("rank of the input", () => F.conv2d(F.ones([4, 5]), s_kernel), "conv2d", "input", "[N, C, H, W]", "[4, 5]"),
        Case<ShapeException>("a number as input", () => F.conv1d(2.0, s_filter), "conv1d", "[]"),
        Case<ShapeException>("rank of the weight", () => F.conv2d(s_image, s_filter), "conv2d", "weight", "[4, 4, 3]"),
        Case<ShapeException>("rank of the weight, same", () => F.conv2d(s_image, s_filter, padding: "same"), "conv2d", "weight"),
        Case<ShapeException>("rank of the input, 3d", () => F.conv3d(s_image, F.ones([1, 1, 1, 1, 1]), padding: 0), "conv3d", "do not fit"),
        Case<ShapeException>(
            "channels", () => F.conv2d(s_image, F.ones([6, 3, 3, 3])), "conv2d", "[2, 4, 5, 6]", "[6, 3, 3, 3]", "groups=1"),
        Case<ShapeException>(
            "channels that groups do not divide", () => F.conv2d(s_image, F.ones([6, 1, 3, 3]), groups: 4), "conv2d", "groups=4"),
        Case<ShapeException>(
            "channels, transposed", () => F.conv_transpose2d(s_image, s_kernel), "conv_transpose2d", "[in, out / groups, …]"),
        Case<ShapeException>(
            "channels that groups do not divide, transposed", () => F.conv_transpose1d(s_signal, s_filter, groups: 3), "conv_transpose1d",
            "groups=3"),
        Case<ShapeException>("kernel larger than the input", () => F.conv1d(s_signal, F.ones([4, 4, 6])), "conv1d", "6 > 5"),
        Case<ShapeException>(
            "dilated kernel larger than the input", () => F.conv2d(s_image, s_kernel, dilation: (1, 4), padding: 1), "conv2d", "9 > 8"),
        Case<ShapeException>("large dilation", () => F.conv2d(s_image, s_kernel, dilation: 1_000_000), "conv2d", "2000001 > 5"),
        Case<ShapeException>(
            "empty result, transposed", () => F.conv_transpose1d(s_signal, s_filter, padding: 4), "conv_transpose1d", "size -1"),
        Case<ShapeException>("bias of another size", () => F.conv2d(s_image, s_kernel, F.ones([4])), "conv2d", "bias", "[6]", "[4]"),
        Case<ShapeException>(
            "bias that would broadcast", () => F.conv2d(s_image, s_kernel, F.ones([6, 1, 1])), "conv2d", "bias", "[6, 1, 1]"),
        Case<ShapeException>(
            "bias of another size, transposed", () => F.conv_transpose1d(s_signal, s_filter, F.ones([4]), groups: 2), "bias", "[8]"),
        Case<ShapeException>("empty image", () => F.conv2d(F.ones([2, 4, 0, 6]), s_kernel, padding: 3), "conv2d", "empty", "batch"),
        Case<ShapeException>("no channels", () => F.conv2d(F.ones([2, 0, 5, 5]), F.ones([6, 0, 3, 3])), "conv2d", "empty"),
        Case<ShapeException>("empty kernel", () => F.conv_transpose2d(s_image, F.ones([4, 4, 0, 3])), "conv_transpose2d", "empty"),
        Case<DTypeException>(
            "integers", () => F.conv2d(F.ones([2, 4, 5, 6], DType.Int64), F.ones([6, 4, 3, 3], DType.Int64)), "convolution", "int64"),
        Case<DTypeException>("two types", () => F.conv2d(s_image, s_kernel.@double()), "convolution", "float32", "float64"),
        Case<DTypeException>("bias of another type", () => F.conv2d(s_image, s_kernel, F.ones([6], DType.Float16)), "float32", "float16"),
        .. new long[] { 0, -1, long.MinValue, Huge, 20_000 }.SelectMany(n => new[]
        {
            Case<ArgumentOutOfRangeException>($"stride {n}", () => F.conv1d(s_signal, s_filter, stride: n), "conv1d", "stride", $"{n}"),
            Case<ArgumentOutOfRangeException>(
                $"stride {n}, transposed", () => F.conv_transpose2d(s_image, s_kernel, stride: (1, n)), "stride", $"{n}"),
        }),
        .. new long[] { 0, -1, long.MinValue, Huge, int.MaxValue + 1L }.SelectMany(n => new[]
        {
            Case<ArgumentOutOfRangeException>(
                $"dilation {n}", () => F.conv2d(s_image, s_kernel, dilation: (n, 1)), "conv2d", "dilation", $"{n}"),
            Case<ArgumentOutOfRangeException>(
                $"dilation {n}, same", () => F.conv2d(s_image, s_kernel, padding: "same", dilation: n), "conv2d", "dilation", $"{n}"),
            Case<ArgumentOutOfRangeException>($"groups {n}", () => F.conv2d(s_image, s_kernel, groups: n), "conv2d", "groups", $"{n}"),
        }),
        .. new[] { -1, long.MinValue, Huge }.SelectMany(n => new[]
        {
            Case<ArgumentOutOfRangeException>(
                $"padding {n}", () => F.conv2d(s_image, s_kernel, padding: (n, 1)), "conv2d", "padding", $"{n}"),
            Case<ArgumentOutOfRangeException>(
                $"output_padding {n}", () => F.conv_transpose1d(s_signal, s_filter, output_padding: n), "output_padding", $"{n}"),
        }),
        Case<ShapeException>(
            "padding far beyond the kernel", () => F.conv3d(F.ones([1, 1, 1, 1, 1]), F.ones([1, 1, 1, 1, 1]), padding: 513), "conv3d",
            "padding", "513"),
        Case<ArgumentOutOfRangeException>(
            "output_padding as large as the stride", () => F.conv_transpose2d(s_image, F.ones([4, 1, 2, 2]), stride: 2, output_padding: 2),
            "output_padding", "stride (2, 2)"),
        Case<ArgumentException>("another padding", () => F.conv2d(s_image, s_kernel, padding: "full"), "conv2d", "full", "same"),
        Case<ArgumentNullException>("padding null", () => F.conv2d(s_image, s_kernel, null, 1, (string)null!), "padding"),
        Case<ArgumentException>(
            "same with a stride", () => F.conv2d(s_image, s_kernel, stride: (1, 2), padding: "same"), "conv2d", "same", "stride 1"),
        Case<ShapeException>("gradient of another shape", () => F.ConvolutionBackward.Bind(
            new ConvolutionBackwardSettings(new([1], [0], [1], false, [0], 1), [1, 0, 0]), F.ones([2, 4, 4]), s_signal, s_filter),
            "[2, 4, 3]", "[2, 4, 4]"),

        Case<ArgumentException>("pad mode", () => F.pad(s_signal, [1, 1], "mirror"), "pad", "mirror", "reflect"),
        Case<ArgumentNullException>("pad mode null", () => F.pad(s_signal, [1, 1], null!), "mode"),
        Case<ArgumentException>("pad value", () => F.pad(s_signal, [1, 1], "reflect", 1), "pad", "reflect", "value"),
        Case<DTypeException>("pad value of another type", () => F.pad(F.ones([2], DType.Int64), [1, 1], double.NaN), "pad", "NaN", "int64"),
        Case<ShapeException>("pad odd list", () => F.pad(s_signal, [1, 1, 1], "reflect"), "pad", "[1, 1, 1]"),
        Case<ShapeException>("pad no list", () => F.pad(s_signal, [], "circular"), "pad", "[]"),
        Case<ShapeException>("pad one dim of four", () => F.pad(s_image, [1, 1], "replicate"), "pad", "[N, C, …]", "[2, 4, 5, 6]"),
        Case<ShapeException>("reflect all", () => F.pad(s_signal, [5, 0], "reflect"), "pad", "4 elements", "reflect"),
        Case<ShapeException>("wrap more than all", () => F.pad(s_signal, [0, 6], "circular"), "pad", "5 elements", "circular"),
        Case<ShapeException>("wrap more than is left", () => F.pad(s_signal, [3, -3], "circular"), "pad", "2 elements"),
        Case<ShapeException>("cut all", () => F.pad(s_signal, [-3, -2], "replicate"), "pad", "nothing"),
        Case<ShapeException>("pad of nothing", () => F.pad(F.ones([2, 0, 3]), [1, 1], "reflect"), "pad", "[2, 0, 3]"),
        Case<DTypeException>("reflect bool", () => F.pad(F.ones([2, 3], DType.Bool), [1, 1], "reflect"), "pad", "bool"),
        .. from n in new[] { Huge, long.MinValue, long.MaxValue / 2 }
           from mode in new[] { "constant", "reflect", "replicate", "circular" }
           select Case<ShapeException>($"pad {mode} by {n}", () => F.pad(s_signal, [n, n], mode), "pad", $"{n}"),

        .. new long[] { 0, -1, long.MinValue }.SelectMany(n => new[]
        {
            Case<ArgumentOutOfRangeException>($"Conv1d of {n} channels", () => new Conv1d(n, 1, 1), "inChannels"),
            Case<ArgumentOutOfRangeException>($"Conv2d to {n} channels", () => new Conv2d(1, n, 1), "outChannels"),
            Case<ArgumentOutOfRangeException>($"Conv2d, kernel {n}", () => new Conv2d(1, 1, (1, n)), "kernelSize"),
            Case<ArgumentOutOfRangeException>($"ConvTranspose2d, stride {n}", () => new ConvTranspose2d(1, 1, 1, n), "stride"),
            Case<ArgumentOutOfRangeException>($"Conv3d, groups {n}", () => new Conv3d(1, 1, 1, groups: n), "groups"),
        }),
        Case<ShapeException>("Conv2d, huge", () => Build(() => new Conv2d(Huge, Huge, Huge)), "[9223372036854775807"),
        Case<ArgumentOutOfRangeException>(
            "Conv2d, groups that do not divide", () => new Conv2d(4, 6, 3, groups: 4), "outChannels", "4 groups"),
        Case<ArgumentOutOfRangeException>(
            "ConvTranspose2d, groups that do not divide", () => new ConvTranspose2d(6, 4, 3, groups: 4), "inChannels", "4 groups"),
        Case<ArgumentOutOfRangeException>(
            "ConvTranspose1d, outputPadding", () => new ConvTranspose1d(1, 1, 1, 2, outputPadding: 2), "outputPadding"),
        Case<ArgumentException>("Conv2d, mode", () => new Conv2d(1, 1, 1, paddingMode: "constant"), "paddingMode", "constant"),
        Case<ArgumentNullException>("Conv1d, mode null", () => new Conv1d(1, 1, 1, paddingMode: null!), "paddingMode"),
        Case<ArgumentException>("Conv2d, padding", () => Build(() => new Conv2d(1, 1, 1, padding: "full")), "padding", "full"),
        Case<ArgumentException>("Conv2d, same with a stride", () => Build(() => new Conv2d(1, 1, 1, 2, "same")), "same", "stride 1"),
        Case<DTypeException>("Conv2d of integers", () => Build(() => new Conv2d(1, 1, 1, dtype: DType.Int64)), "int64"),
    ];

    public static TheoryData<string> Names => [.. s_cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void BadInputIsRefused(string name)
    {
        var (_, error, fragments, use) = s_cases.Single(c => c.Name == name);
        var thrown = Record.Exception(use);
        Assert.NotNull(thrown);
        Assert.IsType(error, thrown);
        Assert.All(fragments, fragment => Assert.Contains(fragment, thrown.Message, StringComparison.Ordinal));
    }

    private static void Build(Func<object> layer)
    {
        using var rng = Rng.Scope(1);
        layer();
    }

    private static (string, Type, string[], Action) Case<TError>(string name, Action use, params string[] fragments)
        where TError : Exception => (name, typeof(TError), fragments, use);
}
