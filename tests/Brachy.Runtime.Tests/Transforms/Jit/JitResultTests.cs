using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Tests.Native;
using Brachy.Trees;

namespace Brachy.Tests.Transforms;

/// <summary>What jitted functions give back, and how they explain themselves.</summary>
[Trait("Category", "Quick")]
public class JitResultTests
{
    [Fact]
    public void StaticResultsAreRememberedAndCopied()
    {
        TreeHandler.Register(TreeHandler.Static<List<int>>());
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Static<string>(), TreeHandler.Static<List<int>>()));
        var runs = 0;
        var f = Jit.Compile((Tensor x) =>
        {
            runs++;
            return (x + 1, $"rank {x.ndim}", new List<int> { x.ndim });
        });
        var (_, text, list) = f.Invoke(F.ones([2, 3]));
        list.Add(99);
        var (value, again, fresh) = f.Invoke(F.zeros([2, 3]));
        Assert.Equal(("rank 2", "rank 2", 1), (text, again, runs));
        Assert.Equal([2], fresh);
        Assert.Equal(1, (double)value[0, 0]);
    }

    [Fact]
    public void InputsConstantsNumbersAndRepeatsComeBackRight()
    {
        TreeHandler.Register(TreeHandler.Array(TreeHandler.Tensor));
        var constant = F.full([2], 7.0);
        var f = Jit.Compile((Tensor x, Tensor y) =>
        {
            var sum = x + y;
            return new[] { x, sum, constant, sum, 5.0, x.reshape(2, 1) };
        });
        for (var i = 0; i < 2; i++)
        {
            var x = F.full([2], (double)i);
            var results = f.Invoke(x, F.ones([2]));
            Assert.Equal([i, i + 1, 7, i + 1], results.Take(4).Select(r => (double)r[0]));
            Assert.Equal(5, (double)results[4]);
            Assert.Equal([2L, 1L], results[5].shape.ToArray());
            Assert.Same(results[1], results[3]);
        }
    }

    [Fact]
    public void TreesComeBackWithTheirStructure()
    {
        var f = Jit.Compile((StructureTree t) => t.MapParamsBuffers((path, tensor) => path == "inner.w" ? tensor * 2 : tensor));
        var apply = new ApplyFn<Tensor, Tensor>("f", (_, _, x) => x);
        var tree = new StructureTree
        {
            ApplyFn = apply,
            Params = { ["list"] = new TreeValue[] { F.ones([1]), TreeValue.None, new TreeDictionary<TreeValue> { ["a"] = F.zeros([1]) } } },
            Aux = { ["name"] = "x" },
            Submodules =
            {
                ["inner"] = new StructureTree { Params = { ["w"] = F.ones([2]) }, Buffers = { ["n"] = F.zeros([], DType.Int64) } }
            },
        };
        f.Invoke(tree);
        var result = f.Invoke(tree);
        Assert.Same(apply, result.ApplyFn);
        Assert.Equal("x", result.Aux["name"]);
        Assert.Equal(["list.0", "list.2.a", "inner.w", "inner.n"], result.Tensors().Select(t => t.Path));
        Assert.Equal(2, (double)result.Submodules["inner"].Params["w"].Tensor[0]);
        Assert.Equal(1, (double)tree.Submodules["inner"].Params["w"].Tensor[0]);
    }

    [Fact]
    public void ExplainNamesThePathAndBothValues()
    {
        var f = Jit.Compile((StructureTree model, Tensor x) => x * model.Submodules["l"].Params["w"].Tensor);
        StructureTree Model(int size) => new() { Submodules = { ["l"] = new StructureTree { Params = { ["w"] = F.ones([size]) } } } };
        Assert.Contains("not been traced", f.Explain(), StringComparison.Ordinal);
        f.Invoke(Model(2), F.ones([1]));
        f.Invoke(Model(3), F.ones([1]));
        var text = f.Explain();
        Assert.Contains("first call", text, StringComparison.Ordinal);
        Assert.Contains("'argument 1.l.w' was float32[2] and is now float32[3]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyTracesWarnOnce()
    {
        var warnings = new List<JitEvent>();
        var traces = new List<JitEvent>();
#pragma warning disable BRACHY024 // re-tracing is what is tested
        var f = Jit.Compile((Tensor x, double scale) => x * scale, name: nameof(ManyTracesWarnOnce));
#pragma warning restore BRACHY024
        void OnWarning(JitEvent e)
        {
            if (e.Function == nameof(ManyTracesWarnOnce))
            {
                warnings.Add(e);
            }
        }

        void OnTrace(JitEvent e)
        {
            if (e.Function == nameof(ManyTracesWarnOnce))
            {
                traces.Add(e);
            }
        }

        Jit.TracedTooOften += OnWarning;
        Jit.Traced += OnTrace;
        try
        {
            for (var i = 0; i < 12; i++)
            {
                f.Invoke(F.ones([1]), i);
            }
        }
        finally
        {
            Jit.TracedTooOften -= OnWarning;
            Jit.Traced -= OnTrace;
        }

        Assert.Equal(12, traces.Count);
        Assert.Contains("'argument 2' was", Assert.Single(warnings).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DisableRunsEagerlyWithTheSameValues()
    {
        var sawValues = false;
        var f = Jit.Compile((Tensor x) =>
        {
            sawValues |= !x.IsTraced;
            return (x * x).sum();
        });
        var x = F.tensor(new[] { 1.0, 2.0, 3.0 });
        var compiled = (double)f.Invoke(x);
        Assert.False(sawValues);
        using (Jit.Disable())
        {
            Assert.Equal(compiled, (double)f.Invoke(x));
        }

        Assert.True(sawValues);
        Assert.Equal(1, f.TraceCount);
        Assert.False(Jit.IsDisabled);
    }

    [Theory]
    [InlineData("1", "0")]
    [InlineData("0", "1")]
    public void TheEnvironmentCanDisableCompilation(string value, string traces)
    {
        var environment = new Dictionary<string, string> { [Jit.DisableVariable] = value };
        Assert.Equal(traces, ProbeProcess.Run(typeof(Probes).Assembly.Location, environment, Probes.TraceJit).Split('\n')[0].Trim());
    }

    [Fact]
    public void NestedJitsAreInlined()
    {
        var inner = Jit.Compile((Tensor x) => F.exp(x));
        var outer = Jit.Compile((Tensor x) => inner.Invoke(x) + 1);
        Assert.Equal(Math.E + 1, (double)outer.Invoke(F.ones([1])), 5);
        Assert.Equal(0, inner.TraceCount);
        Assert.Contains("exp", outer.Graph!.ToString(), StringComparison.Ordinal);
        GraphChecker.Check(outer.Graph);
    }

    [Fact]
    public void AFailedTraceLeavesNothingBehind()
    {
        var fail = true;
        var f = Jit.Compile((Tensor x) => fail ? throw new InvalidOperationException("no") : x + 1);
        Assert.Throws<InvalidOperationException>(() => f.Invoke(F.ones([1])));
        Assert.Throws<ShapeException>(() => Jit.Compile((Tensor x) => x.matmul(x)).Invoke(F.ones([2, 3])));
        fail = false;
        Assert.Equal(2, (double)f.Invoke(F.ones([1])));
    }

    [Fact]
    public void AKernelErrorIsManagedAndTheFunctionGoesOnWorking()
    {
        var f = Jit.Compile((Tensor w, Tensor i) => F.index_select(w, 0, i));
        var w = F.arange(3).to(DType.Float32);
        var error = Assert.Throws<NativeOpException>(() => f.Invoke(w, F.tensor(new[] { 5L })));
        Assert.Contains("index", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (double)f.Invoke(w, F.tensor(new[] { 2L })));
    }

    [Fact]
    public void CallsFromManyThreadsAgree()
    {
        var f = Jit.Compile((Tensor x, int k) => (x * k).sum());
        Parallel.For(0, 200, i =>
        {
            var k = i % 7;
            Assert.Equal(4.0 * k, (double)f.Invoke(F.ones([4]), k));
        });
        Assert.Equal(7, f.TraceCount);
    }

    [Fact]
    public void DroppingVersionsWhileTheyRunIsSafe()
    {
        var f = Jit.Compile((Tensor x, int k) => F.tanh(x * k).sum());
        var x = F.ones([64, 64]);
        var expected = Enumerable.Range(0, 4).Select(k => (double)f.Invoke(x, k)).ToArray();
        using var stop = new CancellationTokenSource();
        var dropper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                f.ClearCache();
                Thread.Sleep(1);
            }
        });
        dropper.Start();
        try
        {
            Parallel.For(0, 400, i => Assert.Equal(expected[i % 4], (double)f.Invoke(x, i % 4)));
        }
        finally
        {
            stop.Cancel();
            dropper.Join();
        }
    }

    [Fact]
    public void MinusZeroAndNaNAreStaticValuesOfTheirOwn()
    {
#pragma warning disable BRACHY024 // re-tracing is what is tested
        var f = Jit.Compile((Tensor x, double k) => x / k);
#pragma warning restore BRACHY024
        var one = F.ones([], DType.Float64);
        Assert.Equal(double.PositiveInfinity, (double)f.Invoke(one, 0.0));
        Assert.Equal(double.NegativeInfinity, (double)f.Invoke(one, -0.0));
        Assert.True(double.IsNaN((double)f.Invoke(one, double.NaN)));
        Assert.True(double.IsNaN((double)f.Invoke(one, double.NaN)));
        Assert.Equal(3, f.TraceCount);
    }
}
