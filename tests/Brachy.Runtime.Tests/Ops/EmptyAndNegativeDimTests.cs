using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brachy.Tests.Ops;

/// <summary>What functions give for tensors without elements, and that dims count from the end everywhere.</summary>
public class EmptyAndNegativeDimTests
{
    private static readonly Tensor s_nothing = F.zeros([0, 3], DType.Float64);

    // Ours and libtorch's expression, of [0, 3].
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, string Theirs)> s_empty = new()
    {
        ["sum"] = (x => x.sum(), "torch.sum(x)"),
        ["sum over no elements"] = (x => x.sum(0), "torch.sum(x, 0)"),
        ["sum over rows"] = (x => x.sum(1, true), "torch.sum(x, 1, True)"),
        ["mean"] = (x => x.mean(0), "torch.mean(x, 0)"),
        ["prod"] = (x => x.prod(0), "torch.prod(x, 0)"),
        ["var"] = (x => x.var(0), "torch.var(x, 0)"),
        ["std over rows"] = (x => x.std(1), "torch.std(x, 1)"),
        ["norm"] = (x => x.norm(), "torch.norm(x)"),
        ["amax over rows"] = (x => F.amax(x, 1), "torch.amax(x, 1)"),
        ["max over rows"] = (x => x.max(1).indices, "torch.max(x, 1)[1]"),
        ["argmin over rows"] = (x => x.argmin(1), "torch.argmin(x, 1)"),
        ["any"] = (x => x.any(), "torch.any(x)"),
        ["all over no elements"] = (x => x.all(0), "torch.all(x, 0)"),
        ["count_nonzero"] = (x => x.count_nonzero(), "torch.count_nonzero(x)"),
        ["logsumexp"] = (x => x.logsumexp(0), "torch.logsumexp(x, [0])"),
        ["nansum"] = (x => x.nansum(), "torch.nansum(x)"),
        ["nanmean"] = (x => x.nanmean([0]), "torch.nanmean(x, [0])"),
        ["median"] = (x => x.median(), "torch.median(x)"),
        ["nanmedian over rows"] = (x => x.nanmedian(1).values, "torch.nanmedian(x, 1)[0]"),
        ["mode over rows"] = (x => x.mode(1).values, "torch.mode(x, 1)[0]"),
        ["cumsum"] = (x => x.cumsum(0), "torch.cumsum(x, 0)"),
        ["cumprod"] = (x => x.cumprod(1), "torch.cumprod(x, 1)"),
        ["cummax"] = (x => x.cummax(0).values, "torch.cummax(x, 0)[0]"),
        ["logcumsumexp"] = (x => x.logcumsumexp(0), "torch.logcumsumexp(x, 0)"),
        ["sort"] = (x => x.sort(0).indices, "torch.sort(x, 0)[1]"),
        ["topk of none"] = (x => x.topk(0, 0).values, "torch.topk(x, 0, 0)[0]"),
        ["softmax"] = (x => x.softmax(0), "torch.softmax(x, 0)"),
        ["flip"] = (x => x.flip(0), "torch.flip(x, [0])"),
        ["roll"] = (x => x.roll(1, 0), "torch.roll(x, 1, 0)"),
        ["diff"] = (x => x.diff(), "torch.diff(x)"),
        ["trapezoid"] = (x => F.trapezoid(x, dim: 0), "torch.trapezoid(x, dim=0)"),
        ["cov"] = (x => x.T.cov(), "torch.cov(x.t())"),
        ["histc"] = (x => x.histc(3), "torch.histc(x, 3)"),
        ["histogram's edges"] = (x => x.histogram(2).bin_edges, "torch.histogram(x, 2)[1]"),
        ["unique"] = (x => x.unique(), "torch._unique2(x, True, False, False)[0]"),
        ["isin"] = (x => x.isin(x), "torch.isin(x, x)"),
        ["searchsorted"] = (
            x => F.searchsorted(F.ones([2], DType.Float64), x), "torch.searchsorted(torch.ones(2, dtype=torch.float64), x)"),
        ["masked_select"] = (x => x.masked_select(x > 0), "torch.masked_select(x, x > 0)"),
        ["x[mask]"] = (x => x[x > 0], "x[x > 0]"),
        ["index_select"] = (x => x.index_select(1, F.tensor([2L])), "torch.index_select(x, 1, torch.tensor([2]))"),
        ["gather"] = (x => x.gather(1, F.zeros([0, 2], DType.Int64)), "torch.gather(x, 1, torch.zeros(0, 2, dtype=torch.int64))"),
        ["scatter_reduce"] = (
            x => x.scatter_reduce(1, F.zeros([0, 2], DType.Int64), x, "mean"),
            "torch.scatter_reduce(x, 1, torch.zeros(0, 2, dtype=torch.int64), x, 'mean')"),
        ["repeat_interleave"] = (
            x => x.repeat_interleave(F.zeros([0], DType.Int64), 0), "torch.repeat_interleave(x, torch.zeros(0, dtype=torch.int64), 0)"),
        ["unfold"] = (x => x.unfold(1, 2, 1), "x.unfold(1, 2, 1)"),
        ["tensor_split"] = (x => x.tensor_split(3)[2], "torch.tensor_split(x, 3)[2]"),
        ["cat"] = (x => F.cat([x, x, F.ones([2, 3], DType.Float64)]), "torch.cat([x, x, torch.ones(2, 3, dtype=torch.float64)])"),
        ["stack"] = (x => F.stack([x, x], 1), "torch.stack([x, x], 1)"),
        ["matmul"] = (x => x.T.matmul(x), "torch.matmul(x.t(), x)"),
        ["cdist"] = (x => F.cdist(x, x), "torch.cdist(x, x)"),
        ["pdist"] = (x => F.pdist(x), "torch.pdist(x)"),
        ["renorm"] = (x => x.renorm(2, 0, 1), "torch.renorm(x, 2, 0, 1)"),
        ["kron"] = (x => x.kron(F.ones([2, 2], DType.Float64)), "torch.kron(x, torch.ones(2, 2, dtype=torch.float64))"),
        ["block_diag"] = (x => F.block_diag(x, x), "torch.block_diag([x, x])"),
        ["tril"] = (x => F.tril(x), "torch.tril(x)"),
        ["diagonal"] = (x => x.diagonal(), "torch.diagonal(x)"),
        ["trace"] = (x => x.trace(), "torch.trace(x)"),
        ["equal"] = (x => x.equal(x), "torch.tensor(torch.equal(x, x))"),
    };

    private static readonly Dictionary<string, Action<Tensor>> s_refused = new()
    {
        ["amax"] = x => F.amax(x, 0),
        ["max"] = x => x.max(),
        ["argmax"] = x => x.argmax(0),
        ["aminmax"] = x => x.aminmax(),
        ["median over no elements"] = x => x.median(0),
        ["mode over no elements"] = x => x.mode(0),
        ["kthvalue"] = x => x.kthvalue(1, 0),
        ["topk"] = x => x.topk(1, 0),
        ["quantile"] = x => x.quantile(0.5, 0),
        ["unfold"] = x => x.unfold(0, 1, 1),
    };

    // Functions of a tensor and a dim, whatever else has defaults.
    private static readonly MethodInfo[] s_withDim =
    [
        .. typeof(F).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => m.GetParameters() is [{ ParameterType: var first }, ..] parameters && first == typeof(Tensor)
                && parameters.Any(p => p.Name == "dim" && p.ParameterType == typeof(long))
                && parameters.Skip(1).All(p => p.Name == "dim" || p.HasDefaultValue)),
    ];

    public static TheoryData<string> EmptyNames => [.. s_empty.Keys];

    public static TheoryData<string> RefusedNames => [.. s_refused.Keys];

    public static TheoryData<string> DimNames => [.. s_withDim.Select(m => m.ToString()!)];

    [Theory]
    [MemberData(nameof(EmptyNames))]
    public void OfNoElementsTheyGiveWhatLibtorchGives(string name)
    {
        var (ours, theirs) = s_empty[name];
        CompositeCheck.Value(name, ScriptedReference.Run(theirs, s_nothing.AsTorch()), ours(s_nothing));
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void WhatNeedsAnElementSaysSo(string name) => Assert.Throws<ShapeException>(() => s_refused[name](s_nothing));

    [Theory]
    [MemberData(nameof(DimNames))]
    public void DimsCountFromTheEnd(string name)
    {
        var method = Array.Find(s_withDim, m => m.ToString() == name)!;
        var x = Make.Real([3, 4, 2, 2]);
        Tensor[] At(long dim)
        {
            using var rng = Rng.Scope(0);
            object?[] arguments = [x, .. method.GetParameters().Skip(1)
                .Select(p => p.Name == "dim" ? dim : p.HasDefaultValue && p.DefaultValue is not DBNull ? p.DefaultValue : null)];
            return [.. Flat(method.Invoke(null, arguments))];
        }

        // A new dim has one place more to stand at.
        var (front, back) = (At(1), At(method.Name == "unsqueeze" ? -4 : -3));
        Assert.Equal(front.Length, back.Length);
        Assert.NotEmpty(front);
        foreach (var (expected, actual) in front.Zip(back))
        {
            OpCheck.AssertClose(expected, actual, 0, name);
        }

        foreach (var dim in new[] { 5, -6, long.MinValue, long.MaxValue })
        {
            Assert.IsType<ShapeException>(Assert.Throws<TargetInvocationException>(() => At(dim)).InnerException);
        }
    }

    private static IEnumerable<Tensor> Flat(object? result) => result switch
    {
        Tensor tensor => [tensor],
        IEnumerable<Tensor> several => several,
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Flat(tuple[i])),
        _ => [],
    };
}
