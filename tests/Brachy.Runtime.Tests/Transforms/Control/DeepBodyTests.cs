using Brachy.Tests.Native;
using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>
/// Bodies of thousands of ops, and bodies in bodies, on threads whose stack a recursion over them would use up: the process would end.
/// </summary>
public class DeepBodyTests
{
    private const int Levels = 200;

    private static readonly Tensor s_x = F.tensor(new[] { 0.5, -1.5, 2.0 });

    private static readonly Dictionary<string, Func<Func<Tensor, Tensor>, Tensor, Tensor>> s_bodies = new()
    {
        ["scan"] = (f, x) => Loop.Scan((Tensor s) => (f(s), s.sum()), x, 2).State,
        ["while"] = (f, x) => Loop.While(s => s.I < 2, s => (f(s.X), s.I + 1), (X: x, I: F.tensor(0L)), maxSteps: 2).X,
        ["condition"] = (f, x) =>
            Loop.While(s => f(s.X).sum() < 100, s => (F.sin(s.X), s.I + 1), (X: x, I: F.tensor(0L)), maxSteps: 2).X,
        ["branch"] = (f, x) => f(Loop.Cond(x.sum() > 0, f, y => y * 2, x)),
    };

    private static readonly Dictionary<string, Func<int, Func<Tensor, Tensor>, Tensor, Tensor>> s_nests = new()
    {
        ["loops"] = (level, f, x) => Loop.For(0, 1, (i, y) => f(y), x),
        ["choices"] = (level, f, x) => Loop.Cond(x.sum() > 0, f, y => y * 2, x),
        ["while loops"] = (level, f, x) => Loop.While(s => s.I < 1, s => (f(s.X), s.I + 1), (X: x, I: F.tensor(0L)), maxSteps: 1).X,
        ["all"] = (level, f, x) => s_nests!.Values.ElementAt(level % 3)(level, f, x),
    };

    public static TheoryData<string, string, int> Chains()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var body in s_bodies.Keys)
        {
            data.Add(body, "torchscript", 2_000);
            data.Add(body, "interpreter", 10_000);
            data.Add(body, "vector code", 10_000);
        }

        data.Add("branch", "torchscript", 10_000);
        data.Add("scan", "vector code", 100_000);
        return data;
    }

    public static TheoryData<string, string, int> Gradients()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var body in s_bodies.Keys.Except(["condition"]))
        {
            data.Add(body, "torchscript", 400);
            data.Add(body, "interpreter", 2_000);
            data.Add(body, "vector code", 10_000);
        }

        return data;
    }

    public static TheoryData<string, string> Nests()
    {
        var data = new TheoryData<string, string>();
        foreach (var nest in s_nests.Keys)
        {
            foreach (var backend in AllBackends)
            {
                data.Add(nest, backend);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void AChainInABodyRunsOnASmallStack(string body, string backend, int ops) => SmallStack.Run(() =>
    {
        var expected = s_bodies[body](x => Chain(x, ops), s_x);
        var run = Compiled((Tensor x) => s_bodies[body](y => Chain(y, ops), x), backend);
        for (var call = 0; call < 3; call++)
        {
            AssertClose(expected, run(s_x));
        }
    });

    [Theory]
    [MemberData(nameof(Gradients))]
    public void GradientsOfAChainInABodyRunOnASmallStack(string body, string backend, int ops) => SmallStack.Run(() =>
    {
        var gradient = Grad.Of((Tensor x) => s_bodies[body](y => Chain(y, ops), x).sum());
        var expected = gradient(s_x);
        var run = Compiled(gradient, backend);
        for (var call = 0; call < 3; call++)
        {
            AssertClose(expected, run(s_x));
        }
    });

    [Theory]
    [MemberData(nameof(Nests))]
    public void BodiesInBodiesRunOrAreRefused(string nest, string backend)
    {
        // One chain of ops in the end, whatever is around it.
        var run = Compiled((Tensor x) => Nested(nest, Levels, x), backend);
        SmallStack.Run(() => AssertClose(F.sin(s_x), run(s_x)), kilobytes: 8 << 10);
        foreach (var kilobytes in new[] { 128, 256 })
        {
            var fresh = Compiled((Tensor x) => Nested(nest, Levels, x), backend);
            RunOrRefuse(() => AssertClose(F.sin(s_x), fresh(s_x)), kilobytes);
            RunOrRefuse(() => AssertClose(F.sin(s_x), run(s_x)), kilobytes);
        }

        // Nothing is left open.
        AssertClose(s_x + 1, Compiled((Tensor x) => x + 1, backend)(s_x));
    }

    [Theory]
    [InlineData("loops", "eager", Levels)]
    [InlineData("choices", "eager", Levels)]
    [InlineData("all", "eager", Levels)]
    [InlineData("loops", "interpreter", 60)]
    [InlineData("loops", "torchscript", 60)]
    [InlineData("loops", "vector code", Levels)]
    [InlineData("choices", "vector code", 60)]
    [InlineData("all", "interpreter", 30)]
    [InlineData("all", "torchscript", 30)]
    [InlineData("all", "vector code", 60)]
    public void GradientsOfBodiesInBodiesRunOrAreRefused(string nest, string backend, int levels)
    {
        var gradient = Grad.Of((Tensor x) => Nested(nest, levels, x).sum());
        SmallStack.Run(() => AssertClose(F.cos(s_x), Compiled(gradient, backend)(s_x)), kilobytes: 8 << 10);
        var deep = Grad.Of((Tensor x) => Nested(nest, Levels, x).sum());
        RunOrRefuse(() => AssertClose(F.cos(s_x), Compiled(deep, backend)(s_x)), kilobytes: 256);
    }

    [Fact]
    public void ANestThatNoStackHoldsIsRefused()
    {
        static Tensor Endless(Tensor x) => Loop.For(0, 1, (i, y) => Endless(y), x);
        foreach (var backend in AllBackends)
        {
            SmallStack.Run(() => Assert.Throws<InsufficientExecutionStackException>(() => Compiled<Tensor, Tensor>(Endless, backend)(s_x)));
        }
    }

    private static void RunOrRefuse(Action run, int kilobytes)
    {
        try
        {
            SmallStack.Run(run, kilobytes);
        }
        catch (InsufficientExecutionStackException error)
        {
            Assert.Contains("no stack left on this thread", error.Message, StringComparison.Ordinal);
        }
    }

    private static Tensor Nested(string nest, int levels, Tensor x) =>
        levels == 0 ? F.sin(x) : s_nests[nest](levels, y => Nested(nest, levels - 1, y), x);

    private static Tensor Chain(Tensor x, int ops)
    {
        for (var i = 0; i < ops / 2; i++)
        {
            x = F.sin(x) + 0.5;
        }

        return x;
    }
}
