using Brachy.Compilation;
using Brachy.CompilerServices;
using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>What loops keep, copy and overwrite, and how long they are.</summary>
[Trait("Category", "Quick")]
public class LoopMemoryTests
{
    public static TheoryData<string> Compilers => ["torchscript", "interpreter", "vector code"];

    /// <summary>The elements that the forward loop keeps for its gradient, counted by hand.</summary>
    public static TheoryData<string, long> Kept => new()
    {
        // h' = tanh(w h + x): h' alone, which is also w's other factor one step later.
        { "rnn", 4 * 3 },

        // h' = h + sin x: x itself, which is there already.
        { "slices are not kept", 0 },

        // h' = h sin(w): sin w is computed once outside, and h is kept.
        { "what does not change is computed once", 4 * 3 },

        // h' = h + x: nothing.
        { "sums keep nothing", 0 },

        // h' = exp(h) x: exp(h); the slice x is there.
        { "products keep the other factor", 4 * 3 },

        // h' = σ(h x): h for x's gradient, and σ, which is h' again: one of both.
        { "gates", 4 * 3 },
    };

    [Theory]
    [MemberData(nameof(Kept))]
    public void TheForwardLoopKeepsNoMoreThanItsGradientNeeds(string name, long elements)
    {
        Func<Tensor, Tensor, Tensor, Tensor> step = name switch
        {
            "rnn" => (h, x, w) => F.tanh((w * h) + x),
            "slices are not kept" => (h, x, w) => h + F.sin(x),
            "what does not change is computed once" => (h, x, w) => h * F.sin(w),
            "sums keep nothing" => (h, x, w) => h + x,
            "products keep the other factor" => (h, x, w) => F.exp(h) * x,
            _ => (h, x, w) => F.sigmoid(h * x),
        };
        var gradient = Jit.Compile(Grad.Of(((Tensor H, Tensor Xs, Tensor W) a) => Loop.Scan(
            (Tensor h, Tensor x) => (step(h, x, a.W), default(ValueTuple)), a.H, a.Xs).State.sum()), backend: Backend.TorchScript);
        gradient.Invoke((F.ones([3], DType.Float64), F.ones([4, 3], DType.Float64), F.ones([3], DType.Float64)));
        var loops = gradient.Graph!.Equations.Where(e => e.Bodies.Count > 0).ToArray();
        var kept =
            loops.Length < 2 ? 0 : loops[0].Outputs.Skip(((LoopSettings)loops[0].Settings).Carries).Sum(o => o.Type.Shape.NumElements);
        Assert.Equal(elements, kept);
    }

    [Theory]
    [MemberData(nameof(Compilers))]
    public void ADonatedStateIsUpdatedInItsMemory(string backend)
    {
        var add = Jit.Create(
            "add", new Donated(), TreeHandler.Tensor, (Tensor x) => Loop.For(0, 5, (i, s) => s + 1, x), BackendOf(backend));
        for (var k = 0; k < 3; k++)
        {
            var x = F.full([64], 1.0, DType.Float64);
            var kept = x * 1;
            var memory = Address(x);
            var y = add.InvokeWith(x);
            AssertClose(kept + 5, y);
            Assert.Throws<DonatedTensorException>(() => x + 1);
            if (backend != "interpreter")
            {
                Assert.Equal(memory, Address(y));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Compilers))]
    public void WhatIsNotDonatedStaysAsItIs(string backend)
    {
        var run = Jit.Compile(
            (Tensor x) =>
            {
                var (a, b) = Loop.For(0, 5, (i, s) => (s.A + 1, s.B * 2), (A: x, B: x));
                var (c, d) = Loop.For(0, 3, (i, s) => (s.D, s.C + 1), (C: a, D: x));
                return (a, b, c, d, Loop.For(0, 0, (i, s) => s + 1, x));
            },
            backend: backend == "vector code" ? Backend.Default : BackendOf(backend));
        var x = F.full([3], 2.0, DType.Float64);
        for (var k = 0; k < 3; k++)
        {
            var (a, b, c, d, e) = run.Invoke(x);
            AssertClose(F.full([3], 2.0, DType.Float64), x);
            AssertClose(F.full([3], 7.0, DType.Float64), a);
            AssertClose(F.full([3], 64.0, DType.Float64), b);

            // (7, 2) → (2, 8) → (8, 3) → (3, 9).
            AssertClose(F.full([3], 3.0, DType.Float64), c);
            AssertClose(F.full([3], 9.0, DType.Float64), d);
            AssertClose(x, e);
        }
    }

    [Fact]
    public void AnEagerLoopFreesEachStateThatIsReplaced()
    {
        var x = F.full([256], 1.0, DType.Float64);
        Tensor? before = null;
        var y = Loop.For(0, 3, (i, s) =>
        {
            if (before is { } old && !ReferenceEquals(old, x))
            {
                Assert.Throws<ObjectDisposedException>(() => old + 1);
            }

            before = s;
            return s + 1;
        }, x);
        AssertClose(x + 3, y);

        // What the caller captured, and gave back as the state, is the caller's.
        var other = F.full([256], 5.0, DType.Float64);
        Loop.For(0, 3, (i, s) => other, x);
        AssertClose(F.full([256], 5.0, DType.Float64), other);
    }

    private static nint Address(Tensor x)
    {
        using var use = x.Use();
        return use.Buffer.DenseMemory(x.numel());
    }

    private sealed class Donated : TreeHandler<Tensor>
    {
        public override void Flatten(Tensor value, TreeFlattener flattener)
        {
            flattener.Argument("x", donated: true);
            flattener.Leaf(value);
        }

        public override Tensor Unflatten(TreeUnflattener unflattener) => unflattener.Leaf()!;
    }
}
