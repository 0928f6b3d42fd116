namespace Brachy.Tests.Ops;

/// <summary>
/// Tensors without dims where PyTorch lets them stand for vectors of one element; shapes and values as PyTorch gives them.
/// </summary>
public class ZeroDimTests
{
    private static readonly Tensor s_five = F.tensor(5.0);
    private static readonly Tensor s_two = F.tensor(2.0);
    private static readonly Tensor s_pair = F.tensor([5.0f, 6]);
    private static readonly Tensor s_none = F.tensor(0);
    private static readonly Tensor s_only = F.tensor([0L]);
    private static readonly Tensor s_one = F.tensor(1);

    private static readonly Dictionary<string, (Func<Tensor> Use, long[] Shape, double[] Values)> s_table = new()
    {
        ["gather, vector of indices"] = (() => s_five.gather(0, F.tensor([0L, 0])), [2], [5, 5]),
        ["gather, index without dims"] = (() => s_pair.gather(-1, s_one), [], [6]),
        ["gather, neither"] = (() => s_five.gather(0, s_none), [], [5]),
        ["scatter, vectors"] = (() => s_five.scatter(0, s_only, F.tensor([2f])), [], [2]),
        ["scatter, index and source without dims"] = (() => s_pair.scatter(0, s_one, s_two), [2], [5, 2]),
        ["scatter, a number"] = (() => s_five.scatter(0, s_only, 3), [], [3]),
        ["scatter_add, index and source without dims"] = (() => s_pair.scatter_add(0, s_one, s_two), [2], [5, 8]),
        ["scatter_add, vectors"] = (() => s_five.scatter_add(-1, F.tensor([0L, 0]), F.tensor([2f, 3])), [], [10]),
        ["scatter_reduce, vectors"] = (() => s_five.scatter_reduce(0, F.tensor([0L, 0]), F.tensor([2f, 3]), "prod"), [], [30]),
        ["index_select"] = (() => s_five.index_select(0, s_only), [], [5]),
        ["index_select, index without dims"] = (() => s_five.index_select(0, s_none), [], [5]),
        ["index_select of a vector, index without dims"] = (() => s_pair.index_select(0, s_one), [1], [6]),
        ["index_add"] = (() => s_five.index_add(0, s_only, s_two), [], [7]),
        ["index_add, vectors"] = (() => s_five.index_add(0, F.tensor([0L, 0]), F.tensor([2f, 3])), [], [10]),
        ["index_add to a vector"] = (() => s_pair.index_add(0, s_one, s_two), [2], [5, 8]),
        ["index_add to a matrix"] = (() => s_pair.reshape(1, 2).index_add(0, s_none, F.tensor(new[,] { { 1f, 2 } })), [1, 2], [6, 8]),
        ["index_copy"] = (() => s_five.index_copy(0, s_none, s_two), [], [2]),
        ["index_copy to a vector"] = (() => s_pair.index_copy(0, s_one, s_two), [2], [5, 2]),
        ["index_fill"] = (() => s_five.index_fill(0, F.tensor([-1L]), 1), [], [1]),
        ["index_fill of a vector"] = (() => s_pair.index_fill(0, F.tensor(-1), 1), [2], [5, 1]),
        ["index_reduce"] = (() => s_five.index_reduce(0, F.tensor([0L, 0]), F.tensor([8f, 2]), "mean"), [], [5]),
        ["take"] = (() => s_five.take(F.tensor([0L, 0])), [2], [5, 5]),
        ["put"] = (() => s_five.put(s_none, s_two), [], [2]),
        ["sort"] = (() => s_five.sort(0).values, [], [5]),
        ["sort's place"] = (() => s_five.sort(-1).indices, [], [0]),
        ["topk"] = (() => s_five.topk(1).values, [], [5]),
        ["kthvalue"] = (() => s_five.kthvalue(1).values, [], [5]),
        ["median"] = (() => s_five.median(0).values, [], [5]),
        ["nanmedian"] = (() => s_five.nanmedian(0).values, [], [5]),
        ["mode"] = (() => s_five.mode(0).values, [], [5]),
        ["max"] = (() => s_five.max(-1).values, [], [5]),
        ["max, kept"] = (() => s_five.max(0, true).indices, [], [0]),
        ["argmax"] = (() => s_five.argmax(0), [], [0]),
        ["argmin, kept"] = (() => s_five.argmin(0, true), [], [0]),
        ["amax"] = (() => F.amax(s_five, [0]), [], [5]),
        ["sum"] = (() => s_five.sum(-1), [], [5]),
        ["cumsum"] = (() => s_five.cumsum(0), [], [5]),
        ["cumprod"] = (() => s_five.cumprod(-1), [], [5]),
        ["cummax"] = (() => s_five.cummax(0).values, [], [5]),
        ["logcumsumexp"] = (() => s_five.logcumsumexp(-1), [], [5]),
        ["logsumexp"] = (() => s_five.logsumexp(0), [], [5]),
        ["softmax"] = (() => s_five.softmax(0), [], [1]),
        ["flip"] = (() => s_five.flip(0), [], [5]),
        ["roll"] = (() => s_five.roll(1), [], [5]),
        ["unfold"] = (() => s_five.unfold(0, 1, 1), [1], [5]),
        ["quantile"] = (() => s_five.quantile(0.3, 0), [], [5]),
        ["unique"] = (() => s_five.unique(), [1], [5]),
        ["repeat_interleave"] = (() => s_five.repeat_interleave(2), [2], [5, 5]),
        ["masked_select"] = (() => s_five.masked_select(F.tensor(true)), [1], [5]),
        ["masked_scatter"] = (() => s_five.masked_scatter(F.tensor(true), F.tensor([3f, 4])), [], [3]),
        ["x[true]"] = (() => s_five[F.tensor(true)], [1], [5]),
        ["x[false]"] = (() => s_five[F.tensor(false)], [0], []),
        ["nonzero_as_tuple"] = (() => s_five.nonzero_as_tuple()[0], [1], [0]),
        ["isin"] = (() => s_five.isin(s_pair), [], [1]),
        ["cov"] = (() => s_five.cov(0), [], [0]),
    };

    public static TheoryData<string> Rows => [.. s_table.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void TheyStandForVectors(string row)
    {
        var (use, shape, values) = s_table[row];
        var result = use();
        Assert.Equal((Shape)shape, result.shape);
        Assert.Equal(values, result.to(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void GradientsReachThem()
    {
        CompositeCheck.ValueAndGradient(
            "gather", x => x.gather(0, F.tensor([0L, 0])), x => ScriptedReference.Run("x.gather(0, torch.tensor([0, 0]))", x),
            Make.Real([]));
        CompositeCheck.ValueAndGradient(
            "scatter_reduce", x => x.scatter_reduce(0, F.tensor([0L, 0]), F.stack([x * 2, x * x]), "prod"), x => ScriptedReference.Run(
                "torch.scatter_reduce(x, 0, torch.tensor([0, 0]), torch.stack([x * 2, x * x]), 'prod')", x), Make.Real([]));
        CompositeCheck.ValueAndGradient(
            "index_select", x => x.index_select(0, F.tensor([0L])) * 3,
            x => ScriptedReference.Run("x.index_select(0, torch.tensor([0])) * 3", x), Make.Real([]));
        CompositeCheck.ValueAndGradient(
            "x[true]", x => x[F.tensor(true)] * 3, x => ScriptedReference.Run("x.unsqueeze(0)[torch.tensor([True])] * 3", x),
            Make.Real([]));
    }

    [Fact]
    public void WhatPyTorchRefusesIsRefused()
    {
        Assert.Throws<ShapeException>(() => s_five.index_select(0, F.tensor([0L, 0])));
        Assert.Throws<ShapeException>(() => s_five.index_select(1, s_only));
        Assert.Throws<ShapeException>(() => s_five.gather(0, F.zeros([1, 1], DType.Int64)));
        Assert.Throws<ShapeException>(() => s_five.take_along_dim(s_only, 0));
        Assert.Throws<ShapeException>(() => s_pair.reshape(1, 2).index_copy(0, s_none, F.tensor([1f, 2])));
        Assert.Throws<ShapeException>(() => s_five.roll(1, 0));
        Assert.Throws<ShapeException>(() => s_five.diff());
        Assert.Throws<ShapeException>(() => s_five.tensor_split(1));
        Assert.Throws<ShapeException>(() => F.cat([s_five, s_pair]));
        Assert.Throws<NativeOpException>(() => s_five.index_select(0, s_one));
        Assert.Throws<NativeOpException>(() => s_five.gather(0, s_one));
    }
}
