namespace Brachy.Tests.Ops;

/// <summary>What sequence losses, bags, sampled images and volumes refuse, eagerly and, where values decide, compiled.</summary>
public class SequenceErrorTests
{
    private static readonly Tensor s_image = Make.Real([2, 3, 4, 4]);
    private static readonly Tensor s_grid = Make.Real([2, 5, 5, 2]);
    private static readonly Tensor s_volume = Make.Real([2, 3, 4, 4, 4]);
    private static readonly Tensor s_table = Make.Real([6, 3]);
    private static readonly Tensor s_logProbs = Make.Real([5, 2, 4]);

    private static readonly (string Name, Type Error, string[] Fragments, Func<Tensor> Use)[] s_cases =
    [
        Case<ArgumentException>("grid mode", () => F.grid_sample(s_image, s_grid, "cubic"), "cubic", "bicubic"),
        Case<ArgumentException>("grid padding", () => F.grid_sample(s_image, s_grid, padding_mode: "reflect"), "reflect", "reflection"),
        Case<ArgumentException>(
            "bicubic volumes", () => F.grid_sample(s_volume, Make.Real([2, 1, 1, 1, 3]), "bicubic"), "bicubic", "[2, 3, 4, 4, 4]"),
        Case<ShapeException>(
            "grid of another batch", () => F.grid_sample(s_image, Make.Real([1, 5, 5, 2])), "[2, 3, 4, 4]", "[1, 5, 5, 2]"),
        Case<ShapeException>("grid of triples", () => F.grid_sample(s_image, Make.Real([2, 5, 5, 3])), "[2, 5, 5, 3]"),
        Case<ShapeException>("no channels", () => F.grid_sample(F.ones([2, 0, 4, 4]), F.ones([2, 5, 5, 2])), "empty"),
        Case<DTypeException>("grid of another type", () => F.grid_sample(s_image, s_grid.to(DType.Float32)), "float32", "float64"),
        Case<DTypeException>("halves", () => F.grid_sample(s_image.to(DType.Float16), s_grid.to(DType.Float16)), "float16"),
        Case<ShapeException>(
            "affine_grid of another batch", () => F.affine_grid(Make.Real([1, 2, 3]), [2, 3, 4, 4]), "[1, 2, 3]", "[2, 3, 4, 4]"),
        Case<ShapeException>("affine_grid without size", () => F.affine_grid(Make.Real([1, 2, 3]), [1, 3, 0, 4]), "positive"),
        Case<DTypeException>("affine_grid of integers", () => F.affine_grid(F.ones([1, 2, 3], DType.Int64), [1, 3, 4, 4]), "int64"),
        Case<ArgumentException>("bag mode", () => F.embedding_bag(Whole(1, 2), s_table, Whole(0), "min"), "min", "max"),
        Case<ShapeException>("bags without offsets", () => F.embedding_bag(Whole(1, 2), s_table), "offsets", "not given"),
        Case<ShapeException>("rows with offsets", () => F.embedding_bag(F.zeros([2, 2], DType.Int64), s_table, Whole(0)), "offsets"),
        Case<ArgumentException>(
            "weights of a mean", () => F.embedding_bag(Whole(1, 2), s_table, Whole(0), "mean", Make.Real([2])), "per_sample_weights",
            "sum"),
        Case<ShapeException>(
            "weights of another shape", () => F.embedding_bag(Whole(1, 2), s_table, Whole(0), "sum", Make.Real([3])), "per_sample_weights",
            "[3]"),
        Case<DTypeException>("operands in the order of embedding", () => F.embedding_bag(s_table, Whole(1, 2)), "floating-point"),
        Case<DTypeException>("real numbers of rows", () => F.embedding_bag(Make.Real([2, 2]), s_table), "int64", "x.to("),
        Case<ShapeException>(
            "padding that is no row", () => F.embedding_bag(Whole(1, 2), s_table, Whole(0), padding_idx: 6), "padding_idx", "6"),
        Case<NativeOpException>("a number that is no row", () => F.embedding_bag(Whole(1, 6), s_table, Whole(0))),
        Case<NativeOpException>(
            "offsets that fall", () => F.embedding_bag(Whole(1, 2, 3), s_table, Whole(0, 2, 1)), "less than the one before"),
        Case<NativeOpException>("offsets that do not begin at 0", () => F.embedding_bag(Whole(1, 2, 3), s_table, Whole(1)), "first offset"),
        Case<NativeOpException>(
            "offsets beyond the end", () => F.embedding_bag(Whole(1, 2, 3), s_table, Whole(0, 4)), "more than there are"),
        Case<NativeOpException>(
            "a last offset before the end", () => F.embedding_bag(Whole(1, 2, 3), s_table, Whole(0, 2), include_last_offset: true),
            "number of elements"),
        Case<NativeOpException>(
            "a target that is no class", () => F.ctc_loss(s_logProbs, Targets(4), Whole(5, 5), Whole(2, 2)), "no class"),
        Case<NativeOpException>("a negative target", () => F.ctc_loss(s_logProbs, Targets(-1), Whole(5, 5), Whole(2, 2)), "no class"),
        Case<NativeOpException>(
            "input lengths beyond the end", () => F.ctc_loss(s_logProbs, Targets(1), Whole(5, 6), Whole(2, 2)), "input length"),
        Case<NativeOpException>(
            "negative input lengths", () => F.ctc_loss(s_logProbs, Targets(1), Whole(5, -1), Whole(2, 2)), "input length"),
        Case<NativeOpException>(
            "target lengths beyond the end", () => F.ctc_loss(s_logProbs, Targets(1), Whole(5, 5), Whole(2, 3)), "target length"),
        Case<NativeOpException>(
            "negative target lengths", () => F.ctc_loss(s_logProbs, Targets(1), Whole(5, 5), Whole(2, -1)), "target length"),
        Case<NativeOpException>(
            "fewer joined targets than lengths say", () => F.ctc_loss(s_logProbs, Whole(1, 2, 3), Whole(5, 5), Whole(2, 2)), "no class"),
        Case<ArgumentOutOfRangeException>(
            "a blank that is no class", () => F.ctc_loss(s_logProbs, Targets(1), Whole(5, 5), Whole(2, 2), 4), "blank", "4 classes"),
        Case<ShapeException>(
            "lengths of another batch", () => F.ctc_loss(s_logProbs, Targets(1), Whole(5), Whole(2, 2)), "input_lengths", "[1]"),
        Case<ShapeException>("no distributions", () => F.ctc_loss(F.ones([0, 2, 4]), Targets(1), Whole(0, 0), Whole(2, 2)), "not empty"),
        Case<DTypeException>("real lengths", () => F.ctc_loss(s_logProbs, Targets(1), Make.Real([2]), Whole(2, 2)), "input_lengths"),
        Case<DTypeException>("real targets", () => F.ctc_loss(s_logProbs, Make.Real([2, 2]), Whole(5, 5), Whole(2, 2)), "targets"),
        Case<DTypeException>(
            "half log_probs", () => F.ctc_loss(s_logProbs.to(DType.Float16), Targets(1), Whole(5, 5), Whole(2, 2)), "float16"),
        Case<ArgumentException>("padding of more than half", () => F.max_pool3d(s_volume, 2, padding: (0, 0, 2)), "padding 2"),
        Case<ShapeException>("a kernel that does not fit", () => F.avg_pool3d(s_volume, (5, 1, 1)), "kernel_size 5", "depth"),
        Case<ShapeException>("images as volumes", () => F.max_pool3d(F.ones([4, 4, 4]), 2), "[N, C, D, H, W]", "[4, 4, 4]"),
        Case<DTypeException>("int32 volumes", () => F.max_pool3d(s_volume.to(DType.Int32), 2), "int32"),
        Case<ShapeException>(
            "a kernel that fits by ceil_mode alone", () => F.avg_pool3d(F.ones([1, 1, 4, 4, 4]), (8, 1, 1), ceil_mode: true),
            "kernel_size 8", "without its padding"),
        Case<ShapeException>(
            "a kernel that fits by padding alone", () => F.avg_pool3d(F.ones([1, 1, 4, 4, 4]), (1, 5, 1), padding: (0, 1, 0)),
            "kernel_size 5", "without its padding"),
        Case<ArgumentException>("divisor 0", () => F.avg_pool3d(s_volume, 2, divisor_override: 0), "divisor_override"),
        Case<ArgumentException>("divisor of 64 bits", () => F.avg_pool3d(s_volume, 2, divisor_override: 1L << 40), "divisor_override"),
        Case<ArgumentException>("adaptive to nothing", () => F.adaptive_avg_pool3d(s_volume, (1, 0, 1)), "output_size"),
        Case<ArgumentException>(
            "adaptive to 64 bits", () => F.adaptive_max_pool3d(F.ones([0, 1, 2, 2, 2]), (1L << 40, 1, 1)), "output_size"),
        Case<ArgumentException>("lp_pool3d of norm 0", () => F.lp_pool3d(s_volume, 0, 2), "norm_type"),
        Case<ShapeException>("unpooling of other indices", () => F.max_unpool2d(s_image, F.zeros([2, 3, 4, 5], DType.Int64), 2), "indices"),
        Case<ShapeException>(
            "unpooling to a size that pooling cannot have had",
            () => F.max_unpool2d(s_image, F.zeros(s_image.shape, DType.Int64), 2, output_size: [8, 10]), "10"),
        Case<ShapeException>(
            "unpooling to one size of two", () => F.max_unpool2d(s_image, F.zeros(s_image.shape, DType.Int64), 2, output_size: [8]),
            "output_size"),
        Case<NativeOpException>("unpooling to places outside", () => F.max_unpool2d(s_image, F.full(s_image.shape, 64, DType.Int64), 2)),
        Case<ShapeException>(
            "bilinear of other sizes", () => F.bilinear(Make.Real([2, 3]), Make.Real([2, 4]), Make.Real([5, 3, 3])), "[5, 3, 3]"),
        Case<DTypeException>(
            "bilinear of other types", () => F.bilinear(Make.Real([2, 3]), Make.Real([2, 3], DType.Float32), Make.Real([5, 3, 3])),
            "float32"),
        Case<ShapeException>("channels that do not divide", () => F.channel_shuffle(s_image, 2), "groups 2"),
        Case<ArgumentException>("no groups", () => F.channel_shuffle(s_image, 0), "groups"),
        Case<ArgumentOutOfRangeException>("slopes the wrong way round", () => F.rrelu(s_image, 0.5, 0.1), "lower"),
        Case<ShapeException>("feature dropout of a vector", () => F.feature_alpha_dropout(Make.Real([3])), "2 dims"),
        Case<ShapeException>("conv_tbc of images", () => F.conv_tbc(s_image, Make.Real([1, 3, 3]), Make.Real([3])), "[T, N, C]"),
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

    [Fact]
    public void CompiledCodeLooksAtValuesAsWell()
    {
        var bag = Jit.Compile((Tensor offsets) => F.embedding_bag(Whole(1, 2, 3), s_table, offsets));
        Assert.Contains(
            "less than the one before", Assert.Throws<NativeOpException>(() => bag.Invoke(Whole(0, 2, 1))).Message,
            StringComparison.Ordinal);
        Assert.Equal([3, 3], bag.Invoke(Whole(0, 1, 1)).shape);
        var ctc = Jit.Compile((Tensor targets) => F.ctc_loss(s_logProbs, targets, Whole(5, 5), Whole(2, 2)));
        Assert.Contains("no class", Assert.Throws<NativeOpException>(() => ctc.Invoke(Targets(9))).Message, StringComparison.Ordinal);
        Assert.Equal(0, ctc.Invoke(Targets(3)).ndim);
    }

    [Fact]
    public void BagsMayBeEmpty()
    {
        foreach (var mode in new[] { "sum", "mean", "max" })
        {
            OpCheck.AssertClose(
                F.zeros([2, 3], DType.Float64), F.embedding_bag(F.zeros([2, 0], DType.Int64), s_table, mode: mode), 0, mode);
            OpCheck.AssertClose(
                F.zeros([2, 3], DType.Float64), F.embedding_bag(F.zeros([0], DType.Int64), s_table, Whole(0, 0), mode), 0, mode);
            OpCheck.AssertClose(
                F.zeros([1, 3], DType.Float64), F.embedding_bag(Whole(2, 2), s_table, Whole(0), mode, padding_idx: 2), 0, mode);
        }
    }

    [Fact]
    public void UnpoolingTakesTheSizeThatWasPooled()
    {
        var x = Make.Real([1, 2, 5, 7]);
        var (values, indices) = F.max_pool2d_with_indices(x, 2);
        var back = F.max_unpool2d(values, indices, 2, output_size: x.shape);
        Assert.Equal(x.shape, back.shape);
        OpCheck.AssertClose(values, F.max_pool2d(F.where(F.eq(back, 0), double.NegativeInfinity, back), 2), 0, "pooled again");
        (values, indices) = F.max_pool2d_with_indices(s_image[0], 2);
        Assert.Equal([3, 4, 4], F.max_unpool2d(values, indices, 2).shape);
    }

    [Fact]
    public void PowerPoolingOfVolumesIsTheRootOfSums()
    {
        var x = Make.Positive([1, 2, 4, 4, 4]);
        var sums = TorchSharp.torch.nn.functional.avg_pool3d(F.pow(x, 3).AsTorch(), [2, 2, 2]) * 8;
        OpCheck.AssertClose(F.pow((Tensor)sums, 1 / 3.0), F.lp_pool3d(x, 3, 2), 1e-12, "lp_pool3d");
    }

    private static Tensor Whole(params long[] values) => Tensor.FromArray(values, [values.Length]);

    private static Tensor Targets(long last) => Tensor.FromArray([1L, 2, 1, last], [2, 2]);

    private static (string, Type, string[], Func<Tensor>) Case<TError>(string name, Func<Tensor> use, params string[] fragments)
        where TError : Exception => (name, typeof(TError), fragments, use);
}
