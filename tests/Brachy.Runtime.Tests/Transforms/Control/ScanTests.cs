using Brachy.Compilation;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Scans against C# loops: values and gradients, eagerly and compiled by each backend.</summary>
[Trait("Category", "Quick")]
public class ScanTests
{
    private static readonly Tensor s_w = F.tensor(new[,] { { 0.5, -0.3 }, { 0.2, 0.7 } });
    private static readonly Tensor s_xs = F.tensor(new[,] { { 1.0, 2.0 }, { -0.5, 0.3 }, { 0.1, -1.0 }, { 0.4, 0.6 } });
    private static readonly Tensor s_h = F.tensor(new[] { 0.1, -0.2 });

    public static TheoryData<string> Backends => ["eager", "interpreter", "torchscript", "default"];

    public static TheoryData<string> AllBackends => ["eager", "interpreter", "torchscript", "vector code", "default"];

    [Theory]
    [MemberData(nameof(AllBackends))]
    public void AScanIsALoop(string backend)
    {
        foreach (var reverse in new[] { false, true })
        {
            var (h, ys) = Compiled(
                ((Tensor W, Tensor H, Tensor Xs) a) => Brachy.Control.Scan(
                    (Tensor state, Tensor x) =>
                    {
                        var next = F.tanh(F.linear(state.unsqueeze(0), a.W).squeeze(0) + x);
                        return (next, next * 2);
                    },
                    a.H, a.Xs, reverse),
                backend)((s_w, s_h, s_xs));
            var (expectedH, expectedYs) = Unrolled((s_w, s_h, s_xs), reverse);
            AssertClose(expectedH, h);
            AssertClose(expectedYs, ys);
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void GradientsAreThoseOfTheLoop(string backend)
    {
        foreach (var (reverse, checkpoint) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            Tensor Loss((Tensor W, Tensor H, Tensor Xs) a)
            {
                var (h, ys) = Brachy.Control.Scan(
                    (Tensor state, Tensor x) =>
                    {
                        var next = F.tanh(a.W.matmul(state) + x);
                        return (next, next * 2);
                    },
                    a.H, a.Xs, reverse, checkpoint);
                return (h * h).sum() + F.sin(ys).sum();
            }

            Tensor LoopLoss((Tensor W, Tensor H, Tensor Xs) a)
            {
                var (h, ys) = Unrolled(a, reverse);
                return (h * h).sum() + F.sin(ys).sum();
            }

            var found = Compiled(Grad.Of<(Tensor W, Tensor H, Tensor Xs)>(Loss), backend)((s_w, s_h, s_xs));
            var expected = Grad.Of<(Tensor W, Tensor H, Tensor Xs)>(LoopLoss)((s_w, s_h, s_xs));
            AssertClose(expected.W, found.W);
            AssertClose(expected.H, found.H);
            AssertClose(expected.Xs, found.Xs);

            Func<Tensor, Tensor> Twice(Func<(Tensor W, Tensor H, Tensor Xs), Tensor> loss) => Grad.Of((Tensor w) =>
            {
                var g = Grad.Of(loss)((w, s_h, s_xs));
                return (g.W * g.W).sum() + F.cos(g.Xs).sum() + g.H.sum();
            });
            AssertClose(Twice(LoopLoss)(s_w), Compiled(Twice(Loss), backend)(s_w));
        }
    }

    private static (Tensor H, Tensor Ys) Unrolled((Tensor W, Tensor H, Tensor Xs) a, bool reverse)
    {
        var ys = new Tensor[a.Xs.shape[0]];
        var h = a.H;
        for (var i = 0; i < ys.Length; i++)
        {
            var row = reverse ? ys.Length - 1 - i : i;
            h = F.tanh(a.W.matmul(h) + F.select(a.Xs, 0, row));
            ys[row] = h * 2;
        }

        return (h, F.stack(ys));
    }

    internal static Func<T, TResult> Compiled<T, TResult>(Func<T, TResult> function, string backend) => backend switch
    {
        "eager" => function,
        _ => Jit.Compile(function, backend: BackendOf(backend)).Invoke,
    };

    internal static Backend BackendOf(string name) => name switch
    {
        "interpreter" => Backend.Interpreter,
        "torchscript" => Backend.TorchScript,
        "vector code" => Backend.VectorCode,
        _ => Backend.Default,
    };

    internal static void AssertClose(Tensor expected, Tensor found, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Type, found.Type);
        var scale = 1 + (double)F.abs(expected).max();
        var difference = (double)F.abs(expected - found).max();
        Assert.True(difference <= tolerance * scale, $"Differs by {difference}: {expected} and {found}");
    }
}
