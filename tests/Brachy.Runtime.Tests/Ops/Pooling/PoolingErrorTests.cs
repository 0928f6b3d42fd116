namespace Brachy.Tests.Ops;

/// <summary>What pooling, resizing and unfolding refuse, and how they say so.</summary>
public class PoolingErrorTests
{
    private static readonly Tensor s_images = F.ones([2, 4, 6, 5]);
    private static readonly Tensor s_signal = F.ones([2, 4, 6]);
    private static readonly Tensor s_whole = F.ones([2, 4, 6, 5], DType.Int32);
    private static readonly Tensor s_truths = F.ones([2, 4, 6, 5], DType.Bool);

    private static readonly (string Name, Type Error, string[] Fragments, Action Use)[] s_cases =
    [
        Case<ArgumentNullException>("pooling of nothing", () => F.max_pool2d(null!, 2), "x"),
        Case<ShapeException>("max_pool2d of a matrix", () => F.max_pool2d(F.ones([2, 3]), 2), "max_pool2d", "[2, 3]", "[C, H, W]"),
        Case<ShapeException>("max_pool1d of images", () => F.max_pool1d(s_images, 2), "max_pool1d", "[2, 4, 6, 5]", "[C, L]"),
        Case<ShapeException>("pooling of a number", () => F.avg_pool1d(2.0, 2), "avg_pool1d"),
        Case<ShapeException>(
            "pooling without channels", () => F.avg_pool2d(F.ones([2, 0, 3, 3]), 2), "avg_pool2d", "[2, 0, 3, 3]", "batch"),
        Case<ArgumentException>("kernel of 0", () => F.max_pool2d(s_images, (2, 0)), "max_pool2d", "kernel_size", "0"),
        Case<ArgumentException>("negative stride", () => F.max_pool2d(s_images, 2, -1), "max_pool2d", "stride", "-1"),
        Case<ArgumentException>("stride of 0", () => F.avg_pool1d(s_signal, 2, 0), "avg_pool1d", "stride", "0"),
        Case<ArgumentException>("negative padding", () => F.avg_pool2d(s_images, 2, padding: -1), "avg_pool2d", "padding", "-1"),
        Case<ArgumentException>(
            "padding of more than half", () => F.max_pool2d(s_images, 3, padding: (1, 2)), "max_pool2d", "padding 2", "half", "F.pad"),
        Case<ArgumentException>("dilation of 0", () => F.max_pool1d(s_signal, 3, dilation: 0), "max_pool1d", "dilation", "0"),
        Case<ArgumentException>("a huge kernel", () => F.max_pool2d(s_images, long.MaxValue), "max_pool2d", "kernel_size"),
        Case<ArgumentException>(
            "a kernel that reaches too far", () => F.max_pool2d(s_images, int.MaxValue, dilation: int.MaxValue), "max_pool2d", "reaches"),
        Case<ArgumentException>(
            "a most negative padding", () => F.max_pool2d(s_images, 3, padding: long.MinValue), "max_pool2d", "padding"),
        Case<ShapeException>(
            "a kernel that does not fit", () => F.max_pool2d(s_images, (3, 6)), "max_pool2d", "kernel_size 6", "width", "5"),
        Case<ShapeException>(
            "a dilated kernel that does not fit", () => F.max_pool1d(s_signal, 3, dilation: 3), "max_pool1d", "dilation 3", "length", "6"),
        Case<ShapeException>(
            "a window that steps over the image", () => F.max_pool2d(F.ones([1, 1, 1, 1]), 2, padding: 1, dilation: 2), "max_pool2d",
            "no element", "dilation 2"),
        Case<DTypeException>("max_pool2d of bool", () => F.max_pool2d(s_truths, 2), "max_pool2d", "bool", "x.to("),
        Case<DTypeException>("avg_pool2d of int32", () => F.avg_pool2d(s_whole, 2), "avg_pool2d", "int32", "x.to("),
        Case<ArgumentException>("divisor of 0", () => F.avg_pool2d(s_images, 2, divisor_override: 0), "avg_pool2d", "divisor_override"),
        Case<DTypeException>(
            "negative divisor of int64", () => F.avg_pool2d(s_whole.@long(), 2, divisor_override: -1), "avg_pool2d", "divisor_override",
            "-1"),
        Case<ArgumentException>(
            "adaptive pooling to nothing", () => F.adaptive_avg_pool2d(s_images, (2, 0)), "adaptive_avg_pool2d", "[2, 0]"),
        Case<ArgumentException>(
            "adaptive pooling to a negative size", () => F.adaptive_max_pool1d(s_signal, -1), "adaptive_max_pool1d", "-1"),
        Case<DTypeException>(
            "adaptive pooling of integers to one", () => F.adaptive_avg_pool2d(s_whole, 1), "adaptive_avg_pool2d", "int32"),
        Case<DTypeException>("adaptive_max_pool2d of integers", () => F.adaptive_max_pool2d(s_whole, 2), "adaptive_max_pool2d", "int32"),
        Case<ShapeException>(
            "adaptive pooling of a matrix", () => F.adaptive_avg_pool2d(F.ones([2, 3]), 1), "adaptive_avg_pool2d", "[2, 3]"),
        Case<ShapeException>("adaptive pooling to a size beyond memory", () => F.adaptive_avg_pool2d(s_images, long.MaxValue), "memory"),
        Case<ArgumentException>("lp_pool1d of norm 0", () => F.lp_pool1d(s_signal, 0, 2), "lp_pool1d", "norm_type"),
        Case<ArgumentException>(
            "lp_pool2d of the largest norm", () => F.lp_pool2d(s_images, double.PositiveInfinity, 2), "lp_pool2d", "max_pool2d"),
        Case<ArgumentException>("interpolate to nothing", () => F.interpolate(s_images), "interpolate", "size", "scale_factor"),
        Case<ArgumentException>(
            "interpolate to a size and by a factor", () => F.interpolate(s_images, [3, 3], [2, 2]), "interpolate", "both"),
        Case<ArgumentException>("interpolate to too few sizes", () => F.interpolate(s_images, [3]), "interpolate", "[3]", "2"),
        Case<ArgumentException>("interpolate to size 0", () => F.interpolate(s_images, (3, 0)), "interpolate", "[3, 0]", "positive"),
        Case<ArgumentException>(
            "interpolate by too many factors", () => F.interpolate(s_images, scale_factor: [1, 2, 3]), "interpolate", "scale_factor"),
        Case<ArgumentException>("interpolate by a negative factor", () => F.interpolate(s_images, scale_factor: -2), "interpolate", "-2"),
        Case<ArgumentException>("interpolate by NaN", () => F.interpolate(s_images, scale_factor: double.NaN), "interpolate", "NaN"),
        Case<ShapeException>(
            "interpolate by a factor that leaves nothing", () => F.interpolate(s_images, scale_factor: 0.1), "interpolate", "0.1", "empty"),
        Case<ShapeException>("interpolate by a huge factor", () => F.interpolate(s_images, scale_factor: 1e300), "interpolate", "memory"),
        Case<ShapeException>("interpolate to a size beyond memory", () => F.interpolate(s_images, long.MaxValue), "memory"),
        Case<ArgumentException>(
            "interpolate in an unknown mode", () => F.interpolate(s_images, 3, "cubic"), "interpolate", "cubic", "bicubic"),
        Case<ShapeException>(
            "interpolate a signal as an image", () => F.interpolate(s_signal, 3, "bilinear"), "interpolate", "bilinear", "linear",
            "[2, 4, 6]"),
        Case<ShapeException>("interpolate a matrix", () => F.interpolate(F.ones([2, 3]), 3), "interpolate", "[2, 3]"),
        Case<ShapeException>("interpolate nothing", () => F.interpolate(F.ones([2, 0, 3, 3]), 3), "interpolate", "[2, 0, 3, 3]", "batch"),
        Case<ArgumentException>(
            "interpolate with corners that have no meaning", () => F.interpolate(s_images, 3, align_corners: false), "align_corners",
            "nearest"),
        Case<ArgumentException>(
            "interpolate with antialias that has no meaning", () => F.interpolate(s_images, 3, antialias: true), "antialias", "nearest"),
        Case<ArgumentException>(
            "interpolate with a factor to recompute that is not given", () => F.interpolate(s_images, [3, 3], recompute_scale_factor: true),
            "recompute_scale_factor"),
        Case<DTypeException>("interpolate integers", () => F.interpolate(s_whole, 3), "interpolate", "int32", "x.to("),
        Case<DTypeException>(
            "interpolate halves with antialias", () => F.interpolate(s_images.to(DType.Float16), 3, "bilinear", antialias: true),
            "interpolate", "float16"),
        Case<ShapeException>("pixel_shuffle of a matrix", () => F.pixel_shuffle(F.ones([4, 3]), 2), "pixel_shuffle", "[4, 3]"),
        Case<ShapeException>(
            "pixel_shuffle of channels that do not divide", () => F.pixel_shuffle(s_images, 3), "pixel_shuffle", "4 channels", "3"),
        Case<ArgumentException>("pixel_shuffle by 0", () => F.pixel_shuffle(s_images, 0), "pixel_shuffle", "upscale_factor", "0"),
        Case<ShapeException>(
            "pixel_unshuffle of a width that does not divide", () => F.pixel_unshuffle(s_images, 2), "pixel_unshuffle", "downscale_factor",
            "2"),
        Case<ArgumentException>(
            "pixel_unshuffle by a huge factor", () => F.pixel_unshuffle(s_images, long.MaxValue), "pixel_unshuffle", "downscale_factor"),
        Case<ShapeException>("unfold of a matrix", () => F.unfold(F.ones([2, 3]), 2), "unfold", "[2, 3]"),
        Case<ArgumentException>("unfold with kernel 0", () => F.unfold(s_images, 0), "unfold", "kernel_size"),
        Case<ShapeException>("unfold with a kernel that does not fit", () => F.unfold(s_images, 7), "unfold", "kernel_size 7", "height"),
        Case<ShapeException>("unfold with a huge padding", () => F.unfold(s_images, 1, padding: int.MaxValue), "unfold", "padding"),
        Case<ShapeException>("unfold beyond memory", () => F.unfold(s_images, 1, padding: int.MaxValue / 4), "unfold", "memory"),
        Case<ShapeException>(
            "adaptive pooling of nothing to sizes beyond memory", () => F.adaptive_avg_pool1d(F.ones([0, 6, 2]), 1L << 62), "memory"),
        Case<DTypeException>("unfold of integers", () => F.unfold(s_whole, 2), "unfold", "int32"),
        Case<ShapeException>("fold of other columns", () => F.fold(F.ones([1, 8, 5]), 3, 2), "fold", "[1, 8, 5]", "4 windows"),
        Case<ShapeException>("fold of other channels", () => F.fold(F.ones([1, 7, 4]), 3, 2), "fold", "[1, 7, 4]"),
        Case<ShapeException>("fold of images", () => F.fold(s_images, 3, 2), "fold", "[2, 4, 6, 5]"),
        Case<ArgumentException>("fold to nothing", () => F.fold(F.ones([1, 8, 4]), 0, 2), "fold", "output_size"),
        Case<ArgumentException>("layer with kernel 0", () => _ = new Brachy.NN.MaxPool2d(0), "MaxPool2d", "kernel_size"),
        Case<ArgumentException>(
            "layer with a padding of more than half", () => _ = new Brachy.NN.AvgPool1d(3, padding: 2), "AvgPool1d", "padding 2"),
        Case<ArgumentOutOfRangeException>(
            "layer with divisor 0", () => _ = new Brachy.NN.AvgPool2d(3, divisorOverride: 0), "divisorOverride"),
        Case<ArgumentOutOfRangeException>("adaptive layer to nothing", () => _ = new Brachy.NN.AdaptiveAvgPool2d((1, 0)), "0"),
        Case<ArgumentException>("upsampling layer without a size", () => _ = new Brachy.NN.Upsample(), "size", "scaleFactor"),
        Case<ArgumentException>("upsampling layer by a negative factor", () => _ = new Brachy.NN.Upsample(-1), "-1"),
        Case<ArgumentOutOfRangeException>("shuffling layer by 0", () => _ = new Brachy.NN.PixelShuffle(0), "upscaleFactor"),
        Case<ArgumentException>("unflattening layer with two open sizes", () => _ = new Brachy.NN.Unflatten(1, [-1, -1]), "[-1, -1]"),
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

    private static (string, Type, string[], Action) Case<TError>(string name, Action use, params string[] fragments)
        where TError : Exception => (name, typeof(TError), fragments, use);
}
