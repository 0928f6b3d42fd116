namespace Brachy.Tests.Ops;

/// <summary>Tensors without dims where PyTorch lets them stand for vectors of one element; shapes and values as PyTorch gives them.</summary>
public class ZeroDimTests
{
    private static readonly Tensor Five = F.tensor(5.0);
    private static readonly Tensor Two = F.tensor(2.0);
    private static readonly Tensor Pair = F.tensor([5.0f, 6]);
    private static readonly Tensor None = F.tensor(0);
    private static readonly Tensor Only = F.tensor([0L]);
    private static readonly Tensor One = F.tensor(1);

    private static readonly Dictionary<string, (Func<Tensor> Use, long[] Shape, double[] Values)> Table = new()
    {
        ["gather, vector of indices"] = (() => Five.gather(0, F.tensor([0L, 0])), [2], [5, 5]),
        ["gather, index without dims"] = (() => Pair.gather(-1, One), [], [6]),
        ["gather, neither"] = (() => Five.gather(0, None), [], [5]),
        ["scatter, vectors"] = (() => Five.scatter(0, Only, F.tensor([2f])), [], [2]),
        ["scatter, index and source without dims"] = (() => Pair.scatter(0, One, Two), [2], [5, 2]),
        ["scatter, a number"] = (() => Five.scatter(0, Only, 3), [], [3]),
        ["scatter_add, index and source without dims"] = (() => Pair.scatter_add(0, One, Two), [2], [5, 8]),
        ["scatter_add, vectors"] = (() => Five.scatter_add(-1, F.tensor([0L, 0]), F.tensor([2f, 3])), [], [10]),
        ["scatter_reduce, vectors"] = (() => Five.scatter_reduce(0, F.tensor([0L, 0]), F.tensor([2f, 3]), "prod"), [], [30]),
        ["index_select"] = (() => Five.index_select(0, Only), [], [5]),
        ["index_select, index without dims"] = (() => Five.index_select(0, None), [], [5]),
        ["index_select of a vector, index without dims"] = (() => Pair.index_select(0, One), [1], [6]),
        ["index_add"] = (() => Five.index_add(0, Only, Two), [], [7]),
        ["index_add, vectors"] = (() => Five.index_add(0, F.tensor([0L, 0]), F.tensor([2f, 3])), [], [10]),
        ["index_add to a vector"] = (() => Pair.index_add(0, One, Two), [2], [5, 8]),
        ["index_add to a matrix"] = (() => Pair.reshape(1, 2).index_add(0, None, F.tensor(new[,] { { 1f, 2 } })), [1, 2], [6, 8]),
        ["index_copy"] = (() => Five.index_copy(0, None, Two), [], [2]),
        ["index_copy to a vector"] = (() => Pair.index_copy(0, One, Two), [2], [5, 2]),
        ["index_fill"] = (() => Five.index_fill(0, F.tensor([-1L]), 1), [], [1]),
        ["index_fill of a vector"] = (() => Pair.index_fill(0, F.tensor(-1), 1), [2], [5, 1]),
        ["index_reduce"] = (() => Five.index_reduce(0, F.tensor([0L, 0]), F.tensor([8f, 2]), "mean"), [], [5]),
        ["take"] = (() => Five.take(F.tensor([0L, 0])), [2], [5, 5]),
        ["put"] = (() => Five.put(None, Two), [], [2]),
        ["sort"] = (() => Five.sort(0).values, [], [5]),
        ["sort's place"] = (() => Five.sort(-1).indices, [], [0]),
        ["topk"] = (() => Five.topk(1).values, [], [5]),
        ["kthvalue"] = (() => Five.kthvalue(1).values, [], [5]),
        ["median"] = (() => Five.median(0).values, [], [5]),
        ["nanmedian"] = (() => Five.nanmedian(0).values, [], [5]),
        ["mode"] = (() => Five.mode(0).values, [], [5]),
        ["max"] = (() => Five.max(-1).values, [], [5]),
        ["max, kept"] = (() => Five.max(0, true).indices, [], [0]),
        ["argmax"] = (() => Five.argmax(0), [], [0]),
        ["argmin, kept"] = (() => Five.argmin(0, true), [], [0]),
        ["amax"] = (() => F.amax(Five, [0]), [], [5]),
        ["sum"] = (() => Five.sum(-1), [], [5]),
        ["cumsum"] = (() => Five.cumsum(0), [], [5]),
        ["cumprod"] = (() => Five.cumprod(-1), [], [5]),
        ["cummax"] = (() => Five.cummax(0).values, [], [5]),
        ["logcumsumexp"] = (() => Five.logcumsumexp(-1), [], [5]),
        ["logsumexp"] = (() => Five.logsumexp(0), [], [5]),
        ["softmax"] = (() => Five.softmax(0), [], [1]),
        ["flip"] = (() => Five.flip(0), [], [5]),
        ["roll"] = (() => Five.roll(1), [], [5]),
        ["unfold"] = (() => Five.unfold(0, 1, 1), [1], [5]),
        ["quantile"] = (() => Five.quantile(0.3, 0), [], [5]),
        ["unique"] = (() => Five.unique(), [1], [5]),
        ["repeat_interleave"] = (() => Five.repeat_interleave(2), [2], [5, 5]),
        ["masked_select"] = (() => Five.masked_select(F.tensor(true)), [1], [5]),
        ["masked_scatter"] = (() => Five.masked_scatter(F.tensor(true), F.tensor([3f, 4])), [], [3]),
        ["x[true]"] = (() => Five[F.tensor(true)], [1], [5]),
        ["x[false]"] = (() => Five[F.tensor(false)], [0], []),
        ["nonzero_as_tuple"] = (() => Five.nonzero_as_tuple()[0], [1], [0]),
        ["isin"] = (() => Five.isin(Pair), [], [1]),
        ["cov"] = (() => Five.cov(0), [], [0]),
    };

    public static TheoryData<string> Rows => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void TheyStandForVectors(string row)
    {
        var (use, shape, values) = Table[row];
        var result = use();
        Assert.Equal((Shape)shape, result.shape);
        Assert.Equal(values, result.to(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void GradientsReachThem()
    {
        CompositeCheck.ValueAndGradient("gather", x => x.gather(0, F.tensor([0L, 0])), x => ScriptedReference.Run("x.gather(0, torch.tensor([0, 0]))", x), Make.Real([]));
        CompositeCheck.ValueAndGradient("scatter_reduce", x => x.scatter_reduce(0, F.tensor([0L, 0]), F.stack([x * 2, x * x]), "prod"), x => ScriptedReference.Run("torch.scatter_reduce(x, 0, torch.tensor([0, 0]), torch.stack([x * 2, x * x]), 'prod')", x), Make.Real([]));
        CompositeCheck.ValueAndGradient("index_select", x => x.index_select(0, F.tensor([0L])) * 3, x => ScriptedReference.Run("x.index_select(0, torch.tensor([0])) * 3", x), Make.Real([]));
        CompositeCheck.ValueAndGradient("x[true]", x => x[F.tensor(true)] * 3, x => ScriptedReference.Run("x.unsqueeze(0)[torch.tensor([True])] * 3", x), Make.Real([]));
    }

    [Fact]
    public void WhatPyTorchRefusesIsRefused()
    {
        Assert.Throws<ShapeException>(() => Five.index_select(0, F.tensor([0L, 0])));
        Assert.Throws<ShapeException>(() => Five.index_select(1, Only));
        Assert.Throws<ShapeException>(() => Five.gather(0, F.zeros([1, 1], DType.Int64)));
        Assert.Throws<ShapeException>(() => Five.take_along_dim(Only, 0));
        Assert.Throws<ShapeException>(() => Pair.reshape(1, 2).index_copy(0, None, F.tensor([1f, 2])));
        Assert.Throws<ShapeException>(() => Five.roll(1, 0));
        Assert.Throws<ShapeException>(() => Five.diff());
        Assert.Throws<ShapeException>(() => Five.tensor_split(1));
        Assert.Throws<ShapeException>(() => F.cat([Five, Pair]));
        Assert.Throws<NativeOpException>(() => Five.index_select(0, One));
        Assert.Throws<NativeOpException>(() => Five.gather(0, One));
    }
}
