using Brachy.NN;

namespace Brachy.Tests.Ops;

/// <summary>
/// Calls as a user of PyTorch writes them: that they compile, without casts, and mean the same as those with everything spelled out.
/// </summary>
[Trait("Category", "Quick")]
public class TypicalCallsTests
{
    private static readonly Tensor s_signal = Make.Real([2, 4, 9]);
    private static readonly Tensor s_image = Make.Real([2, 4, 8, 8]);
    private static readonly Tensor s_volume = Make.Real([2, 4, 4, 4, 4]);
    private static Tensor? NoBias => null;

    private static readonly Dictionary<string, (Tensor Short, Tensor Long)> s_calls = new()
    {
        ["conv1d"] = (F.conv1d(s_signal, W(3)), F.conv1d(s_signal, W(3), null, stride: 1L, padding: 0, dilation: 1L, groups: 1L)),
        ["conv1d, bias"] = (F.conv1d(s_signal, W(3), Make.Real([4])), F.conv1d(s_signal, W(3), bias: Make.Real([4]), padding: "valid")),
        ["conv1d, positional"] = (F.conv1d(s_signal, W(3), null, 2, 1, 1, 1), F.conv1d(s_signal, W(3), stride: 2, padding: [1])),
        ["conv1d, same"] = (F.conv1d(s_signal, W(3), NoBias, 1, "same"), F.conv1d(s_signal, W(3), padding: 1)),
        ["conv2d"] = (F.conv2d(s_image, W(3, 3)), F.conv2d(s_image, W(3, 3), null, (1, 1), (0, 0), (1, 1), 1)),
        ["conv2d, bias"] = (F.conv2d(s_image, W(3, 3), Make.Real([4])), F.conv2d(s_image, W(3, 3), bias: Make.Real([4]))),
        ["conv2d, no bias"] = (F.conv2d(s_image, W(3, 3), null), F.conv2d(s_image, W(3, 3), NoBias)),
        ["conv2d, settings"] = (F.conv2d(s_image, W(3, 3), stride: 2, padding: 1), F.conv2d(s_image, W(3, 3), NoBias, (2, 2), (1, 1))),
        ["conv2d, positional"] = (
            F.conv2d(s_image, W(3, 3), null, 2, 1, 1, 1), F.conv2d(s_image, W(3, 3), stride: 2, padding: new Size2d(1, 1))),
        ["conv2d, lists"] = (
            F.conv2d(s_image, W(3, 3), stride: [2, 1], padding: [1, 0], dilation: [1]),
            F.conv2d(s_image, W(3, 3), stride: (2, 1), padding: (1, 0))),
        ["conv2d, same"] = (F.conv2d(s_image, W(3, 3), padding: "same"), F.conv2d(s_image, W(3, 3), null, 1, 1)),
        ["conv2d, same, positional"] = (F.conv2d(s_image, W(3, 3), null, 1, "same"), F.conv2d(s_image, W(3, 3), padding: 1)),
        ["conv2d, array"] = (F.conv2d(s_image, W(3, 3), padding: new[] { 1, 2 }), F.conv2d(s_image, W(3, 3), padding: new long[] { 1, 2 })),
        ["conv3d"] = (F.conv3d(s_volume, W(3, 3, 3)), F.conv3d(s_volume, W(3, 3, 3), NoBias, (1, 1, 1), (0, 0, 0))),
        ["conv3d, settings"] = (F.conv3d(s_volume, W(3, 3, 3), padding: "same"), F.conv3d(s_volume, W(3, 3, 3), padding: [1, 1, 1])),
        ["conv3d, triple"] = (
            F.conv3d(s_volume, W(3, 3, 3), null, 1, (1, 0, 1)), F.conv3d(s_volume, W(3, 3, 3), padding: new Size3d(1, 0, 1))),
        ["conv_transpose1d"] = (F.conv_transpose1d(s_signal, W(3)), F.conv_transpose1d(s_signal, W(3), NoBias, 1, 0, 0, 1, 1)),
        ["conv_transpose2d"] = (F.conv_transpose2d(s_image, W(3, 3)), F.conv_transpose2d(s_image, W(3, 3), null, 1, 0)),
        ["conv_transpose2d, settings"] = (
            F.conv_transpose2d(s_image, W(3, 3), stride: 2, padding: 1, output_padding: 1),
            F.conv_transpose2d(s_image, W(3, 3), null, [2, 2], [1, 1], [1, 1])),
        ["conv_transpose3d"] = (
            F.conv_transpose3d(s_volume, W(2, 2, 2), stride: 2), F.conv_transpose3d(s_volume, W(2, 2, 2), null, (2, 2, 2))),
        ["max_pool1d"] = (F.max_pool1d(s_signal, 2), F.max_pool1d(s_signal, 2, stride: 2)),
        ["max_pool2d"] = (F.max_pool2d(s_image, 2), F.max_pool2d(s_image, (2, 2), [2, 2], (0, 0))),
        ["max_pool2d, settings"] = (F.max_pool2d(s_image, 3, stride: 2, padding: 1), F.max_pool2d(s_image, [3, 3], 2, [1, 1])),
        ["max_pool3d"] = (F.max_pool3d(s_volume, 2), F.max_pool3d(s_volume, (2, 2, 2), [2, 2, 2])),
        ["avg_pool1d"] = (F.avg_pool1d(s_signal, 2), F.avg_pool1d(s_signal, 2, 2)),
        ["avg_pool2d"] = (F.avg_pool2d(s_image, 2), F.avg_pool2d(s_image, [2, 2])),
        ["avg_pool3d"] = (F.avg_pool3d(s_volume, 2), F.avg_pool3d(s_volume, [2, 2, 2], 2)),
        ["adaptive_avg_pool2d"] = (F.adaptive_avg_pool2d(s_image, 3), F.adaptive_avg_pool2d(s_image, (3, 3))),
        ["adaptive_avg_pool3d"] = (F.adaptive_avg_pool3d(s_volume, 2), F.adaptive_avg_pool3d(s_volume, [2, 2, 2])),
        ["lp_pool3d"] = (F.lp_pool3d(s_volume, 2, 2), F.lp_pool3d(s_volume, 2, (2, 2, 2))),
        ["pad"] = (F.pad(s_image, [1, 1]), F.pad(s_image, (1, 1))),
        ["pad, four"] = (F.pad(s_image, (1, 1, 2, 2)), F.pad(s_image, [1, 1, 2, 2], "constant", 0)),
        ["pad, arrays"] = (F.pad(s_image, new[] { 1, 1 }), F.pad(s_image, new long[] { 1, 1 }, mode: "constant", value: 0)),
        ["pad, value"] = (F.pad(s_image, [1, 1], value: 2), F.pad(s_image, [1, 1], "constant", 2)),
        ["pad, reflect"] = (F.pad(s_image, (1, 2, 3, 4), "reflect"), F.pad(s_image, [1, 2, 3, 4], mode: "reflect")),
        ["pad, volumes"] = (F.pad(s_volume, (1, 1, 1, 1, 1, 1), mode: "replicate"), F.pad(s_volume, [1, 1, 1, 1, 1, 1], "replicate")),
        ["interpolate"] = (F.interpolate(s_image, scale_factor: 2), F.interpolate(s_image, size: [16, 16])),
        ["interpolate, size"] = (F.interpolate(s_image, size: (4, 5)), F.interpolate(s_image, [4, 5])),
        ["interpolate, mode"] = (
            F.interpolate(s_image, size: 4, mode: "bilinear", align_corners: true), F.interpolate(s_image, (4, 4), "bilinear", true)),
        ["interpolate, factors"] = (
            F.interpolate(s_image, scale_factor: [2, 2], mode: "bilinear"), F.interpolate(s_image, 2.0, "bilinear")),
        ["unfold"] = (F.unfold(s_image, 3), F.unfold(s_image, [3, 3])),
        ["fold"] = (F.fold(F.unfold(s_image, 2), (8, 8), 2), F.fold(F.unfold(s_image, (2, 2)), [8, 8], [2, 2])),
        ["cross_entropy"] = (
            F.cross_entropy(Make.Real([3, 4]), F.tensor([1L, 0, 3])),
            F.cross_entropy(Make.Real([3, 4]), F.tensor([1L, 0, 3]), null, -100, Reduction.Mean, 0)),
        ["ctc_loss"] = (
            F.ctc_loss(F.log_softmax(Make.Real([5, 2, 4]), 2), F.tensor([1L, 2, 3]), [5, 4], [2, 1]),
            F.ctc_loss(F.log_softmax(Make.Real([5, 2, 4]), 2), F.tensor([1L, 2, 3]), F.tensor([5L, 4]), F.tensor([2L, 1]), blank: 0)),
        ["grid_sample"] = (
            F.grid_sample(s_image, F.affine_grid(Make.Real([2, 2, 3]), [2, 4, 3, 3])),
            F.grid_sample(
                s_image, F.affine_grid(Make.Real([2, 2, 3]), Shape.Create([2, 4, 3, 3]), align_corners: false), "bilinear", "zeros",
                false)),
    };

    public static TheoryData<string> Names => [.. s_calls.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ShortFormsMeanTheSameAsLongOnes(string name) => OpCheck.AssertClose(s_calls[name].Long, s_calls[name].Short, 1e-12, name);

    [Fact]
    public void LayersTakeTheSameForms()
    {
        using var rng = Rng.Scope(1);
        Conv2d[] layers =
        [
            new(4, 4, 3), new(4, 4, 3, padding: "same"), new(4, 4, 3, stride: 2, padding: 1), new(4, 4, [3, 3], [1, 1], [1, 0]),
            new(4, 4, (3, 1), (2, 1), (1, 0)),
            new(4, 4, 3, 1, "same", 1, 1, false),
        ];
        Assert.Equal<Size2d?>([(Size2d)0, null, (Size2d)1, (1, 0), (1, 0), null], layers.Select(layer => layer.Padding));
        Assert.Equal([2, 4, 8, 8], layers[1].Call(s_image.to(DType.Float32)).shape);
        Assert.Null(new Conv1d(4, 4, 3, padding: "same").Padding);
        Assert.Equal(2, new Conv1d(4, 4, 3, padding: [2]).Padding);
        Assert.Equal(new Size3d(1, 2, 3), new Conv3d(4, 4, 3, padding: (1, 2, 3)).Padding);
        Assert.Equal(new Size2d(2, 3), new MaxPool2d([2, 3]).KernelSize);
    }

    /// <summary>Overloads that differ in an optional parameter are ambiguous before C# 13, and in F# and Visual Basic.</summary>
    [Theory]
    [InlineData("conv1d")]
    [InlineData("conv2d")]
    [InlineData("conv3d")]
    public void ConvolutionsHaveOneForm(string name)
    {
        Assert.Single(typeof(F).GetMethods(), method => method.Name == name);
        var constructors = typeof(Conv2d).Assembly.GetType($"Brachy.NN.C{name[1..]}")!.GetConstructors();
        Assert.Single(constructors, constructor => constructor.GetParameters().Length > 3);
    }

    [Fact]
    public void SizesSayHowManyNumbersTheyTake()
    {
        Assert.Contains(
            "two numbers", Assert.Throws<ArgumentException>(() => F.max_pool2d(s_image, [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "three numbers", Assert.Throws<ArgumentException>(() => F.max_pool3d(s_volume, [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "[1, 2, 3]", Assert.Throws<ArgumentException>(() => F.conv2d(s_image, W(3, 3), padding: [1, 2, 3])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "ReflectionPad2d", Assert.Throws<ArgumentException>(() => new ReflectionPad2d((1, 2))).Message, StringComparison.Ordinal);
        Size2d both = [4];
        Assert.Equal(new Size2d(4, 4), both);
        Assert.True((ConvPadding)(1, 2) == (ConvPadding)new Size2d(1, 2) && (ConvPadding)"same" != (ConvPadding)1);
        Assert.Equal(("\"same\"", "1", "[1, 2]"), ($"{(ConvPadding)"same"}", $"{(ConvPadding)1}", $"{(ConvPadding)(1, 2)}"));
    }

    private static Tensor W(params long[] kernel) => Make.Real([4, 4, .. kernel], seed: 9);
}
