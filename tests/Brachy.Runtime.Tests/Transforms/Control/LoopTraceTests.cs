using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>How often functions of loops and choices are traced.</summary>
[Trait("Category", "Quick")]
public partial class LoopTraceTests
{
    /// <summary>A state with a static part.</summary>
    /// <param name="X">What changes.</param>
    /// <param name="Power">What does not.</param>
    [Tree]
    public partial record Powers(Tensor X, [property: Static] int Power);

    [Fact]
    public void NewValuesTraceNothingAndANewLengthTracesOnce()
    {
        var steps = 0;
        var run = Jit.Compile((Tensor h, Tensor xs) => Loop.Scan(
            (Tensor s, Tensor x) =>
            {
                steps++;
                return ((s * 0.5) + x, s);
            },
            h, xs));
        foreach (var (length, traces) in new[] { (5, 1), (5, 1), (8, 2), (5, 2), (8, 2), (100, 3), (100, 3) })
        {
            var xs = Rng.Normal([length, 2], DType.Float64, Rng.Seed(traces));
            var (state, outputs) = run.Invoke(F.ones([2], DType.Float64), xs);
            Assert.Equal((traces, traces), (run.TraceCount, steps));
            Assert.Equal([length, 2L], outputs.shape);
            var expected = F.ones([2], DType.Float64);
            for (var i = 0; i < length; i++)
            {
                expected = (expected * 0.5) + xs[i];
            }

            AssertClose(expected, state);
        }
    }

    [Fact]
    public void BoundsThatAreTensorsTraceOnce()
    {
        var run = Jit.Compile((Tensor n, Tensor x) => Loop.For(F.zeros([], DType.Int64), n, (i, s) => s * x, F.ones_like(x)));
        foreach (var n in new[] { 0, 1, 7, 50 })
        {
            Assert.Equal(Math.Pow(1.5, n), (double)run.Invoke(F.tensor((long)n), F.full([], 1.5, DType.Float64)), 1e-3);
        }

        Assert.Equal(1, run.TraceCount);
    }

    [Fact]
    public void StaticPartsOfAStateTraceAnewWhenTheyChange()
    {
        var steps = 0;
        var run = Jit.Compile((Powers state) => Loop.For(
            0, 2,
            (i, s) =>
            {
                steps++;
                return s with { X = F.pow(s.X, s.Power) };
            },
            state));
        foreach (var (power, traces) in new[] { (2, 1), (2, 1), (3, 2), (2, 2), (3, 2) })
        {
            var next = run.Invoke(new Powers(F.full([], 1.5, DType.Float64), power));
            Assert.Equal(Math.Pow(1.5, power * power), (double)next.X, 1e-9);
            Assert.Equal((power, traces, traces), (next.Power, run.TraceCount, steps));
        }
    }

    [Fact]
    public void EachBranchIsTracedOnceAndRunsAsOften()
    {
        var (first, second) = (0, 0);
        var run = Jit.Compile((Tensor x) => Loop.Cond(
            x > 0,
            y =>
            {
                first++;
                return y * 2;
            },
            y =>
            {
                second++;
                return -y;
            },
            x));
        foreach (var value in new[] { 1.0, -3.0, 2.0, -4.0, 0.0 })
        {
            Assert.Equal(value > 0 ? 2 * value : -value, (double)run.Invoke(F.full([], value, DType.Float64)));
        }

        Assert.Equal((1, 1, 1), (run.TraceCount, first, second));
    }

    /// <summary>Without compiling, functions run as they are written: once for each step, and the branch that is chosen alone.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EagerFunctionsRunOnceForEachStep(bool isGradient)
    {
        using var disabled = Jit.Disable();
        var counts = new Dictionary<string, int>();
        T Count<T>(string name, T value)
        {
            counts[name] = counts.GetValueOrDefault(name) + 1;
            return value;
        }

        Tensor Run(Tensor x)
        {
            var y = Loop.Scan((Tensor s, Tensor v) => Count("scan", (s + v, s)), x, F.ones([4, 2], DType.Float64)).State;
            y = Loop.Scan((Tensor s) => Count("steps", (s * 0.5, s)), y, 3).State;
            y = Loop.For(0, 5, (i, s) => Count("for", s + x), y);
            y = Loop.For(F.tensor(2L), F.tensor(4L), (i, s) => Count("open for", s + x), y);
            y = Loop.While(s => Count("condition", s.sum() < 100), s => Count("while", s * 2), y, maxSteps: 2);
            y = Loop.Cond(y.sum() > 0, s => Count("true", s), s => Count("false", -s), y);
            return Loop.Switch(F.tensor(1L), [s => Count("0", s), s => Count("1", s * 2), s => Count("2", s)], y).sum();
        }

        var function = Jit.Compile(isGradient ? Grad.Of<Tensor>(Run) : Run);
        function.Invoke(F.ones([2], DType.Float64));
        Assert.Equal(0, function.TraceCount);
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["scan"] = 4,
                ["steps"] = 3,
                ["for"] = 5,
                ["open for"] = 2,
                ["condition"] = 2,
                ["while"] = 2,
                ["true"] = 1,
                ["1"] = 1,
            },
            counts);
    }

    [Fact]
    public void AGradientTracesTheStepOnce()
    {
        var steps = 0;
        var run = Jit.Compile(Grad.Of((Tensor x) => Loop.For(
            0, 3,
            (i, s) =>
            {
                steps++;
                return F.sin(s) * x;
            },
            x)));
        for (var call = 0; call < 3; call++)
        {
            run.Invoke(F.full([], 0.3 * call, DType.Float64));
        }

        Assert.Equal((1, 1), (run.TraceCount, steps));
    }
}
