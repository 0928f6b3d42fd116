namespace Brachy.Tests.Ops;

/// <summary>What the norms refuse, and how they say so.</summary>
public class NormErrorTests
{
    private static readonly Tensor s_x = F.ones([2, 4, 3]);
    private static readonly Tensor s_four = F.ones([4]);
    private static readonly Tensor s_half = F.ones([4], DType.Float16);

    private static readonly (string Name, Type Error, string[] Fragments, Action Use)[] s_cases =
    [
        Case<ArgumentNullException>("layer_norm of null", () => F.layer_norm(null!, [3])),
        Case<ShapeException>("layer_norm over no dims", () => F.layer_norm(s_x, []), "layer_norm", "[]", "[2, 4, 3]"),
        Case<ShapeException>("layer_norm over another shape", () => F.layer_norm(s_x, [4]), "layer_norm", "[4]", "[2, 4, 3]"),
        Case<ShapeException>("layer_norm over too many dims", () => F.layer_norm(s_x, [1, 2, 4, 3]), "layer_norm", "[1, 2, 4, 3]"),
        Case<ShapeException>("layer_norm of a scalar", () => F.layer_norm(1.0, [1]), "layer_norm"),
        Case<ShapeException>("layer_norm with another weight", () => F.layer_norm(s_x, [3], s_four), "layer_norm", "weight", "[3]", "[4]"),
        Case<ShapeException>(
            "layer_norm with another bias", () => F.layer_norm(s_x, [3], F.ones([3]), s_four), "layer_norm", "bias", "[3]", "[4]"),
        Case<DTypeException>("layer_norm of integers", () => F.layer_norm(F.ones([2, 3], DType.Int64), [3]), "layer_norm", "int64[2, 3]"),
        Case<DTypeException>(
            "layer_norm with params of another type", () => F.layer_norm(F.ones([2, 4]), [4], s_half), "layer_norm", "float16", "float32"),
        Case<DTypeException>(
            "layer_norm with params of two types", () => F.layer_norm(F.ones([2, 4], DType.Float16), [4], s_half, s_four), "layer_norm",
            "float16", "float32"),
        Case<ShapeException>("group_norm of a vector", () => F.group_norm(s_four, 2), "group_norm", "2 dims", "[4]"),
        Case<ShapeException>("group_norm with groups that do not divide", () => F.group_norm(s_x, 3), "group_norm", "4", "3"),
        Case<ShapeException>("group_norm with no groups", () => F.group_norm(s_x, 0), "group_norm", "0"),
        Case<ShapeException>(
            "group_norm with negative groups", () => F.group_norm(s_x, long.MinValue), "group_norm", "-9223372036854775808"),
        Case<ShapeException>("group_norm of single values", () => F.group_norm(F.ones([1, 4]), 4), "group_norm", "one value"),
        Case<ShapeException>(
            "group_norm with another weight", () => F.group_norm(s_x, 2, F.ones([3])), "group_norm", "weight", "[4]", "[3]"),
        Case<ShapeException>("batch_norm of a vector", () => F.batch_norm(s_four, null, null, training: true), "batch_norm", "2 dims"),
        Case<ShapeException>(
            "batch_norm of one sample", () => F.batch_norm(F.ones([1, 4]), null, null, training: true), "batch_norm", "one value",
            "evaluate"),
        Case<ShapeException>(
            "batch_norm with another mean", () => F.batch_norm(s_x, F.ones([3]), F.ones([3])), "batch_norm", "running_mean", "[4]", "[3]"),
        Case<ShapeException>(
            "batch_norm with another variance", () => F.batch_norm(s_x, s_four, F.ones([3]), training: true), "batch_norm", "running_var",
            "[3]"),
        Case<ShapeException>(
            "batch_norm with another weight", () => F.batch_norm(s_x, s_four, s_four, F.ones([1]), s_four), "batch_norm", "weight", "[1]"),
        Case<ArgumentException>("batch_norm without statistics", () => F.batch_norm(s_x, null, null), "batch_norm", "running_mean"),
        Case<ArgumentException>(
            "batch_norm with one statistic", () => F.batch_norm(s_x, s_four, null, training: true), "batch_norm", "running_var", "both"),
        Case<ArgumentException>(
            "batch_norm with a momentum for each channel", () => F.batch_norm(s_x, s_four, s_four, training: true, momentum: s_four),
            "batch_norm", "momentum"),
        Case<DTypeException>(
            "batch_norm with float64 statistics", () => F.batch_norm(s_x, s_four.@double(), s_four.@double(), training: true), "batch_norm",
            "float64"),
        Case<DTypeException>(
            "batch_norm of integers", () => F.batch_norm(F.ones([2, 4], DType.Int32), s_four, s_four), "batch_norm", "int32"),
        Case<ShapeException>("instance_norm of vectors", () => F.instance_norm(F.ones([2, 4])), "instance_norm", "[2, 4]"),
        Case<ShapeException>(
            "instance_norm of single values", () => F.instance_norm(F.ones([2, 4, 1])), "instance_norm", "more than one value"),
        Case<ShapeException>(
            "instance_norm with another mean", () => F.instance_norm(s_x, F.ones([3]), F.ones([3])), "instance_norm", "[4]", "[3]"),
        Case<ArgumentException>("instance_norm without statistics", () => F.instance_norm(s_x, use_input_stats: false), "instance_norm"),
        Case<ShapeException>("rms_norm over another shape", () => F.rms_norm(s_x, [4]), "rms_norm", "[4]"),
        Case<ShapeException>("rms_norm with another weight", () => F.rms_norm(s_x, [3], s_four), "rms_norm", "weight", "[4]"),
        Case<DTypeException>("rms_norm of integers", () => F.rms_norm(F.ones([2, 3], DType.Int64), [3]), "rms_norm", "int64[2, 3]"),
        Case<ShapeException>("standardize over a dim that does not exist", () => F.standardize(s_x, [3]), "standardize", "3"),
        Case<DTypeException>("standardize where numbers are", () => F.standardize(s_x, where: s_x), "standardize", "bool"),
        Case<ArgumentOutOfRangeException>("local_response_norm of no size", () => F.local_response_norm(s_x, 0), "size"),
        Case<ShapeException>(
            "local_response_norm of a matrix", () => F.local_response_norm(F.ones([2, 3]), 2), "local_response_norm", "3 dims"),
        Case<DTypeException>(
            "local_response_norm of integers", () => F.local_response_norm(F.ones([2, 3, 1], DType.Int64), 2), "local_response_norm",
            "int64"),
        Case<ArgumentOutOfRangeException>("BatchNorm2d of no features", () => _ = new Brachy.NN.BatchNorm2d(0), "numFeatures"),
        Case<DTypeException>("BatchNorm1d of integers", () => _ = new Brachy.NN.BatchNorm1d(3, dtype: DType.Int64), "int64"),
        Case<ShapeException>(
            "BatchNorm2d of a matrix", () => new Brachy.NN.BatchNorm2d(4).Call(F.ones([2, 4])), "BatchNorm2d", "[N, C, H, W]", "[2, 4]"),
        Case<ShapeException>(
            "BatchNorm1d of other channels", () => new Brachy.NN.BatchNorm1d(3).Call(s_x), "BatchNorm1d", "3 channels", "[2, 4, 3]"),
        Case<ShapeException>(
            "BatchNorm of an axis that does not exist", () => new Brachy.NN.BatchNorm(3, axis: 3).Call(s_x), "BatchNorm", "3"),
        Case<ArgumentException>("GroupNorm with groups that do not divide", () => _ = new Brachy.NN.GroupNorm(3, 4), "3", "4"),
        Case<ShapeException>("GroupNorm of other channels", () => new Brachy.NN.GroupNorm(3, 6).Call(s_x), "GroupNorm", "6", "[2, 4, 3]"),
        Case<ShapeException>("LayerNorm of no dims", () => _ = new Brachy.NN.LayerNorm([]), "LayerNorm"),
        Case<ShapeException>("RmsNorm of a negative size", () => _ = new Brachy.NN.RmsNorm(-1), "RmsNorm", "-1"),
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
