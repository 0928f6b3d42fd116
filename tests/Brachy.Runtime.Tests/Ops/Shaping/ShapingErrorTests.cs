using Brachy.Extending;
using Brachy.Tests.Ops.Samples;
using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Shaping ops that are made of others, and what the family rejects.</summary>
public class ShapingErrorTests
{
    private static readonly Dictionary<string, (Action Use, string Message)> s_rejected = new()
    {
        ["reshape to another number of elements"] = (() => F.reshape(Make.Real([2, 3]), 4, 2), "reshape: [2, 3] does not fit [4, 2]"),
        ["reshape to sizes beyond memory"] = (() => F.reshape(Make.Real([2, 3]), 1L << 62, 4), "more than any memory holds"),
        ["reshape of nothing to sizes beyond memory"] = (
            () => F.reshape(Make.Real([0, 3]), 0, 1L << 40, 1L << 40), "more than any memory holds"),
        ["reshape with two open sizes"] = (() => F.reshape(Make.Real([2, 3]), -1, -1), "reshape: size -1 in [-1, -1]"),
        ["reshape that cannot be worked out"] = (() => F.reshape(Make.Real([0, 3]), -1, 0), "the size -1 could be anything"),
        ["reshape that does not divide"] = (() => F.reshape(Make.Real([2, 3]), -1, 4), "reshape: [2, 3] does not fit [-1, 4]"),
        ["flatten backwards"] = (() => F.flatten(Make.Real([2, 3]), 1, 0), "flatten: start_dim 1"),
        ["unflatten to another size"] = (() => F.unflatten(Make.Real([2, 6]), 1, 4, 2), "unflatten: [6] does not fit [4, 2]"),
        ["unsqueeze far out"] = (() => F.unsqueeze(Make.Real([2]), 3), "unsqueeze: dim 3"),
        ["squeeze far out"] = (() => F.squeeze(Make.Real([2]), 1), "squeeze: dim 1"),
        ["expand a size of 2"] = (() => F.expand(Make.Real([2, 3]), 4, 3), "expand: [2, 3] does not expand to [4, 3]"),
        ["expand to fewer dims"] = (() => F.expand(Make.Real([2, 3]), 3), "expand: [2, 3] has more dims"),
        ["expand a new dim by -1"] = (() => F.expand(Make.Real([3]), -1, 3), "expand: size -1"),
        ["permute with too few dims"] = (() => F.permute(Make.Real([2, 3]), 0), "permute: [0] must name each of the 2 dims"),
        ["permute with a dim twice"] = (() => F.permute(Make.Real([2, 3]), 1, -1), "permute: dim -1 appears twice"),
        ["transpose far out"] = (() => F.transpose(Make.Real([2, 3]), 0, 2), "transpose: dim 2"),
        ["matrix transpose of a vector"] = (() => _ = Make.Real([2]).mT, "mT:"),
        ["flip a dim twice"] = (() => F.flip(Make.Real([2, 3]), 0, 0), "flip: dim 0 appears twice"),
        ["cat of nothing"] = (() => F.cat([]), "cat: the list of tensors is empty"),
        ["cat of other sizes"] = (
            () => F.cat([Make.Real([2, 3]), Make.Real([2, 4])]), "cat: tensor 1 has shape [2, 4], but tensor 0 has [2, 3]"),
        ["cat of other ranks"] = (() => F.cat([Make.Real([2, 3]), Make.Real([3])]), "cat: tensor 1 has shape [3]"),
        ["cat without dims"] = (() => F.cat([Make.Real([])]), "F.stack"),
        ["stack of other shapes"] = (() => F.stack([Make.Real([2]), Make.Real([3])]), "stack: tensor 1 has shape [3]"),
        ["split with other sizes"] = (() => F.split(Make.Real([5]), [2, 2]), "split: sizes [2, 2] do not add up to 5"),
        ["split with a negative size"] = (() => F.split(Make.Real([5]), [6, -1]), "split: sizes [6, -1]"),
        ["split by zero"] = (() => F.split(Make.Real([5]), 0), "split: the size of a piece must be positive"),
        ["chunk by zero"] = (() => F.chunk(Make.Real([5]), 0), "chunk: the number of pieces"),
        ["repeat with too few counts"] = (() => F.repeat(Make.Real([2, 3]), 2), "repeat: [2] must hold"),
        ["size of a dim of none"] = (() => _ = Make.Real([]).size(0), "size: float64[] has no dims"),
        ["slice backwards"] = (() => F.slice(Make.Real([5]), 0, step: -1), "slice: the step must be positive"),
        ["narrow outside"] = (() => F.narrow(Make.Real([5]), 0, 3, 3), "narrow: 3 elements from 3"),
        ["select from nothing"] = (() => F.select(Make.Real([0, 2]), 0, 0), "it has no elements"),
        ["select without dims"] = (() => F.select(Make.Real([]), 0, 0), "select: float64[] has no dims"),
        ["pad with an odd list"] = (() => F.pad(Make.Real([2]), [1]), "pad: [1] must hold two numbers"),
        ["pad more dims than there are"] = (() => F.pad(Make.Real([2]), [1, 1, 1, 1]), "pad: [1, 1, 1, 1]"),
        ["cut off more than there is"] = (() => F.pad(Make.Real([2]), [-3, 4]), "cuts more off dim 0 of [2]"),
        ["triangle of a vector"] = (() => F.tril(Make.Real([2])), "tril: x must have at least 2 dims"),
        ["gather with other ranks"] = (
            () => F.gather(Make.Real([2, 3]), 0, Given.Whole([0], 1)), "gather: index has shape [1] and x has [2, 3]"),
        ["gather with a larger index"] = (() => F.gather(Make.Real([2, 1]), 0, Given.Whole([0, 0], 1, 2)), "no larger, except in dim 0"),
        ["scatter_add with a smaller source"] = (
            () => F.scatter_add(Make.Real([3]), 0, Given.Whole([0, 1], 2), Make.Real([1])), "src has [1]"),
        ["index_select with a matrix"] = (
            () => F.index_select(Make.Real([3]), 0, Given.Whole([0], 1, 1)), "index_select: index must be a tensor of 1 dim"),
        ["index_add with another source"] = (
            () => F.index_add(Make.Real([3, 2]), 0, Given.Whole([0], 1), Make.Real([2, 2])), "src has shape [2, 2]"),
        ["embedding of a vector"] = (() => F.embedding(Make.Real([3]), Given.Whole([0], 1)), "embedding: weight must have 2 dims"),
        ["embedding with another padding row"] = (() => F.embedding(Make.Real([3, 2]), Given.Whole([0], 1), 3), "padding_idx 3 is no row"),
        ["one_hot of no classes"] = (() => F.one_hot(Given.Whole([0], 1), 0), "one_hot: the number of classes"),
        ["softmax far out"] = (() => F.softmax(Make.Real([3]), 1), "softmax: dim 1"),
        ["nll_loss with other targets"] = (
            () => F.nll_loss(Make.Real([3, 2]), Given.Whole([0], 1)), "nll_loss: target int64[1] does not fit float64[3, 2]"),
        ["a sample of negative size"] = (() => Rng.Uniform([-1], key: Rng.Seed(0)), "uniform: shape [-1]"),
    };

    private static readonly Dictionary<string, (Action Use, string Message)> s_rejectedTypes = new()
    {
        ["gather by int32"] = (() => F.gather(Make.Real([2]), 0, Given.Whole32([0], 1)), "gather: index must be int64, but is int32[1]"),
        ["gather by reals"] = (() => F.gather(Make.Real([2]), 0, Make.Real([1])), "gather: index must be int64"),
        ["scatter_add of another type"] = (
            () => F.scatter_add(Make.Real([2]), 0, Given.Whole([0], 1), Given.Float32(0, 1)), "scatter_add: inputs have element types"),
        ["index_select by bool"] = (
            () => F.index_select(Make.Real([2]), 0, Given.Flags([true], 1)), "index_select: index must be int64 or int32"),
        ["index_add of another type"] = (
            () => F.index_add(Make.Real([1]), 0, Given.Whole([0], 1), Given.Float32(0, 1)), "index_add: inputs have element types"),
        ["embedding by reals"] = (() => F.embedding(Make.Real([2, 2]), Make.Real([1])), "embedding: indices must be int64 or int32"),
        ["one_hot of int32"] = (() => F.one_hot(Given.Whole32([0], 1), 2), "one_hot: indices must be int64"),
        ["softmax of integers"] = (() => F.softmax(Given.Whole([1], 1), 0), "softmax: x must have a floating-point type, but is int64[1]"),
        ["log_softmax of bool"] = (() => F.log_softmax(Given.Flags([true], 1), 0), "log_softmax: x must have"),
        ["softmax where reals"] = (() => F.softmax(Make.Real([1]), 0, Make.Real([1])), "softmax: where must be bool"),
        ["nll_loss of reals"] = (() => F.nll_loss(Make.Real([1, 2]), Make.Real([1])), "nll_loss_forward: target must be int64"),
        ["uniform integers"] = (() => Rng.Uniform([1], DType.Int64, Rng.Seed(0)), "uniform: the element type must be floating-point"),
        ["dropout of integers"] = (() => F.dropout(Given.Whole([1], 1), key: Rng.Seed(0)), "dropout: x must have a floating-point type"),
    };

    public static TheoryData<string> Shapes => [.. s_rejected.Keys];

    public static TheoryData<string> Types => [.. s_rejectedTypes.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ABadShapeIsRejectedWithReasons(string use) =>
        Assert.Contains(s_rejected[use].Message, Assert.Throws<ShapeException>(s_rejected[use].Use).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Types))]
    public void ABadElementTypeIsRejectedWithReasons(string use) =>
        Assert.Contains(
            s_rejectedTypes[use].Message, Assert.Throws<DTypeException>(s_rejectedTypes[use].Use).Message, StringComparison.Ordinal);

    [Fact]
    public void OpsMadeOfOthersAreThoseOfTorch()
    {
        var x = Make.Real([2, 1, 3, 4]);
        var t = x.AsTorch();
        void Same(torch.Tensor expected, Tensor actual, string what) => OpCheck.AssertClose(expected, actual, 0, what);

        Same(t.reshape(4, -1), x.reshape(4, -1), "reshape");
        Same(t.flatten(), x.flatten(), "flatten");
        Same(t.flatten(1, -2), x.flatten(1, -2), "flatten 1 to -2");
        Same(t.unflatten(3, 2, 2), x.unflatten(-1, 2, -1), "unflatten");
        Same(t.squeeze(), x.squeeze(), "squeeze");
        Same(t.squeeze(-3), x.squeeze(-3), "squeeze -3");
        Same(t.squeeze(0), x.squeeze(0), "squeeze 0");
        Same(t.unsqueeze(-1), x.unsqueeze(-1), "unsqueeze -1");
        Same(t.unsqueeze(2), x.unsqueeze(2), "unsqueeze 2");
        Same(t.expand(5, 2, -1, 3, 4), x.expand(5, 2, -1, 3, 4), "expand");
        Same(t.transpose(0, -1), x.transpose(0, -1), "transpose");
        Same(t.permute(3, 2, 1, 0), x.T, "T");
        Same(t.mT, x.mT, "mT");
        Same(t.movedim([0L], [2L]), x.movedim(0, 2), "movedim");
        Same(t.roll(3, 3), x.roll(3, -1), "roll");
        Same(t.roll(-5, 2), x.roll(-5, 2), "roll back");
        Same(t.repeat(2, 3, 1, 2), x.repeat(2, 3, 1, 2), "repeat");
        Same(t.repeat(3, 1, 1, 1, 2), x.repeat(3, 1, 1, 1, 2), "repeat in a new dim");
        Same(t.tile([2, 3]), x.tile(2, 3), "tile");
        Same(t.narrow(3, 1, 2), x.narrow(-1, 1, 2), "narrow");
        Assert.Equal([[2L, 1, 2, 4], [2, 1, 1, 4]], x.split(2, 2).Select(p => p.shape.ToArray()));
        Assert.Equal(t.chunk(3, 3).Select(p => p.shape), x.chunk(3, -1).Select(p => p.shape.ToArray()));
        Assert.Equal(4, x.unbind(-1).Length);
        Same(t.select(3, 2), x.unbind(-1)[2], "unbind");
    }

    [Fact]
    public void APieceThatIsNotUsedGetsAZeroGradient()
    {
        var (_, g) = Pullback.Differentiate([Make.Real([4])], x => F.sum(F.split(x[0], [1, 2, 1])[1]), y => ([y], [Given.Scalar(1)]));
        Assert.Equal([0, 1, 1, 0], g[0]!.ToArray<double>());
    }
}
