using static Brachy.Tests.Transforms.Control.ScanTests;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/control-flow.md.</summary>
[Trait("Category", "Quick")]
public partial class ControlFlowDocTests
{
    private static readonly Tensor s_xs = F.tensor(new[,] { { 1.0, 2.0 }, { -0.5, 0.3 }, { 0.1, -1.0 } });

    /// <summary>The state of Newton's method.</summary>
    [Tree]
    public partial record Newton(Tensor X, Tensor Target, [property: Static] int Power);

    private static Tensor Number(double value) => F.full([], value, DType.Float64);

    [Fact]
    public void Scan()
    {
        static (Tensor Last, Tensor All) RunningMean(Tensor xs, double keep)
        {
            return Control.Scan(
                (Tensor mean, Tensor x) =>
                {
                    var next = (keep * mean) + ((1 - keep) * x);
                    return (next, next);
                },
                F.zeros_like(xs[0]), xs);
        }

        var compiled = Jit.Compile((Tensor xs) => RunningMean(xs, 0.9));
        var (last, all) = compiled.Invoke(s_xs);
        AssertClose(RunningMean(s_xs, 0.9).All, all);
        AssertClose(last, all[2]);
    }

    [Fact]
    public void WhileWithAStaticPart()
    {
        static Tensor Root(Tensor a, int power) => Control.While(
            s => F.abs(F.pow(s.X, s.Power) - s.Target).max() > 1e-10,
            s => s with { X = s.X - ((F.pow(s.X, s.Power) - s.Target) / (s.Power * F.pow(s.X, s.Power - 1))) },
            new Newton(a, a, power), maxSteps: 100).X;

        var slope = Jit.Compile(Grad.Of((Tensor a) => Root(a, 3)));
        Assert.Equal(2, (double)Jit.Compile((Tensor a) => Root(a, 3)).Invoke(Number(8)), 1e-9);
        Assert.Equal(1 / 12.0, (double)slope.Invoke(Number(8)), 1e-9);

        var drifts = Jit.Compile((Tensor a) => Control.For(0, 3, (i, s) => s with { Power = s.Power + 1 }, new Newton(a, a, 2)).X);
        var error = Assert.Throws<ArgumentException>(() => drifts.Invoke(Number(8)));
        Assert.Contains("Static parts must stay as they are; make what changes a tensor.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void For()
    {
        var power = Jit.Compile((Tensor a, Tensor n) => Control.For(F.tensor(0L), n, (i, p) => p * a, F.ones_like(a)));
        Assert.Equal(8, (double)power.Invoke(Number(2), F.tensor(3L)));
        Assert.Equal(32, (double)power.Invoke(Number(2), F.tensor(5L)));
        Assert.Equal(1, power.TraceCount);
    }

    [Fact]
    public void CondAndSwitch()
    {
        var safe = Jit.Compile((Tensor x) => Control.Cond(x > 0, y => F.log(y), y => F.zeros_like(y), x));
        var slope = Jit.Compile(Grad.Of((Tensor x) => Control.Cond(x > 0, y => F.log(y), y => F.zeros_like(y), x)));
        Func<Tensor, Tensor>[] activations = [F.relu, F.tanh, x => x];
        var activate = Jit.Compile((Tensor kind, Tensor x) => Control.Switch(kind, activations, x));

        Assert.Equal(0, (double)safe.Invoke(Number(-1)));
        Assert.Equal(0, (double)slope.Invoke(Number(-1)));
        Assert.Equal(0.5, (double)slope.Invoke(Number(2)));
        Assert.Equal(Math.Tanh(-1), (double)activate.Invoke(F.tensor(1L), Number(-1)), 1e-12);
    }

    [Fact]
    public void AssociativeScan()
    {
        // h = a h + b for each pair, from h = 0.
        static Tensor Recurrence(Tensor a, Tensor b) => Control.AssociativeScan(
            (l, r) => (l.A * r.A, (l.B * r.A) + r.B), (A: a, B: b)).B;

        var found = Jit.Compile<Tensor, Tensor, Tensor>(Recurrence).Invoke(F.full([4], 0.5, DType.Float64), F.ones([4], DType.Float64));
        AssertClose(F.tensor(new[] { 1, 1.5, 1.75, 1.875 }), found);
    }

    [Fact]
    public void Require()
    {
        var roots = Jit.Compile((Tensor xs) => Control.Scan(
            (Tensor sum, Tensor x) =>
            {
                Checks.Require(x >= 0, "a root of a negative number");
                return (sum + F.sqrt(x), x);
            },
            F.zeros_like(xs[0]), xs).State);

        AssertClose(F.sqrt(s_xs[0]), roots.Invoke(s_xs.narrow(0, 0, 1)));
        var error = Assert.Throws<CheckFailedException>(() => roots.Invoke(s_xs));
        Assert.Equal("a root of a negative number (at [0] of [2], in step 1 of a loop)", error.Message);
    }

    [Fact]
    public void Checkpoint()
    {
        static Tensor Loss(Tensor w, Tensor xs, bool checkpoint) => Control.Scan(
            (Tensor h, Tensor x) =>
            {
                var next = F.tanh(F.sin(h * w) + F.exp(x * w));
                return (next, default(ValueTuple));
            },
            F.zeros_like(w), xs, checkpoint: checkpoint).State.sum();

        var kept = Jit.Compile((Tensor w, Tensor xs) => Grad.Of((Tensor v) => Loss(v, xs, checkpoint: false))(w));
        var again = Jit.Compile((Tensor w, Tensor xs) => Grad.Of((Tensor v) => Loss(v, xs, checkpoint: true))(w));
        AssertClose(kept.Invoke(s_xs[0], s_xs), again.Invoke(s_xs[0], s_xs));
    }

    [Fact]
    public void Keys()
    {
        var walk = Jit.Compile((RngKey key, Tensor start) => Control.For(
            0, 100, (i, x) => x + Rng.Normal(x.shape, x.dtype, Rng.FoldIn(key, i)), start));

        var steps = Enumerable.Range(0, 100).Select(i => Rng.Normal([3], DType.Float64, Rng.FoldIn(Rng.Seed(1), (long)i)));
        AssertClose(steps.Aggregate((a, b) => a + b), walk.Invoke(Rng.Seed(1), F.zeros([3], DType.Float64)));
    }
}
