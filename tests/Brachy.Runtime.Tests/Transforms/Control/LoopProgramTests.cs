using Brachy.NN;
using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>
/// Programs as users write them, with all kinds of states, operands and captured tensors, against the same in C# loops: values, gradients
/// and second derivatives, eagerly and by each backend.
/// </summary>
[Trait("Category", "Quick")]
public partial class LoopProgramTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.3, -0.7, 1.1 });
    private static readonly Tensor s_w = F.tensor(new[,] { { 0.5, -0.3, 0.1 }, { 0.2, 0.7, -0.4 }, { 0.3, 0.1, 0.9 } });

    /// <summary>A state with all kinds of members.</summary>
    /// <param name="X">A tensor.</param>
    /// <param name="Rest">A tensor that need not be there.</param>
    /// <param name="Steps">A number that changes.</param>
    /// <param name="Name">A static part.</param>
    /// <param name="Rates">Another.</param>
    [Tree]
    public partial record State(
        Tensor X, Tensor? Rest, Tensor Steps, [property: Static] string Name, [property: Static] IReadOnlyList<double> Rates);

    /// <summary>A loop, the same in C#, and whether it has a gradient.</summary>
    private sealed record Program(Func<Tensor, Tensor> Run, Func<Tensor, Tensor> Plain, bool IsSmooth = true);

    private static readonly Func<Tensor, Tensor, Tensor> s_compiled = Jit.Compile((Tensor s, Tensor x) => F.sin(s) * x).Invoke;

    private static readonly Dictionary<string, Program> s_programs = new()
    {
        ["a scan in a choice in a while"] = new(
            x => Loop.While(
                s => s.N < 4,
                s => (Loop.Cond(
                    s.X.sum() > 0.5,
                    y => Loop.Scan((Tensor a, Tensor row) => (F.tanh(a + row), a), y, s_w).State,
                    y => Loop.For(0, 2, (i, a) => a * a + x, y), s.X), s.N + 1),
                (X: x, N: F.tensor(0L)), maxSteps: 6).X,
            x =>
            {
                var y = x;
                for (var n = 0; n < 4; n++)
                {
                    if ((double)y.sum() > 0.5)
                    {
                        for (var i = 0; i < 3; i++)
                        {
                            y = F.tanh(y + s_w[i]);
                        }
                    }
                    else
                    {
                        y = (y * y) + x;
                        y = (y * y) + x;
                    }
                }

                return y;
            }),
        ["a record with static parts and a member that is not there"] = new(
            x => Loop.For(0, 3, (i, s) => s with { X = s.X * s.Rates[1] + s.Steps.to(DType.Float64), Steps = s.Steps + s.Name.Length },
                new State(x, null, F.tensor(1L), "abc", [0.1, 0.5])) is var r ? r.X * r.Steps.to(DType.Float64) : x,
            x =>
            {
                var (y, n) = (x, 1);
                for (var i = 0; i < 3; i++)
                {
                    (y, n) = ((y * 0.5) + n, n + 3);
                }

                return y * n;
            }),
        ["states without tensors"] = new(
            x => Loop.Scan((ValueTuple s, Tensor row) => (s, F.sin(row * x)), default(ValueTuple), s_w).Outputs.sum(0),
            x => F.sin(s_w * x).sum(0)),
        ["lists without elements"] = new(
            x => Loop.Scan((List<Tensor> s, Tensor row) => (s, (row * x, s)), new List<Tensor>(), s_w) is var (s, (y, e))
                && s.Count == 0 && e.Count == 0 ? y.sum(0) : x,
            x => (s_w * x).sum(0)),
        ["whole numbers and truth values go along"] = new(
            x => Loop.For(
                1, 5, (i, s) => (F.where(s.Odd, s.X * s.N.to(DType.Float64), s.X + x), s.N + i, F.logical_not(s.Odd), s.Small - 1),
                (X: x, N: F.tensor(1L), Odd: F.tensor(true), Small: F.full([2], 3, DType.Int32))) is var r
                ? r.X * r.N.to(DType.Float64) + r.Small.to(DType.Float64).sum() + r.Odd.to(DType.Float64) : x,
            x =>
            {
                var (y, n, odd) = (x, 1L, true);
                for (var i = 1; i < 5; i++)
                {
                    (y, n, odd) = (odd ? y * n : y + x, n + i, !odd);
                }

                return (y * n) - 2 + 1;
            }),
        ["a constant and a tensor are captured"] = new(
            x => Loop.For(0, 3, (i, s) => F.tanh(s_w.matmul(s) + F.exp(x)), F.zeros_like(x)),
            x => Repeat(3, F.zeros_like(x), s => F.tanh(s_w.matmul(s) + F.exp(x)))),
        ["the same tensor is state, slices and captured"] = new(
            x => Loop.Scan((Tensor s, Tensor e) => (s * e + x, s.sum() * e), x, x) is var (s, e) ? s + e : x,
            x =>
            {
                var (s, outputs) = (x, new List<Tensor>());
                for (var i = 0; i < 3; i++)
                {
                    outputs.Add(s.sum() * x[i]);
                    s = (s * x[i]) + x;
                }

                return s + F.stack(outputs);
            }),
        ["what is given is the slice, the state, and something captured"] = new(
            x => Loop.Scan((Tensor s, Tensor row) => (s + row, (row, s, x, s_w)), x, s_w * x) is var (s, (a, b, c, d))
                ? s + a.sum(0) + b.prod(0) + c.sum(0) + d.sum([0, 1]) : x,
            x =>
            {
                var rows = s_w * x;
                var (s, states) = (x, new List<Tensor>());
                for (var i = 0; i < 3; i++)
                {
                    states.Add(s);
                    s += rows[i];
                }

                return s + rows.sum(0) + F.stack(states).prod(0) + (x * 3) + (s_w.sum(0) * 3);
            }),
        ["backwards over transposed and repeated slices"] = new(
            x => Loop.Scan(
                (Tensor s, (Tensor A, Tensor B) e) => (F.sin(s) * e.A + e.B, s), x, (F.transpose(s_w * x, 0, 1), x.expand(3, 3)),
                reverse: true)
                is var (s, y) ? s * y[0] + y[2] : x,
            x =>
            {
                var a = F.transpose(s_w * x, 0, 1);
                var (s, y) = (x, new Tensor[3]);
                for (var i = 2; i >= 0; i--)
                {
                    y[i] = s;
                    s = (F.sin(s) * a[i]) + x;
                }

                return (s * y[0]) + y[2];
            }),
        ["no slices, with a gradient"] = new(
            x => Loop.Scan((Tensor s, Tensor row) => (s * row, s), x * x, (s_w * x).narrow(0, 0, 0)) is var (s, y) ? s + y.sum(0) : x,
            x => x * x),
        ["no steps, and captured tensors that have a gradient"] = new(
            x =>
            {
                var (y, w) = (x * x, F.sin(x));
                var (s, rows) = Loop.Scan((Tensor h, Tensor row) => (h * y + row, (h * w, y)), y, (s_w * x).narrow(0, 0, 0));
                var (t, more) = Loop.Scan((Tensor h) => (h * w, h * y), w, 0);
                var z = Loop.For(2, 2, (i, h) => h * y * w, y);
                return s + rows.Item1.sum(0) + rows.Item2.sum(0) + t + more.sum(0) + z;
            },
            x => (x * x * 2) + F.sin(x)),
        ["as many steps as there may be"] = new(
            x => Loop.While(s => s.X.sum() < 1e6, s => (s.X * s.K + 1, s.K), (X: x, K: x), maxSteps: 5).X,
            x => Repeat(5, x, s => (s * x) + 1)),
        ["one step fewer than there may be"] = new(
            x => Loop.While(s => s.N < 4, s => (s.X * x + 1, s.N + 1), (X: x, N: F.tensor(0L)), maxSteps: 5).X,
            x => Repeat(4, x, s => (s * x) + 1)),
        ["a while that keeps its states only"] = new(
            x => Loop.While(s => s.N < 4, s => (F.sin(s.X * x) + 1, s.N + 1), (X: x, N: F.tensor(0L)), maxSteps: 7, checkpoint: true).X,
            x => Repeat(4, x, s => F.sin(s * x) + 1)),
        ["a for between tensors that keeps its states only"] = new(
            x => Loop.For(F.tensor(1L), F.tensor(4L), (i, s) => F.sin(s * x) + i.to(DType.Float64), x, maxSteps: 7, checkpoint: true),
            x => F.sin((F.sin((F.sin(x * x) + 1) * x) + 2) * x) + 3),
        ["the last of many slices"] = new(
            x => Loop.Scan((Tensor s, Tensor row) => (row * x, default(ValueTuple)), x, s_w.expand(7, 3, 3).sum(1)).State,
            x => s_w.sum(0) * x),
        ["a number as the next state"] = new(
            x => Loop.For(0, 3, (i, s) => (s.Y, F.full([], 2.0, DType.Float64)), (X: F.full([], 0.0, DType.Float64), Y: x.sum())) is var r
                ? r.X * x + r.Y : x,
            x => (x * 2) + 2),
        ["a choice by index"] = new(
            x => Loop.For(0, 4, (i, s) => Loop.Switch(i - 1, [y => y * x, F.sin, y => y + s_w.sum(0)], s), x),
            x => F.sin(x * x * x) + s_w.sum(0)),
        ["a choice of one"] = new(
            x => Loop.Switch(F.tensor(3L), [y => F.exp(y) * x], x), x => F.exp(x) * x),
        ["a choice that captures all it needs"] = new(
            x => Loop.Cond((x > 5).any(), () => F.log(x), () => F.exp(x) * s_w.sum(0)), x => F.exp(x) * s_w.sum(0)),
        ["a gradient in a step"] = new(
            x => Loop.For(0, 3, (i, s) => s - 0.1 * Grad.Of((Tensor y) => (F.sin(y * x) * y).sum())(s), x),
            x => Repeat(3, x, s => s - (0.1 * (F.sin(s * x) + (s * x * F.cos(s * x)))))),
        ["a gradient of a loop in a step"] = new(
            x => Loop.For(0, 2, (i, s) => s - 0.1 * Grad.Of((Tensor y) => Loop.For(0, 2, (j, z) => z * y, x).sum())(s), x),
            x => Repeat(2, x, s => s - (0.1 * 2 * s * x))),
        ["a compiled function in a step"] = new(
            x => Loop.For(0, 3, (i, s) => s_compiled(s, x), x), x => Repeat(3, x, s => F.sin(s) * x)),
        ["what has no gradient"] = new(
            x => Loop.For(0, 3, (i, s) => s * F.stop_gradient(s * x) + x, x), x => Repeat(3, x, s => (s * F.stop_gradient(s * x)) + x)),
        ["elements of no number"] = new(
            x => Loop.Scan(
                (Tensor s, Tensor row) => (F.cat([s, s], 0) is var d ? d.narrow(0, 0, 0) : s, row * x), F.zeros([0], DType.Float64), s_w)
                is var (s, y) ? y.sum(0) + s.sum() : x,
            x => (s_w * x).sum(0)),
        ["tokens that are looked up"] = new(
            x => Loop.Scan(
                (Tensor s, Tensor token) => (F.tanh(s + F.embedding(s_w * x, token)), token), x,
                F.tensor(new[] { 2L, 0, 2, 1 })) is var (s, t)
                ? s + t.sum().to(DType.Float64) : x,
            x =>
            {
                var s = x;
                foreach (var token in new[] { 2, 0, 2, 1 })
                {
                    s = F.tanh(s + (s_w * x)[token]);
                }

                return s + 5;
            }),
        ["lists, dictionaries and tuples in each other"] = new(
            x => Loop.For(
                0, 3,
                (i, s) => new Dictionary<string, (Tensor, List<Tensor>)>
                {
                    ["a"] = (s["a"].Item2[1], [s["a"].Item1 * x, F.sin(s["a"].Item2[0])])
                },
                new Dictionary<string, (Tensor, List<Tensor>)> { ["a"] = (x, [x * 2, x * 3]) }) is var d
                ? d["a"].Item1 + d["a"].Item2[0] * d["a"].Item2[1] : x,
            x =>
            {
                var (a, b, c) = (x, x * 2, x * 3);
                for (var i = 0; i < 3; i++)
                {
                    (a, b, c) = (c, a * x, F.sin(b));
                }

                return a + (b * c);
            }),
        ["single precision on the way"] = new(
            x => Loop.For(0, 3, (i, s) => (s * 0.5f).to(DType.Float32) + x.to(DType.Float32), x.to(DType.Float32)).to(DType.Float64),
            x => Repeat(3, x.to(DType.Float32), s => (s * 0.5f) + x.to(DType.Float32)).to(DType.Float64)),
        ["a running maximum and where it was"] = new(
            x => Loop.Scan(
                ((Tensor Best, Tensor At) s, (Tensor V, Tensor I) e) => (
                    (F.where(e.V > s.Best, e.V, s.Best), F.where(e.V > s.Best, e.I, s.At)), s.Best),
                (F.full([], -9.0, DType.Float64), F.tensor(-1L)), (x * x, F.arange(3))) is var ((best, at), bests)
                ? best * x + at.to(DType.Float64) + F.clamp(bests, min: 0) : x,
            x => (x[2] * x[2] * x) + 2 + F.stack([F.zeros([], DType.Float64), x[0] * x[0], x[1] * x[1]])),
    };

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in s_programs.Keys)
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
    public void ValuesAndDerivativesAreThoseOfPlainCode(string name, string backend)
    {
        var program = s_programs[name];
        using var disabled = backend == "jit disabled" ? Jit.Disable() : null;
        var way = backend == "jit disabled" ? "default" : backend;
        Compare(program.Plain, program.Run);
        Func<Tensor, Tensor> Slope(Func<Tensor, Tensor> f) => Grad.Of((Tensor x) => (f(x) * F.cos(x)).sum());
        Compare(Slope(program.Plain), Slope(program.Run));
        Func<Tensor, Tensor> Second(Func<Tensor, Tensor> f) => Grad.Of((Tensor x) => F.sin(Slope(f)(x)).sum());
        Compare(Second(program.Plain), Second(program.Run));

        void Compare(Func<Tensor, Tensor> plain, Func<Tensor, Tensor> run)
        {
            var x = s_x * 1;
            var compiled = Compiled(run, way);
            for (var call = 0; call < 2; call++)
            {
                Tensor found;
                try
                {
                    found = compiled(x);
                }
                catch (NotSupportedException error) when (backend == "vector code")
                {
                    Assert.StartsWith("Vector code cannot run ", error.Message, StringComparison.Ordinal);
                    return;
                }

                AssertClose(plain(s_x), found, name.Contains("single", StringComparison.Ordinal) ? 1e-6 : 1e-11);
                found.Dispose();
            }

            // The operand is the caller's.
            AssertClose(s_x, x, 0);
        }
    }

    private static Tensor Repeat(int count, Tensor x, Func<Tensor, Tensor> step)
    {
        for (var i = 0; i < count; i++)
        {
            x = step(x);
        }

        return x;
    }
}
