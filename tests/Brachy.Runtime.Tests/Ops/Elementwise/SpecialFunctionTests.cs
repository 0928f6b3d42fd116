using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Functions made of several primitives, and conventions of gradients, against libtorch's own.</summary>
public class SpecialFunctionTests
{
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, Func<torch.Tensor, torch.Tensor> Theirs)> s_cases = new()
    {
        ["sinc"] = (x => x.sinc(), x => x.sinc()),
        ["sinc at 0"] = (x => (x * 0).sinc(), x => (x * 0).sinc()),
        ["logit"] = (x => x.square().mul(0.2).logit(), x => x.square().mul(0.2).logit()),
        ["logit, eps"] = (x => x.logit(0.1), x => x.logit(0.1)),
        ["logaddexp2"] = (x => x.logaddexp2(x * x), x => torch.logaddexp2(x, x * x)),
        ["frac"] = (x => (x * 3).frac(), x => (x * 3).frac()),
        ["trunc"] = (x => x * x.trunc(), x => x * x.trunc()),
        ["lerp"] = (x => F.lerp(x, x * x, 0.3), x => torch.lerp(x, x * x, 0.3)),
        ["lerp by a tensor"] = (x => F.lerp(x, x * x, x.sin()), x => torch.lerp(x, x * x, x.sin())),
        ["addcmul"] = (x => x.addcmul(x, x.sin(), 0.5), x => x.addcmul(x, x.sin(), 0.5)),
        ["addcdiv"] = (x => x.addcdiv(x.sin(), x, 0.5), x => x.addcdiv(x.sin(), x, 0.5)),
        ["copysign at 0"] = (x => (x * 0).copysign(x), x => (x * 0).copysign(x.detach())),
        ["nan_to_num"] = (x => (x / x.trunc()).nan_to_num(0.5, 3, -3), x => (x / x.trunc()).nan_to_num(0.5, 3, -3)),
        ["xlogy at 0"] = (x => (x * 0).xlogy(x * x), x => (x * 0).xlogy(x * x)),
        ["xlogy at 0 and 0"] = (x => (x * 0).xlogy(F.zeros_like(x)), x => (x * 0).xlogy(torch.zeros_like(x))),
        ["hypot"] = (x => x.hypot(x * x), x => x.hypot(x * x)),
        ["hypot at 0"] = (x => (x * 0).hypot(F.zeros_like(x)), x => (x * 0).hypot(torch.zeros_like(x))),
        ["atan2 on an axis"] = (x => (x * 0).atan2(F.ones_like(x)), x => (x * 0).atan2(torch.ones_like(x))),
        ["asin at 1"] = (x => (x * 0 + 1).asin(), x => ((x * 0) + 1).asin()),
        ["acosh at 1"] = (x => (x * 0 + 1).acosh(), x => ((x * 0) + 1).acosh()),
        ["logcumsumexp"] = (x => x.logcumsumexp(1), x => x.logcumsumexp(1)),
        ["cumprod at 0"] = (x => (x * F.tensor([1.0, 0, 1])).cumprod(1), x => (x * torch.tensor(new[] { 1.0, 0, 1 })).cumprod(1)),
        ["cummax with ties"] = (x => (x * 0).cummax(1).values, x => (x * 0).cummax(1).values),
        ["cummin with ties"] = (x => (x * 0).cummin(1).values, x => (x * 0).cummin(1).values),
        ["sort"] = (x => x.sort(0, descending: true).values, x => x.sort(0, descending: true).Values),
        ["sort with ties"] = (x => (x * 0).sort().values, x => (x * 0).sort(-1, false, true).Values),
        ["topk"] = (x => x.topk(2).values, x => x.topk(2).values),
        ["kthvalue"] = (x => x.kthvalue(2, 1).values, x => x.kthvalue(2, 1).values),
        ["median"] = (x => x.median(), x => x.median()),
        ["median over a dim"] = (x => x.median(0).values, x => x.sort(0).Values[0]),
        ["diff"] = (x => x.diff(), x => x.diff()),
        ["diff, twice, joined"] = (
            x => x.diff(2, 0, prepend: x * x, append: x.sin()), x => TorchLists.Cat([x * x, x, x.sin()], 0).diff(1, 0).diff(1, 0)),
        ["diff, too often"] = (x => x.diff(9).sum() + x.sum(), x => x.sum()),
        ["norm, p 1"] = (x => x.norm(p: 1), x => torch.linalg.vector_norm(x, 1)),
        ["norm, p 3"] = (x => x.norm(3.0, dim: 1), x => torch.linalg.vector_norm(x, 3, [1])),
        ["norm, p 0.5"] = (x => x.norm(p: 0.5), x => torch.linalg.vector_norm(x, 0.5)),
        ["norm, infinite"] = (
            x => x.norm(double.PositiveInfinity, [0], keepdim: true), x => torch.linalg.vector_norm(x, double.PositiveInfinity, [0], true)),
        ["norm, infinite, with ties"] = (
            x => x.sign().mul(x / x.abs()).add(x * 0).norm(p: double.PositiveInfinity),
            x => torch.linalg.vector_norm(x.sign() * (x / x.abs()) + (x * 0), double.PositiveInfinity)),
        ["nansum"] = (
            x => F.where(x.abs() >= 1, x, double.NaN).nansum([1]), x => x.where(x.abs().ge(1), torch.zeros(1, torch.float64)).sum(1)),
        ["nanmean"] = (x => F.where(x.abs() >= 1, x, double.NaN).nanmean(), x => x[x.abs().ge(1)].mean()),
        ["take"] = (x => x.take(F.tensor([5, -6, 1])), x => x.flatten()[torch.tensor(new long[] { 5, 0, 1 })]),
        ["aminmax"] = (x => x.aminmax([1]).max - x.aminmax([1]).min, x => x.amax([1]) - x.amin([1])),
        ["var_mean"] = (
            x => F.var_mean(x, [1]).var + F.var_mean(x, [1]).mean + F.std_mean(x, [1]).std * F.std_mean(x, [1]).mean,
            x => x.var(1) + x.mean([1]) + (x.std(1) * x.mean([1]))),
        ["normalize"] = (x => F.normalize(x), x => torch.nn.functional.normalize(x)),
        ["normalize, p 1, dim 0"] = (x => F.normalize(x, 1, 0), x => torch.nn.functional.normalize(x, 1, 0)),
        ["normalize at 0"] = (x => F.normalize(x * 0), x => torch.nn.functional.normalize(x * 0)),
        ["cosine_similarity"] = (x => F.cosine_similarity(x, x.sin() + 1), x => torch.nn.functional.cosine_similarity(x, x.sin() + 1)),
        ["cosine_similarity, broadcast"] = (x => F.cosine_similarity(x, x[1], -1), x => torch.nn.functional.cosine_similarity(x, x[1], -1)),
        ["pairwise_distance"] = (x => F.pairwise_distance(x, x.sin()), x => torch.nn.functional.pairwise_distance(x, x.sin())),
        ["cdist"] = (x => F.cdist(x, x.sin()), x => torch.cdist(x, x.sin())),
        ["cdist, p 1"] = (x => F.cdist(x, x.sin(), 1), x => torch.cdist(x, x.sin(), 1)),
        ["cdist, batches"] = (x => F.cdist(F.stack([x, x * x]), x.sin()), x => torch.cdist(torch.stack([x, x * x]), x.sin())),
        ["scatter a number"] = (
            x => x.scatter(1, F.tensor(new[,] { { 0L }, { 2L } }), 5) * x,
            x => x.scatter(1, torch.tensor(new long[] { 0, 2 }, [2, 1]), torch.full(2, 1, 5.0, torch.float64)) * x),
        ["index_fill"] = (x => x.index_fill(1, F.tensor([2L, 0]), 5) * x, x => x.index_fill(1, torch.tensor(new long[] { 2, 0 }), 5) * x),
        ["index_copy"] = (
            x => x.index_copy(1, F.tensor([2, 0]), x[.., ..2].sin()),
            x => x.index_copy(1, torch.tensor(new long[] { 2, 0 }), x[torch.TensorIndex.Colon, torch.TensorIndex.Slice(0, 2)].sin())),
        ["select_scatter"] = (x => x.select_scatter(x[0].sin(), 0, -1), x => x.select_scatter(x[0].sin(), 0, -1)),
        ["slice with a step beyond the size"] = (x => F.slice(x, 1, 0, null, long.MaxValue), x => x.slice(1, 0, 1, 1)),
        ["slice_scatter"] = (
            x => x.slice_scatter(x[.., ..2].sin(), 1, 0, step: 2),
            x => x.slice_scatter(x[torch.TensorIndex.Colon, torch.TensorIndex.Slice(0, 2)].sin(), 1, 0, null, 2)),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValueAndGradientAreThoseOfLibtorch(string name) =>
        CompositeCheck.ValueAndGradient(name, s_cases[name].Ours, s_cases[name].Theirs, tolerance: 1e-11);

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(double.PositiveInfinity)]
    public void GradientsOfNormsAt0AreThoseOfLibtorch(double p)
    {
        CompositeCheck.ValueAndGradient(
            "some zeros", x => (x * F.tensor([0.0, 0, 1])).norm(p, dim: 1),
            x => torch.linalg.vector_norm(x * torch.tensor(new[] { 0.0, 0, 1 }), p, [1]));
        CompositeCheck.ValueAndGradient("all zeros", x => (x * 0).norm(p, dim: 1), x => torch.linalg.vector_norm(x * 0, p, [1]));
    }

    [Fact]
    public void ClosenessIsThatOfLibtorch()
    {
        var a = F.tensor([1, 1, 1e10, double.NaN, double.PositiveInfinity, double.PositiveInfinity, 0, -1.0]);
        var b = F.tensor([1, 1.001, 1e10 + 1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-9, 1.0]);
        foreach (var (rtol, atol, nan) in new[] { (1e-5, 1e-8, false), (1e-2, 0, true), (0.0, 0, false) })
        {
            CompositeCheck.Value("isclose", a.AsTorch().isclose(b.AsTorch(), rtol, atol, nan), F.isclose(a, b, rtol, atol, nan));
        }

        Assert.Equal([true, false], F.isclose(F.tensor([1L, 2]), F.tensor([1L, 3])).ToArray<bool>());
        Assert.True((bool)a[..1].allclose(b[..1]));
        Assert.False((bool)a.allclose(b));
        Assert.Throws<DTypeException>(() => F.isclose(a, a.@float()));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.isclose(a, b, rtol: -1));
    }

    [Fact]
    public void SignsAndSteps()
    {
        var x = F.tensor([-1.5, -0.0, 0.0, 2, double.NegativeInfinity, double.PositiveInfinity]);
        Assert.Equal([true, true, false, false, true, false], x.signbit().ToArray<bool>());
        Assert.Equal([true, false], F.tensor([-1, 1]).signbit().ToArray<bool>());
        Assert.Equal([0, 0.5, 0.5, 1, 0, 1], x.heaviside(0.5).ToArray<double>());
        Assert.Equal([false, false, false, false, false, true], x.isposinf().ToArray<bool>());
        Assert.Equal([false, false, false, false, true, false], x.isneginf().ToArray<bool>());
        Assert.Equal([false], F.tensor([1]).isposinf().ToArray<bool>());
        Assert.Equal(4, x.count_nonzero().item<long>());
        Assert.Equal([1L, 2], F.tensor(new[,] { { 0, 3 }, { 1, 2 } }).count_nonzero(1).ToArray<long>());
        Assert.Throws<DTypeException>(() => x.heaviside(F.ones([6])));
        Assert.Throws<DTypeException>(() => F.tensor([1]).frac());
    }

    [Fact]
    public void OperatorsOfBits()
    {
        var (a, b) = (F.tensor([12, 10]), F.tensor([10, 3]));
        Assert.Equal([8, 2], (a & b).ToArray<int>());
        Assert.Equal([14, 11], (a | b).ToArray<int>());
        Assert.Equal([6, 9], (a ^ b).ToArray<int>());
        Assert.Equal([-13, -11], (~a).ToArray<int>());
        Assert.Equal([48, 40], (a << 2).ToArray<int>());
        Assert.Equal([3, 2], (a >> 2).ToArray<int>());
        Assert.Equal([2, 1], (a % b).ToArray<int>());
        Assert.Equal([false, true], ((a > 11) ^ (a > 9)).ToArray<bool>());
        Assert.Contains("float32[2]", Assert.Throws<DTypeException>(() => F.ones([2]) & 1).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => F.gcd(F.ones([2], DType.Bool), true));
    }

    [Fact]
    public void OrderWithTiesAndNan()
    {
        var x = F.tensor([3, double.NaN, 1, 3, 1]);
        Assert.Equal([2L, 4, 0, 3, 1], x.argsort().ToArray<long>());
        Assert.Equal([1L, 0, 3, 2, 4], x.argsort(descending: true).ToArray<long>());
        Assert.True(double.IsNaN(x.median().item<double>()));
        Assert.Equal(1, x.median(0).indices.item<long>());
        Assert.Equal([3L, 2], F.tensor(new[,] { { 5, 3, 9, 1 }, { 2, 2, 8, 9 } }).median(1).values.to(DType.Int64).ToArray<long>());
        Assert.Equal([0L, 2, 3], F.bucketize(F.tensor([0.0, 2.5, 3]), F.tensor([1.0, 2, 3]), right: true).ToArray<long>());
        Assert.Equal(2, F.searchsorted(F.tensor([1.0, 2, 3]), 2.5).item<long>());
        Assert.Equal(DType.Int32, F.searchsorted(F.tensor([1L, 2]), F.tensor([1L]), out_int32: true).dtype);
    }

    [Fact]
    public void WhatCannotBeOrderedOrMeasuredIsRefused()
    {
        var x = F.ones([2, 3]);
        Assert.Contains("dim 2 is out of range", Assert.Throws<ShapeException>(() => F.sort(x, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("k is 4", Assert.Throws<ShapeException>(() => x.topk(4)).Message, StringComparison.Ordinal);
        Assert.Contains("k is -1", Assert.Throws<ShapeException>(() => x.topk(-1)).Message, StringComparison.Ordinal);
        Assert.Contains("bool", Assert.Throws<DTypeException>(() => (x > 0).topk(1)).Message, StringComparison.Ordinal);
        Assert.Contains("k is 0", Assert.Throws<ShapeException>(() => x.kthvalue(0)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => F.zeros([2, 0]).median(1));
        Assert.Throws<ShapeException>(() => F.searchsorted(x, F.ones([3, 3])));
        Assert.Throws<ShapeException>(() => F.searchsorted(1.0, x));
        Assert.Throws<DTypeException>(() => F.searchsorted(x, x.@double()));
        Assert.Throws<ShapeException>(() => F.bucketize(x, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.diff(-1));
        Assert.Throws<DTypeException>(() => F.cumprod(x, 0, (DType)99));
        Assert.Throws<DTypeException>(() => x.@long().logcumsumexp(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.norm(p: double.NaN));
        Assert.Throws<ShapeException>(() => F.zeros([2, 0]).norm(double.PositiveInfinity, 1));
        Assert.Throws<ShapeException>(() => F.cdist(x, F.ones([2, 2])));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.cdist(x, x, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.polygamma(-1, x));
        Assert.Throws<DTypeException>(() => F.hypot(x.@long(), 1));
        Assert.Throws<ShapeException>(() => F.cosine_similarity(x, x, 2));
    }

    [Fact]
    public void WhatCannotBePlacedIsRefused()
    {
        var x = F.ones([2, 3]);
        var index = F.tensor([0L, 1]);
        Assert.Throws<ShapeException>(() => x.scatter(1, index, 1));
        Assert.Throws<DTypeException>(() => x.scatter(0, index.reshape(1, 2).@int(), 1));
        Assert.Throws<DTypeException>(() => x.scatter(0, index.reshape(1, 2), F.ones([1, 2], DType.Int64)));
        Assert.Throws<ShapeException>(() => x.scatter(0, index.reshape(1, 2), F.ones([1, 1])));
        Assert.Throws<DTypeException>(() => x.to(DType.Int8).scatter(0, index.reshape(1, 2), 1000));
        Assert.Throws<NativeOpException>(() => x.scatter(0, index.reshape(1, 2) + 5, 1));
        Assert.Throws<ShapeException>(() => x.index_fill(0, index, F.ones([2])));
        Assert.Throws<ShapeException>(() => x.index_copy(0, index, F.ones([1, 3])));
        Assert.Throws<DTypeException>(() => x.index_copy(0, index.@float(), x));
        Assert.Throws<ShapeException>(() => x.slice_scatter(F.ones([2, 2]), 1));
        Assert.Throws<ShapeException>(() => x.slice_scatter(x, 1, step: 0));
        Assert.Throws<DTypeException>(() => x.slice_scatter(x.@double(), 1));
        Assert.Throws<ShapeException>(() => x.select_scatter(F.ones([3]), 0, 2));
        Assert.Throws<ShapeException>(() => x.select_scatter(F.ones([2]), 0, 0));
    }
}
