using Brachy.Compilation;
using CsCheck;
using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Loops of random steps against the same steps written out: values, gradients and second derivatives in float64.</summary>
public class RandomLoopTests
{
    private const int Size = 3;

    // What a step may do with the values so far: which operation, and on which of them.
    private static readonly Gen<(int Op, int A, int B)[]> s_steps =
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 99], Gen.Int[0, 99]).Array[2, 9];

    [Fact]
    public void GradientsOfRandomScansAreThoseOfTheStepsWrittenOut() =>
        Gen.Select(s_steps, Gen.Int[1, 5], Gen.Bool, Gen.Bool, Gen.Int[0, 1 << 20]).Sample(
            (program, length, reverse, checkpoint, seed) =>
            {
                var key = Rng.Seed(seed);
                var leaves = (
                    A: Rng.Normal([Size], DType.Float64, Rng.FoldIn(key, 1)), B: Rng.Normal([Size], DType.Float64, Rng.FoldIn(key, 2)),
                    Xs: Rng.Normal([length, Size], DType.Float64, Rng.FoldIn(key, 3)),
                    W: Rng.Normal([Size, Size], DType.Float64, Rng.FoldIn(key, 4)));
                Func<(Tensor A, Tensor B, Tensor Xs, Tensor W), Tensor> scanned = x => Loss(Scan(program, x, reverse, checkpoint));
                Func<(Tensor A, Tensor B, Tensor Xs, Tensor W), Tensor> unrolled = x => Loss(Unroll(program, x, reverse));
                var backend = (seed % 4) switch
                {
                    0 => "eager",
                    1 => "torchscript",
                    2 => "default",
                    _ => "interpreter",
                };
                AssertClose(unrolled(leaves), Compiled(scanned, backend)(leaves));
                Compare(Grad.Of(unrolled)(leaves), Compiled(Grad.Of(scanned), backend)(leaves));
                Compare(Grad.Of(Norm(unrolled))(leaves), Compiled(Grad.Of(Norm(scanned)), backend)(leaves));
            },
            iter: 60, threads: 1);

    private static void Compare(
        (Tensor A, Tensor B, Tensor Xs, Tensor W) expected, (Tensor A, Tensor B, Tensor Xs, Tensor W) found)
    {
        AssertClose(expected.A, found.A);
        AssertClose(expected.B, found.B);
        AssertClose(expected.Xs, found.Xs);
        AssertClose(expected.W, found.W);
    }

    private static Func<(Tensor A, Tensor B, Tensor Xs, Tensor W), Tensor> Norm(
        Func<(Tensor A, Tensor B, Tensor Xs, Tensor W), Tensor> function) => x =>
        {
            var g = Grad.Of(function)(x);
            return (g.A * g.A).sum() + F.sin(g.B).sum() + (g.Xs * x.Xs).sum() + F.tanh(g.W).sum();
        };

    private static Tensor Loss((Tensor A, Tensor B, Tensor Ys, Tensor Zs) r) =>
        F.sin(r.A).sum() + (r.B * r.B).sum() + F.cos(r.Ys).sum() + r.Zs.mean();

    private static (Tensor, Tensor, Tensor, Tensor) Scan(
        (int Op, int A, int B)[] program, (Tensor A, Tensor B, Tensor Xs, Tensor W) x, bool reverse, bool checkpoint)
    {
        var ((a, b), (ys, zs)) = Loop.Scan(
            ((Tensor A, Tensor B) state, Tensor slice) =>
            {
                var (p, q, y, z) = Step(program, state.A, state.B, slice, x.W);
                return ((p, q), (y, z));
            },
            (x.A, x.B), x.Xs, reverse, checkpoint);
        return (a, b, ys, zs);
    }

    private static (Tensor, Tensor, Tensor, Tensor) Unroll(
        (int Op, int A, int B)[] program, (Tensor A, Tensor B, Tensor Xs, Tensor W) x, bool reverse)
    {
        var length = (int)x.Xs.shape[0];
        var (ys, zs) = (new Tensor[length], new Tensor[length]);
        var (a, b) = (x.A, x.B);
        for (var i = 0; i < length; i++)
        {
            var row = reverse ? length - 1 - i : i;
            (a, b, ys[row], zs[row]) = Step(program, a, b, F.select(x.Xs, 0, row), x.W);
        }

        return (a, b, F.stack(ys), F.stack(zs));
    }

    /// <summary>The next state and what a step gives: the last values of a random program.</summary>
    private static (Tensor A, Tensor B, Tensor Y, Tensor Z) Step((int Op, int A, int B)[] program, Tensor a, Tensor b, Tensor x, Tensor w)
    {
        var values = new List<Tensor> { a, b, x };
        foreach (var (op, left, right) in program)
        {
            var (p, q) = (values[left % values.Count], values[right % values.Count]);
            values.Add(op switch
            {
                0 => p + q,
                1 => p * q * 0.5,
                2 => F.tanh(p - q),
                3 => F.sin(p),
                4 => w.matmul(p) * 0.3,
                5 => F.tanh(p.matmul(F.exp(w * 0.1))) * 0.5,
                6 => F.flip(p, [0]) + p.sum() * 0.1,
                7 => F.where(p > q, p, F.sigmoid(q)),
                8 => (p.unsqueeze(0) * w).mean([1]),
                9 => F.softmax(p + q, 0),
                10 => F.cat([p.narrow(0, 1, Size - 1), q.narrow(0, 0, 1)]),
                _ => F.exp(-(q * q)),
            });
        }

        return (values[^1], values[^2], values[values.Count / 2], values[^1] + x);
    }
}
