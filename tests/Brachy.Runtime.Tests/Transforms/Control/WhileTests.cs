using Brachy.Compilation;
using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Loops that end by a condition, loops over numbers, and choices: values, gradients and errors.</summary>
[Trait("Category", "Quick")]
public class WhileTests
{
    public static TheoryData<string> Backends => ScanTests.Backends;

    public static TheoryData<string> AllBackends => ScanTests.AllBackends;

    private static Tensor Number(double value) => F.full([], value, DType.Float64);

    [Theory]
    [MemberData(nameof(AllBackends))]
    public void AWhileLoopRunsUntilItsConditionFails(string backend)
    {
        // Newton's method for the square root: as many steps as it takes.
        var root = Compiled(
            (Tensor a) => Loop.While(
                state => F.abs(state.X * state.X - state.A) > 1e-14 * state.A,
                state => ((state.X + state.A / state.X) / 2, state.A, state.Steps + 1),
                (X: a, A: a, Steps: F.tensor(0L))),
            backend);
        foreach (var a in new[] { 2.0, 9.0, 1.0, 1e4 })
        {
            var (x, _, steps) = root(Number(a));
            Assert.Equal(Math.Sqrt(a), (double)x, 1e-12);
            Assert.Equal(a == 1.0, (long)steps == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void AWhileLoopWithABoundIsDifferentiated(string backend)
    {
        // y ← y sin(a) + a until y > 5, at most 50 times.
        static Tensor Run(Tensor a, long? most) => Loop.While(
            s => s.Y < 5, s => (s.Y * F.sin(s.A) + s.A, s.A), (Y: F.zeros_like(a), A: a), most).Y;

        static Tensor Unrolled(Tensor a, int steps)
        {
            var y = F.zeros_like(a);
            for (var i = 0; i < steps; i++)
            {
                y = y * F.sin(a) + a;
            }

            return y;
        }

        foreach (var (start, most) in new[] { (1.4, 50), (1.4, 3), (2.0, 50), (6.0, 50), (1.0, 0) })
        {
            var a = Number(start);
            var steps = 0;
            for (var y = 0.0; y < 5 && steps < most; steps++)
            {
                y = y * Math.Sin(start) + start;
            }

            AssertClose(Unrolled(a, steps), Compiled((Tensor x) => Run(x, most), backend)(a));
            var expected = Grad.Of((Tensor x) => Unrolled(x, steps) * F.exp(x))(a);
            AssertClose(expected, Compiled(Grad.Of((Tensor x) => Run(x, most) * F.exp(x)), backend)(a));
            var twice = Grad.Of(Grad.Of((Tensor x) => Unrolled(x, steps) * F.exp(x)))(a);
            AssertClose(twice, Compiled(Grad.Of(Grad.Of((Tensor x) => Run(x, most) * F.exp(x))), backend)(a));
        }
    }

    [Fact]
    public void WithoutABoundAWhileLoopHasNoCompiledGradient()
    {
        var error = Assert.Throws<DifferentiationException>(
            () => Jit.Compile(Grad.Of((Tensor x) => Loop.While(y => y < 10, y => y * 2, x))).Invoke(Number(1.0)));
        Assert.Contains("maxSteps", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllBackends))]
    public void ALoopOverNumbersSeesThem(string backend)
    {
        var sum = Compiled((Tensor x) => Loop.For(2, 6, (i, y) => y + x * i.to(DType.Float64), F.zeros([], DType.Float64)), backend);
        Assert.Equal(14 * 1.5, (double)sum(Number(1.5)));
        Assert.Equal(14, (double)Compiled(
            Grad.Of((Tensor x) => Loop.For(2, 6, (i, y) => y + x * i.to(DType.Float64), F.zeros([], DType.Float64))),
            backend)(Number(1.5)));
        var none = Compiled((Tensor x) => Loop.For(6, 2, (i, y) => y + 1, x), backend);
        Assert.Equal(1.5, (double)none(Number(1.5)));

        var open = Compiled(
            ((Tensor From, Tensor To) a) => Loop.For(a.From, a.To, (i, y) => y * i, F.tensor(1L)), backend);
        Assert.Equal(120, (long)open((F.tensor(1L), F.tensor(6L))));
        Assert.Equal(1, (long)open((F.tensor(6L), F.tensor(1L))));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void OnlyTheChosenBranchRuns(string backend)
    {
        var choose = Compiled(
            ((Tensor C, Tensor X) a) => Loop.Cond(a.C, x => (F.log(x), x * 2), x => (x - 1, x), a.X), backend);
        var (first, second) = choose((F.tensor(true), Number(-1.0)));
        Assert.True(double.IsNaN((double)first));
        Assert.Equal(-2, (double)second);
        Assert.Equal(-2, (double)choose((F.tensor(false), Number(-1.0))).Item1);

        // log is NaN at -1, and its derivative is not 0: neither may reach the gradient.
        var gradient = Compiled(
            Grad.Of((Tensor x) => Loop.Cond(x > 0, y => F.log(y) * F.sqrt(y), y => y * y, x)), backend);
        Assert.Equal(-2, (double)gradient(Number(-1.0)));
        Assert.Equal(Math.Log(4) / 4 + 0.5, (double)gradient(Number(4.0)), 1e-12);
        var twice = Compiled(
            Grad.Of(Grad.Of((Tensor x) => Loop.Cond(x > 0, y => F.log(y) * F.sqrt(y), y => y * y * y, x))), backend);
        Assert.Equal(-6, (double)twice(Number(-1.0)));
        Assert.Equal(-Math.Log(4) / 32, (double)twice(Number(4.0)), 1e-12);
    }

    [Theory]
    [MemberData(nameof(AllBackends))]
    public void ASwitchTakesTheNearestBranch(string backend)
    {
        Func<Tensor, Tensor>[] branches = [x => x + 1, x => F.sin(x * 2), x => x * x];
        var choose = Compiled(((Tensor I, Tensor X) a) => Loop.Switch(a.I, branches, a.X), backend);
        var slope = Compiled(((Tensor I, Tensor X) a) => Grad.Of((Tensor x) => Loop.Switch(a.I, branches, x))(a.X), backend);
        foreach (var (index, branch) in new[] { (0, 0), (1, 1), (2, 2), (-5, 0), (7, 2) })
        {
            var x = Number(0.3);
            AssertClose(branches[branch](x), choose((F.tensor((long)index), x)));
            AssertClose(Grad.Of(branches[branch])(x), slope((F.tensor((long)index), x)));
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void LoopsAndChoicesNest(string backend)
    {
        static Tensor Nested(Tensor x) => Loop.Scan(
            (Tensor s, Tensor v) =>
            {
                var inner = Loop.For(0, 3, (i, y) => F.sin(y * v) + s, v);
                var next = Loop.Cond(inner.sum() > 0, t => t * s, t => t + F.exp(s), inner);
                return (next, next.sum());
            },
            x, F.stack([x, x * 2, x * -3])) is var (state, sums) ? state.sum() * sums.prod() : x;

        static Tensor Plain(Tensor x)
        {
            var s = x;
            var sums = new List<Tensor>();
            foreach (var v in new[] { x, x * 2, x * -3 })
            {
                var inner = v;
                for (var i = 0; i < 3; i++)
                {
                    inner = F.sin(inner * v) + s;
                }

                s = (double)inner.sum() > 0 ? inner * s : inner + F.exp(s);
                sums.Add(s.sum());
            }

            return s.sum() * F.stack(sums).prod();
        }

        var x = F.tensor(new[] { 0.3, -0.2, 0.9 });
        AssertClose(Plain(x), Compiled<Tensor, Tensor>(Nested, backend)(x));
        AssertClose(Grad.Of<Tensor>(Plain)(x), Compiled(Grad.Of<Tensor>(Nested), backend)(x));
        Func<Tensor, Tensor> Norm(Func<Tensor, Tensor> f) => y => (Grad.Of(f)(y) * F.cos(y)).sum();
        AssertClose(Grad.Of(Norm(Plain))(x), Compiled(Grad.Of(Norm(Nested)), backend)(x));
    }

    [Fact]
    public void WhatDriftsIsNamed()
    {
        string Message(Action run) => Assert.Throws<ArgumentException>(run).Message;
        var x = F.tensor(new[] { 1.0, 2.0 });
        foreach (var compiled in new[] { false, true })
        {
            Func<Tensor, Tensor> Run(Func<Tensor, Tensor> f) => compiled ? Jit.Compile(f).Invoke : f;
            var dtype = Message(() => Run(v => Loop.For(0, 3, (i, s) => (s.A.to(DType.Float32), s.B), (A: v, B: v)).A)(x));
            Assert.Contains("float64[2] before a step and float32[2] after it", dtype, StringComparison.Ordinal);
            Assert.Contains(".to(DType.Float64)", dtype, StringComparison.Ordinal);
            Assert.Contains("'state.", dtype, StringComparison.Ordinal);
            Assert.StartsWith("Control.For: ", dtype, StringComparison.Ordinal);
            Assert.StartsWith(
                "Control.For: ", Message(() => Run(v => Loop.For(F.tensor(0L), F.tensor(3L), (i, s) => s.sum(), v))(x)),
                StringComparison.Ordinal);
            Assert.StartsWith(
                "Control.While: ", Message(() => Run(v => Loop.While(s => F.tensor(true), s => s.sum(), v))(x)), StringComparison.Ordinal);
            var list = Message(() => Run(v => Loop.For(0, 3, (i, s) => [.. s, v], new List<Tensor> { v })[0])(x));
            Assert.Contains("A list must keep its number of elements", list, StringComparison.Ordinal);
            Assert.Contains(
                "[2] before a step and float64[1, 2]", Message(() => Run(v => Loop.For(0, 3, (i, s) => s.unsqueeze(0), v))(x)),
                StringComparison.Ordinal);
            Assert.Contains(
                "make what changes a tensor", Message(() => Run(v => Loop.For(0, 3, (i, s) => (s.Item1, s.Item2 + 1), (v, 1)).Item1)(x)),
                StringComparison.Ordinal);
            Assert.Contains(
                "'xs' is float64[], which has no dim", Assert.Throws<ShapeException>(
                    () => Run(v => Loop.Scan((Tensor s, Tensor y) => (s, s), v, v.sum()).State)(x)).Message, StringComparison.Ordinal);
        }

        var branches = Message(() => Jit.Compile((Tensor v) => Loop.Cond(v.sum() > 0, y => y, y => y.sum(), v)).Invoke(x));
        Assert.Contains("float64[] in whenFalse and float64[2] in whenTrue", branches, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => Loop.Cond(x.sum(), y => y, y => y, x));
        Assert.Throws<ShapeException>(() => Loop.Cond(x > 0, y => y, y => y, x));
    }

    [Fact]
    public void ATensorThatLeavesItsStepIsNamed()
    {
        Tensor? kept = null;
        var error = Assert.Throws<LeakedTensorException>(() => Jit.Compile((Tensor v) => Loop.For(
            0, 3,
            (i, s) =>
            {
                kept = F.sin(s);
                return kept * v;
            },
            v) + kept!).Invoke(Number(1.0)));
        Assert.Contains("the step of Control.For", error.Message, StringComparison.Ordinal);
        Assert.Contains("the result of 'sin'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'state'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoopsWithoutStepsGiveEmptyStacks()
    {
        var x = F.tensor(new[] { 1.0, 2.0 });
        foreach (var backend in new[] { "eager", "interpreter", "torchscript" })
        {
            var (state, ys) = Compiled((Tensor v) => Loop.Scan((Tensor s) => (s + 1, (s.sum(), s)), v, 0), backend)(x);
            AssertClose(x, state);
            Assert.Equal([0], ys.Item1.shape);
            Assert.Equal([0, 2], ys.Item2.shape);
            Assert.False(ReferenceEquals(state, x) && backend != "eager");
        }
    }
}
