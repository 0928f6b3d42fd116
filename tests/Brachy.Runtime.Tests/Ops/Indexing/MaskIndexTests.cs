using Brachy.Tests.Ops.Samples;
using TorchSharp;
using TorchIndex = TorchSharp.torch.TensorIndex;

namespace Brachy.Tests.Ops;

/// <summary>Masks in brackets, alone and beside other indices, read and written, against TorchSharp's indexing.</summary>
public class MaskIndexTests
{
    private static readonly Tensor X = Make.Real([3, 2, 4]);
    private static readonly Tensor First = Given.Flags([true, false, true], 3);
    private static readonly Tensor Middle = Given.Flags([false, true], 2);
    private static readonly Tensor Last = Given.Flags([true, true, false, true], 4);
    private static readonly Tensor Two = Given.Flags([true, false, false, true, true, true], 3, 2);
    private static readonly Tensor Ends = Given.Flags([true, false, false, true, false, true, true, true], 2, 4);
    private static readonly Tensor All = X > 0;
    private static readonly Tensor True = F.tensor(true);
    private static readonly Tensor False = F.tensor(false);
    private static readonly Tensor Pair = F.tensor([1L, 0]);

    private static readonly Dictionary<string, (TensorIndex[] Ours, TorchIndex[] Theirs)> Table = new()
    {
        ["all dims"] = ([All], [Of(All)]),
        ["first dim"] = ([First], [Of(First)]),
        ["first two dims"] = ([Two], [Of(Two)]),
        [".., mask"] = ([Range.All, Middle], [TorchIndex.Slice(), Of(Middle)]),
        [".., mask of two dims"] = ([Range.All, Ends], [TorchIndex.Slice(), Of(Ends)]),
        ["..., mask"] = ([TensorIndex.Ellipsis, Last], [TorchIndex.Ellipsis, Of(Last)]),
        ["1, mask"] = ([1, Middle], [TorchIndex.Single(1), Of(Middle)]),
        ["mask, 1.., 2"] = ([First, 1.., 2], [Of(First), TorchIndex.Slice(1), TorchIndex.Single(2)]),
        ["None, mask"] = ([TensorIndex.None, First], [TorchIndex.None, Of(First)]),
        ["mask, indices"] = ([First, Pair], [Of(First), Of(Pair)]),
        ["indices, .., mask with gap"] = ([Pair, Range.All, Given.Flags([true, false, false, true], 4)], [Of(Pair), TorchIndex.Slice(), Of(Given.Flags([true, false, false, true], 4))]),
        ["mask of two dims, one index"] = ([Two, F.tensor([2L])], [Of(Two), Of(F.tensor([2L]))]),
        ["two masks"] = ([First, Range.All, Given.Flags([false, true, false, true], 4)], [Of(First), TorchIndex.Slice(), Of(Given.Flags([false, true, false, true], 4))]),
        ["nothing true"] = ([F.zeros([3], DType.Bool)], [Of(F.zeros([3], DType.Bool))]),
        ["true"] = ([True], [Of(True)]),
        ["false"] = ([False], [Of(False)]),
        ["1, true"] = ([1, True], [TorchIndex.Single(1), Of(True)]),
    };

    public static TheoryData<string> Rows => [.. Table.Keys];

    private static TorchIndex Of(Tensor x) => TorchIndex.Tensor(x.AsTorch());

    [Theory]
    [MemberData(nameof(Rows))]
    public void Reading(string row)
    {
        var (ours, theirs) = Table[row];
        CompositeCheck.ValueAndGradient(row, x => x[ours] * 2, x => x[theirs] * 2, X);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Writing(string row)
    {
        var (ours, theirs) = Table[row];
        using var scope = torch.NewDisposeScope();
        var selected = X.AsTorch()[theirs];
        foreach (var value in new[] { Given.Scalar(9), Make.Real((Shape)selected.shape, seed: 5) })
        {
            var expected = X.AsTorch().clone();
            expected[theirs] = value.AsTorch();
            OpCheck.AssertClose(expected, X.at[ours].set(value), 0, $"{row}, {value.Type}");
            var added = X.AsTorch().clone();
            added[theirs] = added[theirs] + value.AsTorch();
            OpCheck.AssertClose(added, X.at[ours].add(value), 1e-12, $"{row}, {value.Type}, added");
        }
    }

    [Fact]
    public void OneValueIsWrittenInTracedFunctions()
    {
        var f = Jit.Compile((Tensor x) => x.at[x > 0].set(0).at[.., x[0] > 0].add(F.tensor([1.0])).at[x[.., 0, 0] > 0].set(x[0]));
        OpCheck.AssertClose(X.at[X > 0].set(0).at[.., X[0] > 0].add(1).at[X[.., 0, 0] > 0].set(X[0]), f.Invoke(X), 0, "compiled");
        var g = Jit.Compile((Tensor x) => Grad.Of((Tensor v) => F.sum(F.square(v.at[v > 0].set(3))))(x));
        OpCheck.AssertClose(F.where(X > 0, 0, X * 2), g.Invoke(X), 1e-12, "gradient");
    }

    [Fact]
    public void AMaskMustHaveTheSizesOfItsDims()
    {
        Assert.Contains("[2]", Assert.Throws<ShapeException>(() => X[Middle]).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => X[.., Two]);
        Assert.Throws<ShapeException>(() => X.at[Middle].set(0));
        Assert.Throws<ShapeException>(() => X[All, 0]);
        Assert.Throws<ShapeException>(() => X[First, F.tensor([0L, 1, 0])]);
        Assert.Throws<ShapeException>(() => X.at[First].set(F.ones([3, 2, 4], DType.Float64)));
        Assert.Throws<ShapeException>(() => X.at[First].set(F.ones([5, 1, 2, 4], DType.Float64)));
    }
}
