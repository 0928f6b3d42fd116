using Brachy.Extending;
using TorchSharp;
using TorchIndex = TorchSharp.torch.TensorIndex;

namespace Brachy.Tests.Ops;

/// <summary>Compares what C# brackets give with TorchSharp's indexing.</summary>
[Trait("Category", "Quick")]
public class BracketIndexTests
{
    private static readonly (string Name, TensorIndex[] Ours, TorchIndex[] Theirs)[] s_table =
    [
        ("0", [0], [TorchIndex.Single(0)]),
        ("-1", [-1], [TorchIndex.Single(-1)]),
        ("^1", [^1], [TorchIndex.Single(-1)]),
        ("^5", [^5], [TorchIndex.Single(0)]),
        ("1..3", [1..3], [TorchIndex.Slice(1, 3)]),
        ("..", [Range.All], [TorchIndex.Slice()]),
        ("..2", [Range.EndAt(2)], [TorchIndex.Slice(null, 2)]),
        ("^2..", [^2..], [TorchIndex.Slice(-2)]),
        ("^4..^1", [^4..^1], [TorchIndex.Slice(-4, -1)]),
        ("^0..", [^0..], [TorchIndex.Slice(5)]),
        ("3..1", [3..1], [TorchIndex.Slice(3, 1)]),
        ("2..99", [2..99], [TorchIndex.Slice(2, 99)]),
        ("^99..2", [^99..2], [TorchIndex.Slice(-99, 2)]),
        (".., 2", [Range.All, 2], [TorchIndex.Slice(), TorchIndex.Single(2)]),
        ("1..3, 0, ^2..", [1..3, 0, ^2..], [TorchIndex.Slice(1, 3), TorchIndex.Single(0), TorchIndex.Slice(-2)]),
        ("4, 3, 2", [4, 3, 2], [TorchIndex.Single(4), TorchIndex.Single(3), TorchIndex.Single(2)]),
        ("None", [TensorIndex.None], [TorchIndex.None]),
        ("0, None, ..2", [0, TensorIndex.None, Range.EndAt(2)], [TorchIndex.Single(0), TorchIndex.None, TorchIndex.Slice(null, 2)]),
        ("..., 1", [TensorIndex.Ellipsis, 1], [TorchIndex.Ellipsis, TorchIndex.Single(1)]),
        ("1, ..., None", [1, TensorIndex.Ellipsis, TensorIndex.None], [TorchIndex.Single(1), TorchIndex.Ellipsis, TorchIndex.None]),
        ("0, 1, 2, ...", [0, 1, 2, TensorIndex.Ellipsis],
            [TorchIndex.Single(0), TorchIndex.Single(1), TorchIndex.Single(2), TorchIndex.Ellipsis]),
        ("::2", [TensorIndex.Slice(step: 2)], [TorchIndex.Slice(null, null, 2)]),
        ("1:-1:3", [TensorIndex.Slice(1, -1, 3)], [TorchIndex.Slice(1, -1, 3)]),
        (":, -3::2", [Range.All, TensorIndex.Slice(-3, null, 2)], [TorchIndex.Slice(), TorchIndex.Slice(-3, null, 2)]),
    ];

    public static TheoryData<string> Rows => [.. s_table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void BracketsMeanWhatTheyMeanInTorch(string row)
    {
        var x = Make.Real([5, 4, 3]);
        var (_, ours, theirs) = s_table.Single(r => r.Name == row);
        OpCheck.AssertClose(x.AsTorch()[theirs], x[ours], 0, row);
    }

    [Fact]
    public void RangesAreWrittenAsInCsharp()
    {
        var x = Make.Real([5, 4, 3]);
        var t = x.AsTorch();
        OpCheck.AssertClose(t[TorchIndex.Slice(), TorchIndex.Single(2)], x[.., 2], 0, ".., 2");
        OpCheck.AssertClose(t[TorchIndex.Slice(null, 2), TorchIndex.Slice(), TorchIndex.Slice(-1)], x[..2, .., ^1..], 0, "..2, .., ^1..");
        OpCheck.AssertClose(t, x[..], 0, "..");
    }

    [Fact]
    public void AnIntegerTensorPicksAlongItsDim()
    {
        var x = Make.Real([5, 4, 3]);
        var index = Tensor.FromArray([3L, 0, 3, 1], [2, 2]);
        OpCheck.AssertClose(x.AsTorch()[TorchIndex.Slice(1, 3), TorchIndex.Tensor(index.AsTorch())], x[1..3, index], 0, "1..3, index");
        OpCheck.AssertClose(x.AsTorch()[TorchIndex.Tensor(index.AsTorch())], x[index], 0, "index");
        OpCheck.AssertClose(x[0, 3], x[0, Tensor.FromArray([3L], [])], 0, "0, index without dims");
    }

    [Fact]
    public void AnIndexOutOfRangeIsRejected()
    {
        var x = Make.Real([2, 3]);
        Assert.Contains(
            "index 2 is out of range for dim 0 of [2, 3]", Assert.Throws<ShapeException>(() => x[2]).Message, StringComparison.Ordinal);
        Assert.Contains("index -4 is out of range", Assert.Throws<ShapeException>(() => x[0, -4]).Message, StringComparison.Ordinal);
        Assert.Contains("index ^0 is out of range", Assert.Throws<ShapeException>(() => x[^0]).Message, StringComparison.Ordinal);
        Assert.Contains("only 2 dims", Assert.Throws<ShapeException>(() => x[0, 0, 0]).Message, StringComparison.Ordinal);
        Assert.Contains(
            "only one index may be an ellipsis", Assert.Throws<ShapeException>(() => x[TensorIndex.Ellipsis, TensorIndex.Ellipsis]).Message,
            StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => x[x]);
        Assert.Throws<ShapeException>(() => TensorIndex.Slice(step: 0));
    }

    [Fact]
    public void TheGradientOfAPartIsZeroElsewhere()
    {
        var x = Make.Real([4, 3]);
        var (_, g) = Pullback.Differentiate(
            [x], a => F.sum(a[0][TensorIndex.Slice(step: 2), 1] * 2), y => ([y], [Make.Of([], DType.Float64, _ => 1)]));
        Assert.Equal([0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0], g[0]!.ToArray<double>());
    }
}
