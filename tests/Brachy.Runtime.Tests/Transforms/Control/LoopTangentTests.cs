using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Derivatives of loops and choices in forward mode: compiled ones are those of the unrolled C# loops.</summary>
public class LoopTangentTests
{
    private static readonly Tensor s_w = Make.Real([3, 3], seed: 1) * 0.5;
    private static readonly Tensor s_h = Make.Real([3], seed: 2);
    private static readonly Tensor s_xs = Make.Real([5, 3], seed: 3);

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor, (Tensor, Tensor)>> s_programs = new()
    {
        ["scan"] = (w, h, xs) => Brachy.Control.Scan((Tensor s, Tensor x) => Both(F.tanh(w.matmul(s) + x)), h, xs),
        ["scan, reverse"] = (w, h, xs) => Brachy.Control.Scan((Tensor s, Tensor x) => Both(F.tanh(w.matmul(s) * x)), h, xs, reverse: true),
        ["scan, checkpoint"] = (w, h, xs) =>
            Brachy.Control.Scan((Tensor s, Tensor x) => Both(F.sin(w.matmul(s) + x)), h, xs, checkpoint: true),
        ["scan with carries that do not change and integers"] = (w, h, xs) =>
        {
            var ((s, _, _), ys) = Brachy.Control.Scan(
                ((Tensor S, Tensor W, Tensor N) c, Tensor x) =>
                    ((F.sin(c.W.matmul(c.S)) * x / (c.N + 1), c.W, c.N + 1), (c.S * x).sum()), (h, w, F.full([], 0, DType.Int64)), xs);
            return (s, ys);
        },
        ["scan whose result is only a stack"] = (w, h, xs) =>
            (h, Brachy.Control.Scan((Tensor s, Tensor x) => (s, F.exp(s * x)), h, xs).Outputs),
        ["scan of length 0"] = (w, h, xs) => Brachy.Control.Scan((Tensor s, Tensor x) => Both(s * x), h, F.narrow(xs, 0, 0, 0)),
        ["scan in a scan"] = (w, h, xs) => Brachy.Control.Scan(
            (Tensor s, Tensor x) => Both(Brachy.Control.Scan((Tensor t, Tensor y) => (F.sin(t * y), y), s, w).State + x), h, xs),
        ["while without maxSteps"] = (w, h, xs) =>
            (Brachy.Control.While(s => (s * s).sum() < 20, s => s * 1.5 + xs[0] * 0.1, h * h + 0.1), w.matmul(h)),
        ["while with maxSteps"] = (w, h, xs) => (
            Brachy.Control.While(
                s => (s.A * s.A).sum() < 20, s => (s.A * (1 + s.B), s.B), (A: h * h + 0.1, B: xs[0] * xs[0]), maxSteps: 30).A, h),
        ["for"] = (w, h, xs) => (Brachy.Control.For(0, 4, (i, s) => F.tanh(w.matmul(s) + i.to(DType.Float64)), h), h),
        ["cond"] = (w, h, xs) => (
            Brachy.Control.Cond(h.sum() > 100, x => F.exp(x), x => F.sin(x) * w[0], h),
            Brachy.Control.Cond(h.sum() < 100, x => x * xs[0], x => x, h)),
        ["switch in a scan"] = (w, h, xs) => Brachy.Control.Scan(
            ((Tensor S, Tensor N) c, Tensor x) => (
                (Brachy.Control.Switch<Tensor, Tensor>(c.N, [s => s * x, s => F.sin(s) + w[0], s => s], c.S), c.N + 1), c.S),
            (h, F.full([], 0, DType.Int64)), xs) is var (state, ys) ? (state.Item1, ys) : default,
    };

    public static TheoryData<string> Programs => [.. s_programs.Keys];

    [Theory]
    [MemberData(nameof(Programs))]
    public void JvpOfALoopIsThatOfTheUnrolledOne(string program)
    {
        var (args, vs) = ((s_w, s_h, s_xs), (Make.Real([3, 3], seed: 4), Make.Real([3], seed: 5), Make.Real([5, 3], seed: 6)));
        var run = s_programs[program];
        var expected = Grad.Jvp(run, args, vs);
        foreach (var backend in new[] { Backend.Interpreter, Backend.Default })
        {
            var compiled = Jit.Compile((Tensor w, Tensor h, Tensor xs) => Grad.Jvp(run, (w, h, xs), vs), backend: backend);
            var (value, tangent) = compiled.Invoke(s_w, s_h, s_xs);
            Close(expected.Value.Item1, value.Item1, program);
            Close(expected.Value.Item2, value.Item2, program);
            Close(expected.Tangent.Item1, tangent.Item1, program);
            Close(expected.Tangent.Item2, tangent.Item2, program);
        }

        // Along one argument only, so that some carries have a tangent and others none.
        var alone = Grad.Jvp((Tensor h) => run(s_w, h, s_xs), s_h, vs.Item2).Tangent;
        var traced = Jit.Compile((Tensor h) => Grad.Jvp((Tensor x) => run(s_w, x, s_xs), h, vs.Item2).Tangent).Invoke(s_h);
        Close(alone.Item1, traced.Item1, program);
        Close(alone.Item2, traced.Item2, program);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void OrdersNest(string program)
    {
        var run = s_programs[program];
        var v = Make.Real([3], seed: 5);
        Tensor Total(Tensor h)
        {
            var (a, b) = run(s_w, h, s_xs);
            return (a * a).sum() + (b * b * b).sum();
        }

        var expected = Grad.Jvp((Tensor h) => Grad.Jvp(Total, h, v).Tangent, s_h, v).Tangent;
        Close(
            expected, Jit.Compile((Tensor h) => Grad.Jvp((Tensor y) => Grad.Jvp(Total, y, v).Tangent, h, v).Tangent).Invoke(s_h), program);
        Close(
            expected, (Jit.Compile((Tensor h) => Grad.Linearize((Tensor y) => Grad.Jvp(Total, y, v).Tangent, h).Jvp(v)).Invoke(s_h)),
            program);
        if (program != "while without maxSteps")
        {
            var hessian = Grad.HessianVectorProduct(Total, s_h, v);
            Close(expected, (hessian * v).sum(), program);
            Close(hessian, Jit.Compile((Tensor h) => Grad.HessianVectorProduct(Total, h, v)).Invoke(s_h), program);
            Close(hessian, Jit.Compile((Tensor h) => Grad.Of((Tensor y) => Grad.Jvp(Total, y, v).Tangent)(h)).Invoke(s_h), program);
        }
    }

    /// <summary>The loop with tangents takes the place of the one without, which would compute the same again.</summary>
    [Fact]
    public void ThereIsOneLoop()
    {
        foreach (var name in new[] { "scan", "while with maxSteps", "for" })
        {
            var compiled = Jit.Compile((Tensor w, Tensor h, Tensor xs) => Grad.Jvp(s_programs[name], (w, h, xs), (w, h, xs)));
            compiled.Invoke(s_w, s_h, s_xs);
            Assert.Single(compiled.Graph!.Equations, e => e.Primitive == F.Scan || e.Primitive == F.While);
            GraphChecker.Check(compiled.Graph!);
        }
    }

    private static (Tensor, Tensor) Both(Tensor x) => (x, x);

    private static void Close(Tensor expected, Tensor actual, string what) => OpCheck.AssertClose(expected, actual, 1e-10, what);
}
