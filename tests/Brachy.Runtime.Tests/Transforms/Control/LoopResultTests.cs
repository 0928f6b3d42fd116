using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>What loops and choices give has handles of its own: disposing it disposes nothing else.</summary>
[Trait("Category", "Quick")]
public class LoopResultTests
{
    private static readonly Tensor s_outside = F.full([2], 7.0, DType.Float64);

    private static readonly Dictionary<string, Func<Tensor, Tensor[]>> s_functions = new()
    {
        ["scan"] = x => Loop.Scan((Tensor s, Tensor row) => (s + row, s), x[0], x) is var (a, b) ? [a, b] : [],
        ["scan that stacks its state"] = x => Loop.Scan((Tensor s, Tensor row) => (s + row) is var n ? (n, n) : (s, s), x[0], x)
            is var (a, b) ? [a, b] : [],
        ["scan whose state stays"] = x => Loop.Scan((Tensor s, Tensor row) => (s, row), x, x) is var (a, b) ? [a, b] : [],
        ["scan of no slices"] = x => Loop.Scan((Tensor s, Tensor row) => (s + row, s), x[0], x.narrow(0, 0, 0)) is var (a, b) ? [a, b] : [],
        ["scan of no slices, whole state"] = x =>
            Loop.Scan((Tensor s, Tensor row) => (s + 1, s), x, F.zeros([0])) is var (a, b) ? [a, b] : [],
        ["scan of no steps"] = x => Loop.Scan((Tensor s) => (s + 1, default(ValueTuple)), x, 0) is var (a, _) ? [a] : [],
        ["for"] = x => [Loop.For(0, 3, (i, s) => s + 1, x)],
        ["for without steps"] = x => [Loop.For(3, 3, (i, s) => s + 1, x)],
        ["for whose state stays"] = x => [Loop.For(0, 3, (i, s) => s, x)],
        ["for that gives what it captures"] = x => [Loop.For(0, 3, (i, s) => s_outside, x[0])],
        ["for with the same state twice"] = x => Loop.For(0, 2, (i, s) => (s.A + 1) is var n ? (n, n) : s, (A: x, B: x)) is var (a, b)
            ? [a, b] : [],
        ["for without steps, with the same state twice"] = x => Loop.For(0, 0, (i, s) => (s.A + 1, s.B), (A: x, B: x)) is var (a, b)
            ? [a, b] : [],
        ["for between tensors, without steps"] = x => [Loop.For(F.tensor(2L), F.tensor(2L), (i, s) => s + 1, x)],
        ["while"] = x => [Loop.While(s => s.sum() < 100, s => s * 2, x)],
        ["while without steps"] = x => [Loop.While(s => s.sum() < -1e9, s => s * 2, x)],
        ["while with at most no step"] = x => [Loop.While(s => s.sum() < 100, s => s * 2, x, maxSteps: 0)],
        ["cond"] = x => [Loop.Cond(x.sum() > -1e9, y => y, y => y + 1, x)],
        ["cond that gives what it captures"] = x => [Loop.Cond(x.sum() > -1e9, () => s_outside, () => F.zeros_like(s_outside))],
        ["cond that makes something"] = x => [Loop.Cond(x.sum() < -1e9, y => y, y => (y + 1) * 2, x)],
        ["switch"] = x => Loop.Switch(F.tensor(1L), [y => (y + 1, y), y => (y, y)], x) is var (a, b) ? [a, b] : [],
        ["running sums of one"] = x => [Loop.AssociativeScan((a, b) => a + b, x.narrow(0, 0, 1))],
        ["running sums of one, whole"] = x => [Loop.AssociativeScan((a, b) => a + b, x[0].unsqueeze(0))],
        ["running sums of one from the end"] = x => [Loop.AssociativeScan((a, b) => a + b, x.narrow(0, 0, 1), reverse: true)],
        ["running sums of none"] = x => [Loop.AssociativeScan((a, b) => a + b, x.narrow(0, 0, 0))],
        ["running sums"] = x => [Loop.AssociativeScan((a, b) => a + b, x)],
        ["running pairs"] = x => Loop.AssociativeScan((a, b) => (a.A + b.A, a.A + b.A), (A: x, B: x)) is var (a, b) ? [a, b] : [],
    };

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in s_functions.Keys)
        {
            foreach (var way in new[] { "eager", "jit disabled", "gradient", "interpreter", "torchscript", "default" })
            {
                // What a compiled function gives of its arguments as it is, is the argument, with loops or without.
                if (way is "eager" or "jit disabled" or "gradient"
                    || !(name.Contains("state stays", StringComparison.Ordinal) || name == "for without steps, with the same state twice"))
                {
                    data.Add(name, way);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ResultsAreDisposedAlone(string name, string way)
    {
        var function = s_functions[name];
        var x = F.tensor(new[,] { { 1.0, 2.0 }, { 3.0, 4.0 }, { 5.0, 6.0 } });
        var expected = Array.ConvertAll(function(x), result => result.ToArray<double>());
        using var disabled = way == "jit disabled" ? Jit.Disable() : null;
        if (way == "gradient")
        {
            Grad.Of((Tensor v) =>
            {
                DisposeOneByOne(function(v));
                return v.sum();
            })(x);
        }
        else
        {
            DisposeOneByOne([.. Compiled((Tensor v) => function(v).ToList(), way == "jit disabled" ? "default" : way)(x)]);
        }

        Assert.Equal([1.0, 2, 3, 4, 5, 6], x.ToArray<double>());
        Assert.Equal([7.0, 7.0], s_outside.ToArray<double>());

        void DisposeOneByOne(Tensor[] results)
        {
            for (var i = 0; i < results.Length; i++)
            {
                // Those that are left are whole, whatever was disposed before them.
                Assert.Equal(expected[i], results[i].ToArray<double>());
                results[i].Dispose();
            }
        }
    }

    [Fact]
    public void AnEagerLoopFreesWhatItHasStacked()
    {
        var rows = new List<Tensor>();
        var (state, stack) = Loop.Scan(
            (Tensor s, Tensor row) =>
            {
                var next = s + row;
                rows.Add(next);
                return (next, next);
            },
            F.zeros([2], DType.Float64), F.ones([3, 2], DType.Float64));
        AssertClose(F.tensor(new[,] { { 1.0, 1.0 }, { 2.0, 2.0 }, { 3.0, 3.0 } }), stack);
        AssertClose(F.tensor(new[] { 3.0, 3.0 }), state);
        Assert.All(rows[..2], row => Assert.Throws<ObjectDisposedException>(() => row + 1));
    }
}
