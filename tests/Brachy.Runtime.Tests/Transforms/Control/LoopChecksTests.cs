using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Checks in all places of loops and choices: eager code and each backend say the same of the one that fails first.</summary>
[Trait("Category", "Quick")]
public class LoopChecksTests
{
    public static TheoryData<string> AllBackends => ScanTests.AllBackends;

    private static readonly Dictionary<string, (Func<Tensor, Tensor> Run, (double[] X, string? Message)[] Cases)> s_functions = new()
    {
        ["the condition of a while"] = (
            x => Loop.While(
                s =>
                {
                    Checks.Require(s < 10, "too large");
                    return s.sum() < 15;
                },
                s => s * 2, x),
            [
                ([2, 1.9], null), ([20, 1], "too large (at [0] of [2], in step 0 of a loop)"),
                ([1, 6], "too large (at [1] of [2], in step 1 of a loop)"),
            ]),
        ["the condition, as often as it is asked"] = (
            x => Loop.While(
                s =>
                {
                    Checks.Require(s.sum() < 10, "too large");
                    return s.sum() > -100;
                },
                s => s + 3, x, maxSteps: 3),

            // It is not asked after the third step.
            [([-7, 2], null), ([0, 2], "too large (in step 2 of a loop)"), ([3, 4], "too large (in step 1 of a loop)")]),
        ["the condition of a loop without steps"] = (
            x => Loop.While(
                s =>
                {
                    Checks.Require(s > 0, "not positive");
                    return s.sum() > -100;
                },
                s => s + 3, x, maxSteps: 0),
            [([-1, -1], null)]),
        ["condition and step"] = (
            x => Loop.While(
                s =>
                {
                    Checks.Require(s[0] < 10, "the first is too large");
                    return s.sum() < 1000;
                },
                s =>
                {
                    Checks.Require(s[1] < 5, "the second is too large");
                    return s * 2;
                },
                x),
            [
                ([2, 0.1], "the first is too large (in step 3 of a loop)"), ([2, 2], "the second is too large (in step 2 of a loop)"),
                ([10, 20], "the first is too large (in step 0 of a loop)"), ([5, 10], "the second is too large (in step 0 of a loop)"),
            ]),
        ["what would go on for ever"] = (
            x => Loop.While(
                s => F.abs(s.X).max() < 1e9,
                s =>
                {
                    Checks.Require(s.Steps < 7, "does not converge");
                    return (s.X * -1, s.Steps + 1);
                },
                (X: x, Steps: F.tensor(0L))).X,
            [([1, 2], "does not converge (in step 7 of a loop)")]),
        ["a loop in a condition"] = (
            x => Loop.While(
                s => Loop.For(0, 3, (i, y) =>
                {
                    Checks.Require(y[0] < 9, "too large");
                    return y + 1;
                }, s).sum() < 30,
                s => s + 2, x),
            [([0, 50], null), ([4, 0], "too large (in step 1 of a loop, in step 2 of a loop)")]),
        ["a choice in a condition, in a loop"] = (
            x => Loop.For(0, 2, (k, z) => Loop.While(
                s => Loop.Cond(s[0] > 3, y =>
                {
                    Checks.Require(y[1] > 0, "not positive");
                    return y.sum() < 9;
                }, y => y.sum() < 9, s),
                s => s + F.tensor(new[] { 1.0, -1.0 }), z + k.to(DType.Float64), maxSteps: 4), x),
            [([-9, -9], null), ([2, 2], "not positive (in step 2 of a loop, in step 0 of a loop)")]),
        ["the predicate of a choice"] = (
            x => Loop.Cond(Positive(x), y => y, y => y * 2, x),
            [([1, 2], null), ([1, -2], "not positive (at [1] of [2])")]),
        ["the predicate of a choice in a choice in a loop"] = (
            x => Loop.For(0, 4, (i, s) => Loop.Cond(
                i > 1, y => Loop.Cond(Positive(y), z => z - 1, z => z, y), y => y - 1, s), x),
            [([5, 5], null), ([-5, 3], "not positive (at [0] of [2], in step 2 of a loop)"), (
                [9, 3], "not positive (at [1] of [2], in step 3 of a loop)")]),
        ["a scan from the end"] = (
            x => Loop.Scan(
                (Tensor s, Tensor row) =>
                {
                    Checks.Require(row < 3, "too large");
                    return (s + row, s);
                },
                F.zeros([], DType.Float64), x, reverse: true).Outputs,
            [
                ([1, 2, 0, 1, 2, 1], null), ([1, 5, 0, 1, 2, 1], "too large (in step 4 (slice 1) of a loop)"),
                ([1, 5, 0, 1, 4, 1], "too large (in step 1 (slice 4) of a loop)"),
            ]),
        ["a scan from the end in one from the start"] = (
            x => Loop.Scan(
                (Tensor s, Tensor row) => (s + Loop.Scan(
                    (Tensor t, Tensor value) =>
                    {
                        Checks.Require(value < 3, "too large");
                        return (t + value, t);
                    },
                    s, row, reverse: true).State, s),
                F.zeros([], DType.Float64), F.reshape(x, [2, 3])).Outputs,
            [
                ([1, 2, 0, 1, 2, 1], null), ([1, 2, 0, 4, 2, 1], "too large (in step 2 (slice 0) of a loop, in step 1 of a loop)"),
                ([9, 9, 0, 4, 2, 1], "too large (in step 1 (slice 1) of a loop, in step 0 of a loop)"),
            ]),
        ["what fails first, not what comes first"] = (
            x => Loop.Scan(
                (Tensor s, Tensor row) =>
                {
                    Checks.Require(row < 3, "too large");
                    Loop.For(0, 2, (i, y) =>
                    {
                        Checks.Require(y > -3, "too small");
                        return y - 1;
                    }, row);
                    Checks.Require(F.ne(row, 0), "zero");
                    return (s + row, s);
                },
                F.zeros([], DType.Float64), x).Outputs,
            [
                ([1, 2, 2, 1], null), ([1, 0, 2, 9], "zero (in step 1 of a loop)"),
                ([1, -2, 0, 9], "too small (in step 1 of a loop, in step 1 of a loop)"),
                ([1, 1, -5, 9], "too small (in step 0 of a loop, in step 2 of a loop)"), ([4, 0, -5, 9], "too large (in step 0 of a loop)"),
            ]),
        ["a check behind a loop"] = (
            x =>
            {
                var y = Loop.For(0, 3, (i, s) =>
                {
                    Checks.Require(s.sum() < 8, "too large");
                    return s + 1;
                }, x);
                Checks.Require(y > 3, "too small");
                return y;
            },
            [([1, 1], null), ([0, 9], "too large (in step 0 of a loop)"), ([1, 3], "too large (in step 2 of a loop)"), (
                [0, 1], "too small (at [0] of [2])")]),
        ["running combinations"] = (
            x => Loop.AssociativeScan(
                (a, b) =>
                {
                    Checks.Require(b > 0, "not positive");
                    return a + b;
                },
                x),

            // Pairs (0, 1), (2, 3) first; then the pairs of these, and 2 with what is before it.
            [([-1, 2, 3, 4, 5], null), ([1, 2, 3, -4, 5], "not positive (at [1] of [2])"), (
                [1, 2, -3, 4, 5], "not positive (at [0] of [2])")]),
        ["running combinations from the end"] = (
            x => Loop.AssociativeScan(
                (a, b) =>
                {
                    Checks.Require(b > 0, "not positive");
                    return a + b;
                },
                x, reverse: true),
            [([1, 2, 3, 4, -5], null), ([1, -2, 3, 4, 5], "not positive (at [1] of [2])")]),
    };

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in s_functions.Keys)
        {
            foreach (var backend in new[] { "eager", "jit disabled", "interpreter", "torchscript", "vector code", "default" })
            {
                data.Add(name, backend);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AllSayTheSame(string name, string backend)
    {
        var (function, cases) = s_functions[name];
        using var disabled = backend == "jit disabled" ? Jit.Disable() : null;
        var run = Compiled(function, backend == "jit disabled" ? "default" : backend);
        foreach (var (values, message) in cases)
        {
            var x = F.tensor(values);
            if (message is null)
            {
                AssertClose(function(x), run(x));
            }
            else
            {
                Assert.Equal(message, Assert.Throws<CheckFailedException>(() => run(x)).Message);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllBackends))]
    public void ACheckedConditionIsDifferentiated(string backend)
    {
        static Tensor Run(Tensor x) => Loop.While(
            s =>
            {
                Checks.Require(s.Y < 100, "too large");
                return s.Y < 5;
            },
            s =>
            {
                Checks.Require(s.Y > -1, "too small");
                return (s.Y * F.sin(s.X) + s.X, s.X);
            },
            (Y: F.zeros_like(x), X: x), maxSteps: 20).Y;

        // y after three steps: x sin² x + x sin x + x.
        static Tensor Plain(Tensor x) => (x * F.sin(x) * F.sin(x)) + (x * F.sin(x)) + x;

        // While y < 5, from 0: 2, 2 + 2 sin 2 = 3.8, 5.5.
        var start = F.full([], 2.0, DType.Float64);
        AssertClose(Plain(start), Compiled<Tensor, Tensor>(Run, backend)(start));
        AssertClose(Grad.Of<Tensor>(Plain)(start), Compiled(Grad.Of<Tensor>(Run), backend)(start));
        AssertClose(Grad.Of(Grad.Of<Tensor>(Plain))(start), Compiled(Grad.Of(Grad.Of<Tensor>(Run)), backend)(start));
        Assert.Throws<CheckFailedException>(() => Compiled(Grad.Of<Tensor>(Run), backend)(F.full([], -2.0, DType.Float64)));
    }

    /// <summary>The condition is traced once, whether it has checks or not.</summary>
    [Fact]
    public void ACheckedConditionIsTracedOnce()
    {
        var (traces, steps) = (0, 0);
        var run = Jit.Compile((Tensor x) => Loop.While(
            s =>
            {
                traces++;
                Checks.Require(s < 100, "too large");
                return s < 5;
            },
            s =>
            {
                steps++;
                return s + 1;
            },
            x));
        Assert.Equal(5, (double)run.Invoke(F.full([], 1.0, DType.Float64)));
        Assert.Equal((1, 1), (traces, steps));
    }

    [Fact]
    public void AnEagerLoopNamesTheModuleToo()
    {
        var (tree, config) = new CheckedModel();
        var error = Assert.Throws<CheckFailedException>(() => Loop.Scan(
            (StructureTree model, Tensor x) => (model, CheckedModel.Apply(model, config, x).Output), tree, F.tensor(new[] { 1.0, 2, -1 }),
            reverse: true));
        Assert.Equal("not positive (in step 0 (slice 2) of a loop) (in 'inner')", error.Message);
    }

    private static Tensor Positive(Tensor x)
    {
        Checks.Require(x > 0, "not positive");
        return x.sum() > 0;
    }
}
