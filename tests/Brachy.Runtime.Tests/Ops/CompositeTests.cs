using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Functions that are made of several primitives: values and gradients against libtorch's own.</summary>
public class CompositeTests
{
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, Func<torch.Tensor, torch.Tensor> Theirs)> s_cases = new()
    {
        ["softplus"] = (x => F.softplus(x), x => torch.nn.functional.softplus(x)),
        ["softplus, beta"] = (x => F.softplus(x, 2), x => torch.nn.functional.softplus(x, 2)),
        ["leaky_relu"] = (x => F.leaky_relu(x, 0.1), x => torch.nn.functional.leaky_relu(x, 0.1)),
        ["softmin"] = (x => F.softmin(x, 1), x => (-x).softmax(1)),
        ["softmin to another dtype"] = (
            x => F.softmin(x.to(DType.Float32), 1, DType.Float64), x => (-x.to(torch.float32).to(torch.float64)).softmax(1)),
        ["softmax to another dtype"] = (
            x => x.to(DType.Float32).softmax(0, DType.Float64), x => x.to(torch.float32).softmax(0, torch.float64)),
        ["log_softmax to another dtype"] = (
            x => F.log_softmax(x.to(DType.Float32), -1, DType.Float64), x => x.to(torch.float32).log_softmax(-1, torch.float64)),
        ["add a multiple"] = (x => F.add(x, x * x, 2.5), x => torch.add(x, x * x, 2.5)),
        ["subtract a multiple"] = (x => x.sub(F.exp(x), -3), x => x + (x.exp() * 3)),
        ["rot90 by dims"] = (x => x.rot90(3, [1, 0]), x => torch.rot90(x, 3, (1, 0))),
        ["atleast_3d of several"] = (x => F.atleast_3d([x, x * 2])[1], x => torch.atleast_3d(x * 2).Single()),
        ["stable sort"] = (x => x.sort(0, descending: true, stable: true).values, x => x.sort(0, true).Values),
        ["logmeanexp"] = (x => F.logmeanexp(x, 1), x => x.exp().mean([1]).log()),
        ["logmeanexp of all, kept"] = (x => F.logmeanexp(x, keepdim: true), x => x.exp().mean([0, 1], true).log()),
        ["logsumexp"] = (x => x.logsumexp(1), x => x.logsumexp(1)),
        ["logsumexp, kept"] = (x => x.logsumexp(-1, keepdim: true), x => x.logsumexp(-1, true)),
        ["logsumexp of large values"] = (x => (x * 1000).logsumexp(0), x => (x * 1000).logsumexp(0)),
        ["sum"] = (x => x.sum(), x => x.sum()),
        ["sum, negative dim"] = (x => x.sum(-2), x => x.sum(-2)),
        ["sum, dims kept"] = (x => x.sum([0, 1], keepdim: true), x => x.sum([0, 1], keepdim: true)),
        ["mean"] = (x => x.mean(), x => x.mean()),
        ["prod"] = (x => x.prod(), x => x.prod()),
        ["prod over dim 0"] = (x => x.prod(0), x => x.prod(0L)),
        ["max"] = (x => x.max(), x => x.max()),
        ["min"] = (x => x.min(), x => x.min()),
        ["max over a dim"] = (x => x.max(1).values, x => x.max(1).values),
        ["var"] = (x => x.var(), x => x.var()),
        ["std over a dim"] = (x => x.std(1, correction: 0), x => x.std(1, unbiased: false)),
        ["norm"] = (x => x.norm(), x => x.norm()),
        ["clamp"] = (x => x.clamp(-0.5, 1), x => x.clamp(-0.5, 1)),
        ["clamp by tensors"] = (
            x => x.clamp(F.full_like(x, -0.5), F.full_like(x, 1)), x => x.clamp(torch.full_like(x, -0.5), torch.full_like(x, 1))),
        ["addmm"] = (
            x => F.addmm(x, x, F.ones([3, 3], DType.Float64), 0.5, 2), x => (x * 0.5) + (x.mm(torch.ones(3, 3, torch.float64)) * 2)),
        ["outer"] = (x => F.outer(F.reshape(x, 6), F.reshape(x, 6)), x => torch.outer(x.reshape(6), x.reshape(6))),
        ["dot"] = (x => F.reshape(x, 6).dot(F.reshape(x, 6)), x => torch.dot(x.reshape(6), x.reshape(6))),
        ["operators"] = (x => -x + 2 - x * 3 / (5 - x) + 1 / x, x => -x + 2 - (x * 3 / (5 - x)) + (1 / x)),
        ["relu at 0"] = (x => (x * 0).relu(), x => (x * 0).relu()),
        ["abs at 0"] = (x => (x * 0).abs(), x => (x * 0).abs()),
        ["sqrt at 0"] = (x => (x * 0).sqrt(), x => (x * 0).sqrt()),
        ["norm at 0"] = (x => (x * 0).norm(), x => (x * 0).norm()),
        ["std at 0"] = (x => (x * 0).std(), x => (x * 0).std()),
        ["amax with ties"] = (x => (x * 0).amax(1), x => (x * 0).amax([1])),
        ["max with ties"] = (x => (x * 0).max(1).values, x => (x * 0).max(1).values),
        ["maximum with ties"] = (x => F.maximum(x, x * 1), x => torch.maximum(x, x * 1)),
        ["maximum with a tie on one side"] = (x => F.maximum(x * 0, 0.0), x => torch.maximum(x * 0, torch.zeros(1, torch.float64))),
        ["clamp at its limits"] = (x => (x * 0).clamp(0, 1), x => (x * 0).clamp(0, 1)),
        ["leaky_relu at 0"] = (x => F.leaky_relu(x * 0), x => torch.nn.functional.leaky_relu(x * 0)),
        ["softplus at 0"] = (x => F.softplus(x * 0), x => torch.nn.functional.softplus(x * 0)),
        ["pow at 0, exponent 0"] = (x => (x * 0).pow(F.zeros([3], DType.Float64)), x => (x * 0).pow(torch.zeros(3, torch.float64))),
        ["pow at 0, exponent 1"] = (x => (x * 0).pow(F.ones([3], DType.Float64)), x => (x * 0).pow(torch.ones(3, torch.float64))),
        ["pow at 0, by both"] = (x => (x * 0).pow(x * 0 + 2), x => (x * 0).pow((x * 0) + 2)),
        ["pow at 0, number 0"] = (x => (x * 0).pow(0), x => (x * 0).pow(0)),
        ["0 to a power"] = (x => F.pow(0.0, x), x => torch.zeros(1, torch.float64).pow(x)),
        ["stop_gradient"] = (x => x * x.stop_gradient(), x => x * x.detach()),
        ["where"] = (x => F.where(x > 0, x * x, 1), x => torch.where(x.gt(0), x * x, torch.ones(1, torch.float64))),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValueAndGradientAreThoseOfLibtorch(string name)
    {
        var (ours, theirs) = s_cases[name];
        CompositeCheck.ValueAndGradient(name, ours, theirs);
    }

    [Fact]
    public void LogsumexpOfInfinitiesIsInfinite()
    {
        var x = Tensor.FromArray([double.NegativeInfinity, double.NegativeInfinity, double.PositiveInfinity, 0.0], [2, 2]);
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity], x.logsumexp(1).ToArray<double>());
    }

    [Fact]
    public void LargeIntegersStayExact()
    {
        const long Large = (1L << 60) + 1;
        Assert.Equal([Large - 3], (Large - F.tensor([3L])).ToArray<long>());
        Assert.Equal([Large], F.maximum(F.tensor([3L]), Large).ToArray<long>());
        Assert.Equal([long.MaxValue, 2], F.where(F.tensor([true, false]), long.MaxValue, F.tensor([1L, 2])).ToArray<long>());
    }

    [Fact]
    public void SumToUndoesBroadcasting()
    {
        var x = F.ones([4, 2, 3]);
        foreach (var shape in new Shape[] { [4, 2, 3], [2, 3], [3], [1, 3], [2, 1], [1, 1, 1], [], [4, 1, 3] })
        {
            var y = F.sum_to(x, shape);
            Assert.Equal(shape, y.shape);
            Assert.All(y.ToArray<float>(), v => Assert.Equal(24f / shape.NumElements, v));
        }
    }

    [Fact]
    public void SumToKeepsATensorThatFits()
    {
        var x = Make.Real([2]);
        Assert.Same(x, F.sum_to(x, [2]));
    }

    [Fact]
    public void CastingToTheSameTypeGivesTheSameTensor()
    {
        var x = F.ones([2]);
        Assert.Same(x, x.@float());
        Assert.Same(x, x.cpu());
        Assert.Equal(DType.Int64, x.@long().dtype);
    }

    [Fact]
    public void AViewAndItsSourceMayNotBeOverwritten()
    {
        var x = F.ones([2]);
        Assert.False(x.BufferOrNull!.IsShared);
        var y = F.alias(x);
        Assert.True(x.BufferOrNull!.IsShared && y.BufferOrNull!.IsShared);
        Assert.False(x.clone().BufferOrNull!.IsShared);
    }

    [Fact]
    public void MadeOfNumbers()
    {
        Assert.Equal(DType.Int64, F.zeros([], DType.Int64).dtype);
        Assert.Equal([0L, 1, 2], F.arange(3).ToArray<long>());
        Assert.Equal([-2L, -1], F.arange(-2, 0).ToArray<long>());
        Assert.Equal([0f, 1], F.arange(2, DType.Float32).ToArray<float>());
        Assert.Equal([1f, 1.5f], F.arange(1, 2, 0.5).ToArray<float>());
        Assert.Equal([1f, 0, 0, 0, 1, 0], F.eye(2, 3).ToArray<float>());
        Assert.Equal([1.5], F.tensor([1.5]).ToArray<double>());
        Assert.Equal([1, 2, 3, 4], F.tensor(new[,] { { 1, 2 }, { 3, 4 } }).ToArray<int>());
        Assert.Equal([true, false], F.tensor([true, false]).ToArray<bool>());
        Assert.Equal([1L, 2], F.tensor([1.5, 2.5], DType.Int64).ToArray<long>());
        Assert.Equal(new TensorType([], DType.Float32), F.tensor(1.5).Type);
        Assert.Equal(new TensorType([], DType.Int64), F.tensor(1).Type);
        Assert.Equal(DType.Float16, F.full_like(F.ones([2], DType.Float16), 3).dtype);
        Assert.Equal(DType.Bool, F.ones_like(F.ones([2]), DType.Bool).dtype);
    }

    [Fact]
    public void ComparisonOperators()
    {
        var x = F.tensor([1, 2, 3]);
        Assert.Equal([true, false, false], (x < 2).ToArray<bool>());
        Assert.Equal([true, true, false], (x <= 2).ToArray<bool>());
        Assert.Equal([false, false, true], (x > 2).ToArray<bool>());
        Assert.Equal([false, true, true], (2 <= x).ToArray<bool>());
        Assert.True((bool)(x > 0).all());
        Assert.False((bool)(x > 3).any());
        Assert.Equal(2, x.argmax().item<int>());
    }
}
