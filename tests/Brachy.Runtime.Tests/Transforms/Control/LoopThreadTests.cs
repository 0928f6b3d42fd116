using System.Runtime.ExceptionServices;
using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Threads that call one compiled loop at the same time.</summary>
[Trait("Category", "Quick")]
public class LoopThreadTests
{
    private const int Threads = 6;
    private const int Calls = 30;

    [Theory]
    [InlineData("torchscript")]
    [InlineData("vector code")]
    [InlineData("interpreter")]
    [InlineData("default")]
    [InlineData("eager")]
    public void ThreadsShareALoop(string backend)
    {
        var run = Compiled((Tensor x) => Loop.While(
            s => s.X.sum() < 100,
            s => (Loop.Cond(s.N > 2, y => y * 1.5 + x, y => Loop.For(0, 3, (i, z) => z + x, y), s.X), s.N + 1),
            (X: x, N: F.tensor(0L))).X, backend);
        OnThreads(seed =>
        {
            var x = (Rng.Uniform([1 + (seed % 3)], DType.Float64, Rng.Seed(seed)) * 1.5) + 0.5;
            AssertClose(Plain(x), run(x));
        });
        static Tensor Plain(Tensor x)
        {
            var y = x;
            for (var n = 0; (double)y.sum() < 100; n++)
            {
                y = n > 2 ? (y * 1.5) + x : y + (3 * x);
            }

            return y;
        }
    }

    [Theory]
    [InlineData("torchscript")]
    [InlineData("interpreter")]
    public void ThreadsShareTheGradientOfALoopAndItsChecks(string backend)
    {
        var run = Compiled(
            Grad.Of((Tensor x) => Loop.Scan(
                (Tensor s, Tensor row) =>
                {
                    Checks.Require(row > 0, "a row must be positive");
                    return (F.sin(s) * row, s);
                },
                F.ones([], DType.Float64), x).State), backend);
        OnThreads(seed =>
        {
            var x = (Rng.Uniform([4], DType.Float64, Rng.Seed(seed)) * 1.5) + 0.5;
            if (seed % 5 == 0)
            {
                var error = Assert.Throws<CheckFailedException>(() => run(F.cat([x, -F.ones([1], DType.Float64)])));
                Assert.Contains("a row must be positive", error.Message, StringComparison.Ordinal);
                return;
            }

            AssertClose(Grad.Of((Tensor y) => Enumerable.Range(0, 4).Aggregate(
                F.ones([], DType.Float64), (s, i) => F.sin(s) * y[i]))(x), run(x));
        });
    }

    private static void OnThreads(Action<int> call)
    {
        using var start = new Barrier(Threads);
        ExceptionDispatchInfo? failed = null;
        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                for (var i = 0; i < Calls; i++)
                {
                    call((thread * Calls) + i + 1);
                }
            }
            catch (Exception error)
            {
                failed = ExceptionDispatchInfo.Capture(error);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        failed?.Throw();
    }
}
