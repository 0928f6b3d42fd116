using Brachy.Extending;
using Brachy.Tests.Ops.Samples;
using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Index values are data: a kernel checks them, and its failure is an exception, never a crash or a wrong result.</summary>
public class IndexValueTests
{
    private static readonly Dictionary<string, Func<long, Tensor>> s_uses = new()
    {
        ["gather"] = i => F.gather(Make.Real([3, 4]), 1, Given.Whole([0, i, 1], 3, 1)),
        ["scatter_add"] = i => F.scatter_add(Make.Real([3, 4]), 1, Given.Whole([0, i, 1], 3, 1), Make.Real([3, 1])),
        ["index_select"] = i => F.index_select(Make.Real([4, 2]), 0, Given.Whole([0, i], 2)),
        ["index_add"] = i => F.index_add(Make.Real([4, 2]), 0, Given.Whole([0, i], 2), Make.Real([2, 2])),
        ["scatter_reduce"] = i => F.scatter_reduce(Make.Real([3, 4]), 1, Given.Whole([0, i, 1], 3, 1), Make.Real([3, 1]), "amax"),
        ["scatter_reduce of equal indices"] = i =>
            F.scatter_reduce(Make.Real([4, 4]), 0, F.expand(Given.Whole([0, i], 2, 1), 2, 4), Make.Real([2, 4]), "sum"),
        ["index_reduce"] = i => F.index_reduce(Make.Real([4, 2]), 0, Given.Whole([0, i], 2), Make.Real([2, 2]), "mean"),
        ["index_copy"] = i => F.index_copy(Make.Real([4, 2]), 0, Given.Whole([0, i], 2), Make.Real([2, 2])),
        ["take_along_dim"] = i => F.take_along_dim(Make.Real([4]), Given.Whole([0, i], 2)),
        ["searchsorted's sorter"] = i => F.searchsorted(Make.Real([4]), Make.Real([1]), sorter: Given.Whole([0, 1, 2, i], 4)),
        ["embedding"] = i => F.embedding(Make.Real([4, 2]), Given.Whole([0, i], 2)),
        ["brackets"] = i => Make.Real([4, 2])[Given.Whole([0, i], 2)],
        ["one_hot"] = i => F.one_hot(Given.Whole([0, i], 2), 4),
        ["nll_loss"] = i => F.nll_loss(Make.Real([2, 4]), Given.Whole([0, i], 2)),
        ["nll_loss of images, weighted"] = i => F.nll_loss(Make.Real([1, 4, 2]), Given.Whole([0, i], 1, 2), Make.Positive([4])),
    };

    public static TheoryData<string, long> Rows
    {
        get
        {
            var rows = new TheoryData<string, long>();
            foreach (var use in s_uses.Keys)
            {
                rows.Add(use, 4);
                if (use != "brackets")
                {
                    // In brackets negative numbers count from the end.
                    rows.Add(use, -1);
                }

                rows.Add(use, long.MaxValue);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void AnIndexOutOfRangeThrows(string use, long index)
    {
        _ = s_uses[use](3).ToString();
        Assert.Throws<NativeOpException>(() => s_uses[use](index));
    }

    [Fact]
    public void ThePaddingRowOfAnEmbeddingGetsNoGradient()
    {
        var indices = Given.Whole([4, 1, 1, 0, 4], 5);
        var (_, g) = Pullback.Differentiate(
            [Make.Real([5, 2])], w => F.sum(F.embedding(w[0], indices, padding_idx: -4)), y => ([y], [Given.Scalar(1)]));
        Assert.Equal([1, 1, 0, 0, 0, 0, 0, 0, 2, 2], g[0]!.ToArray<double>());
    }

    [Fact]
    public void MaskedFillIsThatOfTorch()
    {
        var x = Make.Real([2, 3]);
        var mask = Given.Flags([true, false, true], 3);
        OpCheck.AssertClose(x.AsTorch().masked_fill(mask.AsTorch(), 7), F.masked_fill(x, mask, 7), 0, "masked_fill");
        Assert.Equal(DType.Int64, F.masked_fill(Given.Whole([1, 2, 3], 3), mask, 0).dtype);
        Assert.Throws<DTypeException>(() => F.masked_fill(Given.Whole([1, 2, 3], 3), mask, 0.5));
        Assert.Throws<DTypeException>(() => F.masked_fill(x, x, 0.5));
    }

    [Fact]
    public void TakeAlongDimBroadcastsTheOtherDims()
    {
        var x = Make.Real([3, 4]);
        var index = Given.Whole([2, 0], 1, 2);
        OpCheck.AssertClose(
            torch.take_along_dim(x.AsTorch(), index.AsTorch().expand(3, 2), 1), F.take_along_dim(x, index, -1), 0, "take_along_dim");
    }
}
