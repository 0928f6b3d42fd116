using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Tensors that are given away to calls with loops and choices in them.</summary>
[Trait("Category", "Quick")]
public class LoopDonationTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> s_functions = new()
    {
        ["state"] = (x, w) => Loop.For(0, 5, (i, s) => (s * 0.5) + 1, x),
        ["captured"] = (x, w) => Loop.For(0, 3, (i, s) => s * w, x),
        ["captured alone"] = (x, w) => Loop.For(0, 3, (i, s) => s + x, w.expand(4, 3) * 1),
        ["state and captured"] = (x, w) => Loop.For(0, 3, (i, s) => s + (x * 0.5), x),
        ["twice in the state"] = (x, w) => Loop.For(0, 3, (i, s) => (s.A + 1, s.B * 2), (A: x, B: x)) is var (a, b) ? a + b : x,
        ["states that change places"] = (x, w) => Loop.For(0, 3, (i, s) => (s.B, s.A + 1), (A: x, B: x)) is var (a, b) ? a - b : x,
        ["slices"] = (x, w) => Loop.Scan((Tensor s, Tensor row) => (s + row, row * 2), w, x).Outputs,
        ["slices from the end"] = (x, w) => Loop.Scan((Tensor s, Tensor row) => (s + row, s), w, x, reverse: true).Outputs,
        ["slices and captured"] = (x, w) => Loop.Scan((Tensor s, Tensor row) => (s + x.sum(0), row + s), w, x).Outputs,
        ["slices and state"] = (x, w) => Loop.Scan((Tensor s, Tensor row) => (s * 0.5, row), x, x).State,
        ["no steps"] = (x, w) => Loop.For(0, 0, (i, s) => s + 1, x),
        ["no steps, two states of one tensor"] = (x, w) => Loop.For(0, 0, (i, s) => (s.B, s.A), (A: x, B: x)).A,
        ["no steps of a number that is not known"] = (x, w) => Loop.For(
            F.ones([], DType.Int64), F.zeros([], DType.Int64), (i, s) => s + 1, x),
        ["a condition that never holds"] = (x, w) => Loop.While(s => s.sum() > 1e9, s => s * 2, x),
        ["a condition"] = (x, w) => Loop.While(s => s.sum() < 100, s => (s * 2) + w, x),
        ["a branch"] = (x, w) => Loop.Cond(w.sum() > 0, y => y * w, y => y, x),
        ["a branch that gives its operand"] = (x, w) => Loop.Cond(w.sum() < 0, y => y * w, y => y, x),
        ["a branch that gives what it captures"] = (x, w) => Loop.Cond(w.sum() > 0, () => x, () => x * 2),
        ["a loop in a loop"] = (x, w) => Loop.For(0, 2, (i, s) => Loop.For(0, 2, (j, t) => (t * w) + s, s), x),
        ["a choice in a loop"] = (x, w) => Loop.For(0, 4, (i, s) => Loop.Cond(s.sum() > 20, t => t * 0.5, t => t + w, s), x),
        ["a gradient"] = (x, w) => x + Grad.Of((Tensor v) => Loop.For(0, 3, (i, s) => F.sin(s * v), x).sum())(w),
        ["running sums"] = (x, w) => Loop.AssociativeScan((a, b) => a + b, x),
    };

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in s_functions.Keys)
        {
            foreach (var backend in new[] { "interpreter", "torchscript", "vector code", "default" })
            {
                data.Add(name, backend);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WhatIsGivenAwayIsGoneAndNothingElseChanges(string name, string backend)
    {
        var function = s_functions[name];
        foreach (var donate in new int[][] { [], [0], [1], [0, 1] })
        {
            var run = Jit.Compile((Tensor x, Tensor w) => (function(x, w), w + 1), donate: donate, backend: BackendOf(backend));
            for (var call = 0; call < 3; call++)
            {
                var (x, w) = Arguments(call);
                var (keptX, keptW) = Arguments(call);
                var expected = function(keptX, keptW) * 1;
                var (y, z) = run.Invoke(x, w);
                AssertClose(expected, y);
                AssertClose(keptW + 1, z);
                AssertLeft(x, keptX, donate.Contains(0));
                AssertLeft(w, keptW, donate.Contains(1));

                // Results have memory of their own: whoever gets them may give them away, and overwrite them.
                AssertClose(expected + 1, Increment(y));
                AssertLeft(x, keptX, donate.Contains(0));
                AssertLeft(w, keptW, donate.Contains(1));
                AssertClose(keptW + 1, z);
            }
        }
    }

    /// <summary>The compiled code reads what it captured for as long as it lives, so that the state begins with a copy.</summary>
    [Theory]
    [InlineData("interpreter")]
    [InlineData("torchscript")]
    [InlineData("vector code")]
    public void WhatTheFunctionItselfCapturesIsNotOverwritten(string backend)
    {
        var outside = F.ones([3], DType.Float64);
        var run = Jit.Compile((Tensor x) => Loop.For(0, 3, (i, s) => s + outside, x), donate: [0], backend: BackendOf(backend));
        AssertClose(F.full([3], 5, DType.Float64), run.Invoke(F.full([3], 2, DType.Float64)));
        AssertClose(F.full([3], 4, DType.Float64), run.Invoke(outside));
        Assert.Throws<DonatedTensorException>(() => outside + 1);
        AssertClose(F.full([3], 5, DType.Float64), run.Invoke(F.full([3], 2, DType.Float64)));
    }

    private static Tensor Increment(Tensor x) => Jit.Compile((Tensor v) => v + 1, donate: [0]).Invoke(x);

    private static (Tensor X, Tensor W) Arguments(int seed) =>
        (F.abs(Rng.Normal([4, 3], DType.Float64, Rng.Seed(seed))), F.abs(Rng.Normal([3], DType.Float64, Rng.Seed(seed + 10))));

    private static void AssertLeft(Tensor x, Tensor kept, bool isGone)
    {
        if (isGone)
        {
            Assert.Throws<DonatedTensorException>(() => x + 1);
        }
        else
        {
            AssertClose(kept, x, tolerance: 0);
        }
    }
}
