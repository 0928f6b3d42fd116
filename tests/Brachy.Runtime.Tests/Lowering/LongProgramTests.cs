using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Tests.Native;

namespace Brachy.Tests.Lowering;

/// <summary>Programs of thousands of ops, on threads whose stack a recursion over them would use up.</summary>
public class LongProgramTests
{
    private const int Long = 4000;

    private static readonly Tensor s_x = F.tensor(new[] { 0.5, -1.5, 2.0 });

    public static TheoryData<string> Backends { get; } = new() { "torchscript", "vector code", "interpreter", "default" };

    private static Backend Of(string name) =>
        new[] { Backend.TorchScript, Backend.VectorCode, Backend.Interpreter, Backend.Default }.Single(b => b.Name == name);

    private static double[] Values(Tensor x) => x.ToArray<double>();

    /// <summary>Of several kinds: what libtorch's passes do over a program depends on its operators.</summary>
    private static readonly Dictionary<string, Func<Tensor, Tensor>> s_steps = new()
    {
        ["arithmetic"] = x => (x * 1.0001) + 0.0005,
        ["functions"] = x => F.tanh(F.sin(x) * 1.5),
        ["views"] = x => F.permute(F.reshape(F.permute(F.reshape(x, 3, 1), 1, 0), 1, 3), 1, 0)[TensorIndex.Ellipsis, 0] * 1.0001,
        ["parts"] = x => F.cat([F.narrow(x, 0, 1, 2), F.narrow(x, 0, 0, 1) * 1.0001], 0),
        ["several results"] = x => F.sort(x * 1.0001, 0).values,
    };

    public static TheoryData<string> Steps { get; } = new(s_steps.Keys);

    private static Tensor Chain(Tensor x, int ops, string step = "arithmetic")
    {
        for (var i = 0; i < ops / 2; i++)
        {
            x = s_steps[step](x);
        }

        return x;
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void AChainRunsOnASmallStack(string backend) => SmallStack.Run(() =>
    {
        var expected = Values(Chain(s_x, Long));
        var f = Jit.Compile((Tensor x) => Chain(x, Long), backend: Of(backend));
        for (var run = 0; run < 4; run++)
        {
            Close(expected, Values(f.Invoke(s_x)));
        }

        Assert.Contains("mul", f.Graph!.ToString(), StringComparison.Ordinal);
        f.ClearCache();
    });

    [Theory]
    [MemberData(nameof(Steps))]
    public void EveryKindOfStep(string step) => SmallStack.Run(() =>
    {
        var f = Jit.Compile((Tensor x) => Chain(x, 2000, step), backend: Backend.TorchScript);
        for (var run = 0; run < 3; run++)
        {
            Close(Values(Chain(s_x, 2000, step)), Values(f.Invoke(s_x)));
        }
    });

    [Fact]
    public void GradientsOfAChainEagerAndCompiled() => SmallStack.Run(() =>
    {
        // Of x ← 1.0001 x + 0.0005, n times over: 1.0001ⁿ.
        var gradient = Grad.Of((Tensor x) => Chain(x, Long).sum());
        var expected = Enumerable.Repeat(Math.Pow(1.0001, Long / 2), 3).ToArray();
        Close(expected, Values(gradient(s_x)));
        var compiled = Jit.Compile((Tensor x, Tensor y) => gradient(x) * y, backend: Backend.TorchScript);
        Close(expected, Values(compiled.Invoke(s_x, F.ones([3], DType.Float64))));

        // One that stays in the graph: each step's derivative depends on its input.
        var curved = Grad.Of((Tensor x) => Chain(x, 2000, "functions").sum());
        Close(Values(curved(s_x)), Values(Jit.Compile(curved, backend: Backend.TorchScript).Invoke(s_x)));
    });

    [Theory]
    [InlineData("torchscript", 2500)]
    [InlineData("vector code", 5000)]
    public void ManyArgumentsAndResults(string backend, int count) => SmallStack.Run(() =>
    {
        var inputs = ManyLeaves(count);
        var f = Jit.Compile((StructureTree tree) => tree.MapParamsBuffers((_, x) => x * 2.0), donate: [0], backend: Of(backend));
        var once = f.Invoke(inputs);
        var twice = f.Invoke(f.Invoke(once));
        Assert.Equal(8.0 * (count - 1), (double)twice.Params[$"p{count - 1}"].Tensor);
        Assert.Throws<DonatedTensorException>(() => once.Params["p7"].Tensor + 1);
    });

    [Theory]
    [InlineData("torchscript")]
    [InlineData("vector code")]
    public void WideSumsAndJoints(string backend) => SmallStack.Run(() =>
    {
        const int Count = 2000;
        var sum = Jit.Compile((Tensor x) => Enumerable.Range(0, Count).Select(i => x * i).Aggregate((a, b) => a + b), backend: Of(backend));
        Close([.. Values(s_x).Select(v => v * (Count * (Count - 1) / 2))], Values(sum.Invoke(s_x)));
        var joint = Jit.Compile((Tensor x) => F.cat([.. Enumerable.Range(0, Count).Select(i => x + i)], 0).sum(), backend: Of(backend));
        Assert.Equal((Count * Values(s_x).Sum()) + (3.0 * Count * (Count - 1) / 2), (double)joint.Invoke(s_x), 1e-3);
    });

    /// <summary>The sum of thousands of slices' gradients is their concatenation.</summary>
    [Fact]
    public void GradientsOfThousandsOfSlices() => SmallStack.Run(() =>
    {
        const int Count = 3000;
        var x = F.ones([Count], DType.Float64);
        Tensor Loss(Tensor x)
        {
            Tensor loss = 0.0;
            for (var i = 0; i < Count; i++)
            {
                loss = loss + (F.square(F.narrow(x, 0, i, 1)) * i).sum();
            }

            return loss;
        }

        var compiled = Jit.Compile(Grad.Of<Tensor>(Loss), backend: Backend.Interpreter);
        Close([.. Enumerable.Range(0, Count).Select(i => 2.0 * i)], Values(compiled.Invoke(x)));
        Assert.DoesNotContain(compiled.Graph!.Equations, e => e.Primitive == F.SliceBackward);
    });

    [Fact]
    public void FailuresOfFirstRunsArrive() => SmallStack.Run(() =>
    {
        var f = Jit.Compile((Tensor x, Tensor i) => F.index_select(Chain(x, 600), 0, i), backend: Backend.TorchScript);
        for (var run = 0; run < 5; run++)
        {
            Assert.Contains(
                "=> F.index_select", Assert.Throws<NativeOpException>(() => f.Invoke(s_x, F.tensor(new[] { 5L }))).Message,
                StringComparison.Ordinal);
            Close([Values(Chain(s_x, 600))[2]], Values(f.Invoke(s_x, F.tensor(new[] { 2L }))));
        }

        var unsupported = Jit.Compile(
            (Tensor x) => F.linear(x, F.ones([2, 3], DType.Float64)) + F.kthvalue(x, 1).values, backend: Backend.VectorCode);
        Assert.Throws<NotSupportedException>(() => unsupported.Invoke(s_x));
    });

    [Fact]
    public void SwitchesOfTheCallerHold()
    {
        using var off = CompilerPasses.Disable("dead code", "leftovers", CompilerPasses.VectorCode);
        var f = Jit.Compile((Tensor x) =>
        {
            _ = F.exp(x);
            return x + 1;
        });
        f.Invoke(s_x);
        Assert.Contains(f.Graph!.Equations, e => e.Primitive == F.Exp);
    }

    [Fact]
    public void ManyThreadsRunForTheFirstTime()
    {
        var expected = Values(Chain(s_x, 1000));
        for (var round = 0; round < 5; round++)
        {
            var f = Jit.Compile((Tensor x) => Chain(x, 1000), backend: Backend.TorchScript);
            f.Invoke(s_x);
            Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
                SmallStack.Run(() => Close(expected, Values(f.Invoke(s_x)))));
        }
    }

    [Fact]
    public void FunctionsThatCallThemselvesWithoutEnd()
    {
        JitFunction<Arguments<Tensor>, Tensor> jit = null!;
        jit = Jit.Compile((Tensor x) => jit.Invoke(x + 1));
        Func<Tensor, Tensor> gradient = null!;
        gradient = Grad.Of((Tensor x) => gradient(x).sum());
        Func<Tensor, Tensor> custom = null!;
        custom = CustomVjp.Create((Tensor x) => custom(x + 1), (x, y, g) => g);
        Func<Tensor, Tensor> backward = null!;
        backward = CustomVjp.Create((Tensor x) => x * 2, (x, y, g) => Grad.Of((Tensor z) => backward(z).sum())(x));
        foreach (var kilobytes in new[] { 256, 1024 })
        {
            foreach (var endless in new Action[]
            {
                () => jit.Invoke(s_x), () => gradient(s_x), () => Grad.Of((Tensor x) => custom(x).sum())(s_x),
                () => Grad.Of((Tensor x) => backward(x).sum())(s_x)
            })
            {
                SmallStack.Run(() => Assert.Throws<InsufficientExecutionStackException>(endless), kilobytes);
            }
        }

        // Nothing is left open.
        Assert.Equal(3, Values(Jit.Compile((Tensor x) => x + 1).Invoke(s_x)).Length);
    }

    [Fact]
    public void TheSmallestStacks() => SmallStack.Run(
        () =>
        {
            var image = F.ones([1, 3, 8, 8]);
            var weight = F.ones([4, 3, 3, 3]);
            var step = Jit.Compile((Tensor w, Tensor x) => Grad.Of((Tensor w) => F.relu(F.conv2d(x, w)).sum())(w));
            for (var run = 0; run < 4; run++)
            {
                Assert.Equal(36, (float)step.Invoke(weight, image)[0, 0, 0, 0]);
            }

            Assert.Equal(108, (float)Grad.Of((Tensor w) => F.conv2d(image, w).sum())(weight).sum() / 36);
        },
        kilobytes: 128);

    private static StructureTree ManyLeaves(int count)
    {
        var tree = new StructureTree();
        for (var i = 0; i < count; i++)
        {
            tree.Params[$"p{i}"] = F.full([], (double)i, DType.Float64);
        }

        return tree;
    }

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Math.Abs(expected[i]) * 1e-10 + 1e-12);
        }
    }
}
