using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>Loops, choices, gradients of the user's own and collectives of functions under <see cref="Vmap"/>.</summary>
public class VmapBodyTests
{
    private static readonly Tensor s_xs = Make.Real([3, 4]);

    private static readonly Func<(Tensor, Tensor), Tensor> s_clipped = CustomVjp.Create(
        ((Tensor X, Tensor W) a) => F.exp(a.X * a.W).sum(),
        ((Tensor X, Tensor W) a, Tensor y, Tensor g) => (F.clamp(g * F.exp(a.X * a.W) * a.W, -1, 1), F.clamp(g * y * (a.X.sum()), -2, 2)));

    public static TheoryData<string> Functions => [.. s_functions.Keys];

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> s_functions = new()
    {
        ["scan over a batch"] = (x, w) => Brachy.Control.Scan(
            (Tensor h, Tensor one) => (F.tanh((h * w) + one), h * one), F.zeros([], DType.Float64), x) is var (h, ys) ? ys.sum() + h : x,
        ["scan of carries of which one is the same for all"] = (x, w) => Brachy.Control.Scan(
            ((Tensor H, Tensor K) s) => ((s.H + (s.K * x.sum()), s.K * w), s.K), (F.zeros([], DType.Float64), w), 5) is var (s, ks)
            ? s.Item1 + ks.sum() : x,
        ["scan backwards with what it captures"] = (x, w) => Brachy.Control.Scan(
            (Tensor h, Tensor one) => (F.sin(h + one) * x.sum(), h), w, x, reverse: true, checkpoint: true) is var (h, hs)
            ? h + (hs * x).sum() : x,
        ["for with a number of steps that is the same"] = (x, w) => Brachy.Control.For(0, 4, (i, h) => (h * w) + x.sum() + i, w),
        ["while with a condition that differs"] = (x, w) => Brachy.Control.While(
            s => F.abs(s) < 6, s => (s * 1.5) + (w / 4) + F.sign(s), x.sum(), maxSteps: 20),
        ["while with a condition that is the same"] = (x, w) => Brachy.Control.While(
            s => s.Item1 < 3, s => (s.Item1 + 1, (s.Item2 * w) + x.sum()), (F.zeros([], DType.Float64), w), maxSteps: 8).Item2,
        ["for to a number that differs"] = (x, w) => Brachy.Control.For(
            F.full([], 0, DType.Int64), F.abs(x.sum() * 2).to(DType.Int64) + 1, (i, h) => (h * w) + x[0], w, maxSteps: 12),
        ["cond that differs"] = (x, w) => Brachy.Control.Cond(x.sum() > 0.5, one => F.sin(one * w).sum(), one => (one * one).sum(), x),
        ["cond that is the same"] = (x, w) => Brachy.Control.Cond(w > 0, one => F.sin(one * w).sum(), one => w * 2, x),
        ["switch that differs"] = (x, w) => Brachy.Control.Switch<Tensor, Tensor>(
            (F.abs(x[0]) * 3).to(DType.Int64), [one => one.sum(), one => one.prod() * w, one => F.cos(one).sum()], x),
        ["a gradient inside"] = (x, w) => Grad.Of((Tensor one) => (F.sin(one * w) * one).sum())(x).sum(),
        ["a loop's gradient inside"] = (x, w) => Grad.Of((Tensor one) => Brachy.Control.Scan(
            (Tensor h, Tensor slice) => (F.tanh(h + (slice * w)), h), w, one).State)(x).sum(),
        ["a while's gradient inside"] = (x, w) => Grad.Of((Tensor one) => Brachy.Control.While(
            s => F.abs(s) < 6, s => (s * 1.5) + (w / 4), one.sum(), maxSteps: 20))(x).sum(),
        ["a custom gradient"] = (x, w) => s_clipped((x, w)),
        ["a compiled function"] = (x, w) => Jit.Compile((Tensor one, Tensor own) => F.tanh(one * own).sum()).Invoke(x, w),
        ["sort, gather and a fixed index"] = (x, w) => F.sort(x, 0).values[1] + F.gather(x, 0, F.argsort(x)).cumsum(0)[2] + (x[^1] * w),
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void ABatchEqualsTheLoop(string name)
    {
        var (f, w) = (s_functions[name], F.full([], 0.7, DType.Float64));
        var expected = F.stack([.. Enumerable.Range(0, 3).Select(i => f(s_xs[i], w))]);
        var mapped = Vmap.Of(f, inAxes: [0, null]);
        OpCheck.AssertClose(expected, mapped(s_xs, w), 1e-10, $"{name}, eager");
        OpCheck.AssertClose(expected, Jit.Compile(mapped).Invoke(s_xs, w), 1e-10, $"{name}, compiled");

        var ws = Make.Values([3], 0.7, -0.3, 1.1);
        var both = F.stack([.. Enumerable.Range(0, 3).Select(i => f(s_xs[i], ws[i]))]);
        OpCheck.AssertClose(both, Vmap.Of(f)(s_xs, ws), 1e-10, $"{name}, both");
        var ofW = F.stack([.. Enumerable.Range(0, 3).Select(i => f(s_xs[0], ws[i]))]);
        OpCheck.AssertClose(ofW, Vmap.Of(f, inAxes: [null, 0])(s_xs[0], ws), 1e-10, $"{name}, the second");
        OpCheck.AssertClose(ofW, Jit.Compile(Vmap.Of(f, inAxes: [null, 0])).Invoke(s_xs[0], ws), 1e-10, $"{name}, the second compiled");
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void GradientsOfABatchEqualThoseOfTheLoop(string name)
    {
        var (f, w) = (s_functions[name], F.full([], 0.7, DType.Float64));
        var by = Grad.ValueAndGrad(
            (Tensor x, Tensor own) => (Vmap.Of(f, inAxes: [0, null])(x, own) * Make.Real([3], seed: 9)).sum(), [0, 1]);
        var loop = Grad.ValueAndGrad(
            (Tensor x, Tensor own) => Enumerable.Range(0, 3).Select(i => f(x[i], own) * Make.Real([3], seed: 9)[i])
                .Aggregate((a, b) => a + b), [0, 1]);
        var expected = loop(s_xs, w);
        var actual = by(s_xs, w);
        OpCheck.AssertClose(expected.Grads.Item1, actual.Grads.Item1, 1e-9, $"{name}, eager by x");
        OpCheck.AssertClose(expected.Grads.Item2, actual.Grads.Item2, 1e-9, $"{name}, eager by w");
        var compiled = Jit.Compile((Tensor x, Tensor own) => by(x, own).Grads).Invoke(s_xs, w);
        OpCheck.AssertClose(expected.Grads.Item1, compiled.Item1, 1e-9, $"{name}, compiled by x");
        OpCheck.AssertClose(expected.Grads.Item2, compiled.Item2, 1e-9, $"{name}, compiled by w");
        var each = Vmap.Of((Tensor x) => Grad.Of((Tensor one) => f(one, w))(x));
        var eachExpected = F.stack([.. Enumerable.Range(0, 3).Select(i => Grad.Of((Tensor one) => f(one, w))(s_xs[i]))]);
        OpCheck.AssertClose(eachExpected, each(s_xs), 1e-9, $"{name}, each");
        OpCheck.AssertClose(eachExpected, Jit.Compile(each).Invoke(s_xs), 1e-9, $"{name}, each compiled");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SamplesAreCombinedByName(bool isCompiled)
    {
        Func<Tensor, (Tensor, Tensor, Tensor, Tensor, Tensor)> Mapped(Func<Tensor, (Tensor, Tensor, Tensor, Tensor, Tensor)> f)
        {
            var mapped = Vmap.Of(f, outAxes: [0, null, null, 0, 0], axisName: "batch");
            return isCompiled ? Jit.Compile(mapped).Invoke : mapped;
        }

        var (centred, largest, all, number, product) = Mapped(x => (
            x - F.pmean(x, "batch"), F.pmax(x, "batch") - F.pmin(x, "batch"), F.all_gather(x, "batch", 1), F.axis_index("batch"),
            x.sum() * F.psum(F.full([], 2, DType.Int64), "batch")))(s_xs);
        OpCheck.AssertClose(s_xs - s_xs.mean([0]), centred, 1e-12, "pmean");
        OpCheck.AssertClose(s_xs.amax([0]) - s_xs.amin([0]), largest, 1e-12, "pmax, pmin");
        OpCheck.AssertClose(s_xs.T, all, 0, "all_gather");
        OpCheck.AssertClose(F.arange(3), number, 0, "axis_index");
        OpCheck.AssertClose(s_xs.sum([1]) * 6, product, 1e-12, "psum of what is the same");
    }

    [Fact]
    public void CollectivesAreDifferentiatedInsideAndOutside()
    {
        var weights = Make.Real([3, 4], seed: 8);
        Tensor Loss(Tensor x, Tensor w) =>
            ((x - F.pmean(x, "batch")) * w * F.pmax(x, "batch")).sum() + F.all_gather(x * w, "batch")[1].sum();
        var outside = Grad.Of((Tensor x) => Vmap.Of((Tensor one, Tensor w) => Loss(one, w), axisName: "batch")(x, weights).sum())(s_xs);
        Tensor Whole(Tensor x) => ((x - x.mean([0])) * weights * x.amax([0])).sum() + (3 * (x * weights)[1].sum());
        var expected = Grad.Of((Tensor x) => Whole(x))(s_xs);
        OpCheck.AssertClose(expected, outside, 1e-10, "outside");

        // Each sample's gradient is of the sum over all samples, as those of lax.psum are.
        var inside = Vmap.Of((Tensor one, Tensor w) => Grad.Of((Tensor x) => Loss(x, w))(one), axisName: "batch")(s_xs, weights);
        OpCheck.AssertClose(expected, inside, 1e-10, "inside");
    }

    [Fact]
    public void NestedBatchesHaveTheirOwnNames()
    {
        var x = Make.Real([2, 3]);
        var f = Vmap.Of(
            (Tensor row) => Vmap.Of(
                (Tensor one) => F.psum(one, "row") + (10 * F.psum(one, "column")) + (100 * F.psum(F.psum(one, "row"), "column")),
                axisName: "row")(row), axisName: "column");
        OpCheck.AssertClose(x.sum([1], true) + (10 * x.sum([0], true)) + (100 * x.sum()), f(x), 1e-12, "nested");
        OpCheck.AssertClose(f(x), Jit.Compile(f).Invoke(x), 1e-12, "compiled");
        var error = Assert.Throws<ArgumentException>(() => Vmap.Of((Tensor one) => F.psum(one, "rows"), axisName: "row")(x));
        Assert.Contains("psum: there is no axis 'rows' here; there are 'row'.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => F.psum(x, "rows"));
        Assert.Contains(
            "no axis has a name. Call it in a function of Vmap.Of(..., axisName: \"rows\")", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CollectivesWorkInLoops()
    {
        var f = Vmap.Of(
            (Tensor x) => Brachy.Control.Scan((Tensor h) => (h - (0.5 * F.pmean(h, "batch")), F.axis_index("batch")), x, 3),
            axisName: "batch");
        var (last, numbers) = f(s_xs);
        var h = s_xs;
        for (var i = 0; i < 3; i++)
        {
            h = h - (0.5 * h.mean([0]));
        }

        OpCheck.AssertClose(h, last, 1e-12, "eager");
        OpCheck.AssertClose(F.expand(F.unsqueeze(F.arange(3), 1), [3, 3]), numbers, 0, "numbers");
        OpCheck.AssertClose(h, Jit.Compile(f).Invoke(s_xs).State, 1e-12, "compiled");
    }

    [Fact]
    public void TheFirstSampleThatFailsInALoopIsNamed()
    {
        var f = Vmap.Of((Tensor x) => Brachy.Control.Scan(
            (Tensor h, Tensor one) =>
            {
                Checks.Require(h + one < 3, "too large");
                return (h + one, h);
            },
            F.zeros([], DType.Float64), x).State);
        var x = Make.Values([3, 3], 1, 0, 0, 1, 1, 4, 3, 3, 3);
        var compiled = Assert.Throws<CheckFailedException>(() => Jit.Compile(f).Invoke(x));
        Assert.Contains("too large", compiled.Message, StringComparison.Ordinal);
        Assert.Contains("at [1] of [3]", compiled.Message, StringComparison.Ordinal);
        Assert.Contains("step 2", compiled.Message, StringComparison.Ordinal);
        Assert.Contains("at [1] of [3]", Assert.Throws<CheckFailedException>(() => f(x)).Message, StringComparison.Ordinal);
    }
}
