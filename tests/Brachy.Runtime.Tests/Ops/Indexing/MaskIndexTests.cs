using Brachy.Tests.Ops.Samples;
using TorchSharp;
using TorchIndex = TorchSharp.torch.TensorIndex;

namespace Brachy.Tests.Ops;

/// <summary>Masks in brackets, alone and beside other indices, read and written, against TorchSharp's indexing.</summary>
public class MaskIndexTests
{
    private static readonly Tensor s_x = Make.Real([3, 2, 4]);
    private static readonly Tensor s_first = Given.Flags([true, false, true], 3);
    private static readonly Tensor s_middle = Given.Flags([false, true], 2);
    private static readonly Tensor s_last = Given.Flags([true, true, false, true], 4);
    private static readonly Tensor s_two = Given.Flags([true, false, false, true, true, true], 3, 2);
    private static readonly Tensor s_ends = Given.Flags([true, false, false, true, false, true, true, true], 2, 4);
    private static readonly Tensor s_all = s_x > 0;
    private static readonly Tensor s_true = F.tensor(true);
    private static readonly Tensor s_false = F.tensor(false);
    private static readonly Tensor s_pair = F.tensor([1L, 0]);

    private static readonly Dictionary<string, (TensorIndex[] Ours, TorchIndex[] Theirs)> s_table = new()
    {
        ["all dims"] = ([s_all], [Of(s_all)]),
        ["first dim"] = ([s_first], [Of(s_first)]),
        ["first two dims"] = ([s_two], [Of(s_two)]),
        [".., mask"] = ([Range.All, s_middle], [TorchIndex.Slice(), Of(s_middle)]),
        [".., mask of two dims"] = ([Range.All, s_ends], [TorchIndex.Slice(), Of(s_ends)]),
        ["..., mask"] = ([TensorIndex.Ellipsis, s_last], [TorchIndex.Ellipsis, Of(s_last)]),
        ["1, mask"] = ([1, s_middle], [TorchIndex.Single(1), Of(s_middle)]),
        ["mask, 1.., 2"] = ([s_first, 1.., 2], [Of(s_first), TorchIndex.Slice(1), TorchIndex.Single(2)]),
        ["None, mask"] = ([TensorIndex.None, s_first], [TorchIndex.None, Of(s_first)]),
        ["mask, indices"] = ([s_first, s_pair], [Of(s_first), Of(s_pair)]),
        ["indices, .., mask with gap"] = (
            [s_pair, Range.All, Given.Flags([true, false, false, true], 4)],
            [Of(s_pair), TorchIndex.Slice(), Of(Given.Flags([true, false, false, true], 4))]),
        ["mask of two dims, one index"] = ([s_two, F.tensor([2L])], [Of(s_two), Of(F.tensor([2L]))]),
        ["two masks"] = (
            [s_first, Range.All, Given.Flags([false, true, false, true], 4)],
            [Of(s_first), TorchIndex.Slice(), Of(Given.Flags([false, true, false, true], 4))]),
        ["nothing true"] = ([F.zeros([3], DType.Bool)], [Of(F.zeros([3], DType.Bool))]),
        ["true"] = ([s_true], [Of(s_true)]),
        ["false"] = ([s_false], [Of(s_false)]),
        ["1, true"] = ([1, s_true], [TorchIndex.Single(1), Of(s_true)]),
    };

    public static TheoryData<string> Rows => [.. s_table.Keys];

    private static TorchIndex Of(Tensor x) => TorchIndex.Tensor(x.AsTorch());

    [Theory]
    [MemberData(nameof(Rows))]
    public void Reading(string row)
    {
        var (ours, theirs) = s_table[row];
        CompositeCheck.ValueAndGradient(row, x => x[ours] * 2, x => x[theirs] * 2, s_x);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Writing(string row)
    {
        var (ours, theirs) = s_table[row];
        using var scope = torch.NewDisposeScope();
        var selected = s_x.AsTorch()[theirs];
        foreach (var value in new[] { Given.Scalar(9), Make.Real((Shape)selected.shape, seed: 5) })
        {
            var expected = s_x.AsTorch().clone();
            expected[theirs] = value.AsTorch();
            OpCheck.AssertClose(expected, s_x.at[ours].set(value), 0, $"{row}, {value.Type}");
            var added = s_x.AsTorch().clone();
            added[theirs] = added[theirs] + value.AsTorch();
            OpCheck.AssertClose(added, s_x.at[ours].add(value), 1e-12, $"{row}, {value.Type}, added");
        }
    }

    [Fact]
    public void OneValueIsWrittenInTracedFunctions()
    {
        var f = Jit.Compile((Tensor x) => x.at[x > 0].set(0).at[.., x[0] > 0].add(F.tensor([1.0])).at[x[.., 0, 0] > 0].set(x[0]));
        OpCheck.AssertClose(
            s_x.at[s_x > 0].set(0).at[.., s_x[0] > 0].add(1).at[s_x[.., 0, 0] > 0].set(s_x[0]), f.Invoke(s_x), 0, "compiled");
        var g = Jit.Compile((Tensor x) => Grad.Of((Tensor v) => F.sum(F.square(v.at[v > 0].set(3))))(x));
        OpCheck.AssertClose(F.where(s_x > 0, 0, s_x * 2), g.Invoke(s_x), 1e-12, "gradient");
    }

    [Fact]
    public void AMaskMustHaveTheSizesOfItsDims()
    {
        Assert.Contains("[2]", Assert.Throws<ShapeException>(() => s_x[s_middle]).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => s_x[.., s_two]);
        Assert.Throws<ShapeException>(() => s_x.at[s_middle].set(0));
        Assert.Throws<ShapeException>(() => s_x[s_all, 0]);
        Assert.Throws<ShapeException>(() => s_x[s_first, F.tensor([0L, 1, 0])]);
        Assert.Throws<ShapeException>(() => s_x.at[s_first].set(F.ones([3, 2, 4], DType.Float64)));
        Assert.Throws<ShapeException>(() => s_x.at[s_first].set(F.ones([5, 1, 2, 4], DType.Float64)));
    }
}
