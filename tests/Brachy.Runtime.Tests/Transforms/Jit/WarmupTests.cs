using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.NN;
using Brachy.Tests.Telemetry;

namespace Brachy.Tests.Transforms;

/// <summary>Calls that were prepared trace, compile and optimise nothing, and preparing them changes nothing.</summary>
[Trait("Category", "Quick")]
public partial class WarmupTests
{
    [Fact]
    public void ACompiledFunctionIsReadyForEachShape()
    {
        var name = nameof(ACompiledFunctionIsReadyForEachShape);
        var f = Jit.Compile((Tensor x, int k) => F.exp(x) * k, name: name, backend: Backend.TorchScript);
        foreach (var size in (int[])[1, 2, 3])
        {
            f.Warmup(F.zeros([size]), 5);
        }

        Assert.Equal(3, f.TraceCount);
        using var recording = new Recording(name);
        foreach (var size in (int[])[3, 1, 2])
        {
            Assert.Equal(5 * Math.E, (double)f.Invoke(F.ones([size]), 5)[0], 4);
        }

        Assert.Empty(recording.Spans);
        Assert.Empty(recording.Of("brachy.jit.compile.duration"));
        f.Invoke(F.ones([3]), 6);
        Assert.NotEmpty(recording.Spans);
    }

    /// <summary>Who waits for the version that the failing call made gets it.</summary>
    [Fact]
    public void WhatASubscriberThrowsFailsItsCallAndTheVersionStays()
    {
        var name = nameof(WhatASubscriberThrowsFailsItsCallAndTheVersionStays);
        var f = Jit.Compile((Tensor x) => F.exp(x), name: name, backend: Backend.TorchScript);
        Action<JitEvent> onTraced = trace => ThrowIfOf(trace.Function);
        Action<JitFirstRun> onRun = run => ThrowIfOf(run.Function);
        Jit.Traced += onTraced;
        try
        {
            Assert.Throws<FormatException>(() => f.Invoke(F.zeros([2])));
        }
        finally
        {
            Jit.Traced -= onTraced;
        }

        Jit.FirstRun += onRun;
        try
        {
            Assert.Throws<FormatException>(() => f.Invoke(F.zeros([2])));
        }
        finally
        {
            Jit.FirstRun -= onRun;
        }

        Assert.Equal([1f, 1f], f.Invoke(F.zeros([2])).ToArray<float>());
        Assert.Equal((1, 1), (f.TraceCount, f.CacheCount));

        void ThrowIfOf(string function)
        {
            if (function == name)
            {
                throw new FormatException("a subscriber");
            }
        }
    }

    /// <summary>Versions that were asked for are not too many; those that come up afterwards are counted from one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PreparingManyShapesIsNoReasonToWarn(bool alone)
    {
        var name = $"{nameof(PreparingManyShapesIsNoReasonToWarn)} {alone}";
        var f = Jit.Compile((Tensor x) => x + 1, name: name);
        var warnings = new List<int>();
        void OnWarning(JitEvent e)
        {
            if (e.Function == name)
            {
                warnings.Add(e.Number);
            }
        }

        Jit.TracedTooOften += OnWarning;
        try
        {
            for (var size = 1; size <= 12; size++)
            {
                var x = F.zeros([size]);
                if (alone)
                {
                    f.Warmup(x);
                }
                else
                {
                    Jit.Warmup(() => f.Invoke(x));
                }
            }

            Assert.Empty(warnings);
            for (var size = 1; size <= 22; size++)
            {
                f.Invoke(F.zeros([size]));
            }
        }
        finally
        {
            Jit.TracedTooOften -= OnWarning;
        }

        Assert.Equal(22, f.TraceCount);
        Assert.Equal([21], warnings);
    }

    [Fact]
    public void CallsGiveTheirResultsWhileTheyAreWarmedUp()
    {
        var name = nameof(CallsGiveTheirResultsWhileTheyAreWarmedUp);
        var f = Jit.Compile((Tensor x) => (F.exp(x), x + 1), name: name, backend: Backend.TorchScript);
        var x = F.zeros([2]);
        var (y, z) = Jit.Warmup(() => f.Invoke(x));
        Assert.Equal((1, 1), ((double)y[0], (double)z[1]));
        using var recording = new Recording(name);
        f.Invoke(x);
        Assert.Empty(recording.Spans);
        Assert.False(Jit.IsWarmingUp);
    }

    [Fact]
    public void GivenArgumentsAreStillThere()
    {
        var f = Jit.Compile((Tensor x, Tensor y) => x.add(F.exp(y)), donate: [0], backend: Backend.TorchScript);
        var x = F.full([3], 2.0);
        var y = F.zeros([3]);
        f.Warmup(x, y);
        Assert.Equal(3, (double)Jit.Warmup(() => f.Invoke(x, y))[0]);
        Assert.Equal([2f, 2f, 2f], x.ToArray<float>());
        Assert.Equal(3, (double)f.Invoke(x, y)[0]);
        Assert.Throws<DonatedTensorException>(() => x.ToArray<float>());
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void AGivenTensorPassedTwiceIsAnErrorAsInACall()
    {
        var f = Jit.Compile((Tensor x, Tensor y) => F.exp(x) + y, donate: [0], backend: Backend.TorchScript);
        var x = F.ones([2]);
        Assert.Throws<ArgumentException>(() => f.Warmup(x, x));
        Assert.Equal(1, (double)x[0]);
    }

    [Fact]
    public void GeneratedMethodsAndModulesAreReadyAndUnchanged()
    {
        var keys = Rng.Scope(1);
        var (model, config) = new Counting(4);
        var before = model.Tensors().Select(t => t.Tensor.ToArray<float>()).ToArray();
        Jit.Warmup(() =>
        {
            Counting.JitApply(model, config, F.ones([2, 4]));
            Steps.AddJit(F.ones([2, 4]), F.ones([2, 4]));
        });
        Assert.Equal(before, model.Tensors().Select(t => t.Tensor.ToArray<float>()));
        Assert.Equal((1, 1), (Counting.JitApplyFunction.TraceCount, Steps.AddJitFunction.TraceCount));
        Assert.True(Counting.JitApplyFunction.LastExecutable!.IsSettled);
        (model, _) = Counting.JitApply(model, config, F.ones([2, 4]));
        Steps.AddJit(F.ones([2, 4]), F.ones([2, 4]));
        Assert.Equal((1, 1), (Counting.JitApplyFunction.TraceCount, Steps.AddJitFunction.TraceCount));
        Assert.Equal(1, (double)model.Buffers["count"].Tensor);
        keys.Dispose();
    }

    [Fact]
    public void TheThreadsKeysAreGivenAgain()
    {
        var f = Jit.Compile((RngKey key) => Rng.Normal([3], key: key));
        using (Rng.Scope(7))
        {
            Rng.NextKey();
            var warm = Jit.Warmup(() => f.Invoke(Rng.NextKey()).ToArray<float>());
            Assert.Equal(warm, f.Invoke(Rng.NextKey()).ToArray<float>());
            Assert.NotEqual(warm, f.Invoke(Rng.NextKey()).ToArray<float>());
        }

        Assert.Throws<InvalidOperationException>(() => Jit.Warmup(Rng.NextKey));
    }

    [Fact]
    public void WhatFirstRunsMakeIsFreed()
    {
        var f = Jit.Compile((Tensor x) => F.exp(x), backend: Backend.TorchScript);
        var made = new List<Tensor>();
        using (TensorScope.Begin())
        {
            made.Add(Jit.Warmup(() => f.Invoke(F.zeros([2]))));
            Assert.Equal(1, (double)made[0][0]);
        }

        // The result belongs to the scope around the call, as that of any call.
        Assert.Throws<ObjectDisposedException>(() => made[0].ToArray<float>());
    }

    [Fact]
    public void DisabledFunctionsAreNotCompiled()
    {
        var f = Jit.Compile((Tensor x) => x + 1);
        using (Jit.Disable())
        {
            f.Warmup(F.ones([1]));
            Assert.Equal(2, (double)Jit.Warmup(() => f.Invoke(F.ones([1]))));
        }

        Assert.Equal(0, f.TraceCount);
        Assert.Equal(2, (double)Jit.Warmup(() =>
        {
            using var eager = Jit.Disable();
            return f.Invoke(F.ones([1]));
        }));
        Assert.Equal(0, f.TraceCount);
    }

    [Fact]
    public void AnErrorEndsTheWarmup()
    {
        var f = Jit.Compile((Tensor w, Tensor i) => F.index_select(w, 0, i), backend: Backend.TorchScript);
        Assert.Throws<NativeOpException>(() => f.Warmup(F.ones([3]), F.tensor(new[] { 5L })));
        Assert.Throws<NativeOpException>(() => Jit.Warmup(() => f.Invoke(F.ones([3]), F.tensor(new[] { 5L }))));
        Assert.False(Jit.IsWarmingUp);
        f.Warmup(F.ones([3]), F.tensor(new[] { 0L }));
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void WithinATraceCallsAreInlined()
    {
        var inner = Jit.Compile((Tensor x) => x + 1);
        var outer = Jit.Compile((Tensor x) =>
        {
            inner.Warmup(x);
            return Jit.Warmup(() => inner.Invoke(x));
        });
        Assert.Equal(2, (double)outer.Invoke(F.ones([1])));
        Assert.Equal((0, 1), (inner.TraceCount, outer.TraceCount));
    }

    [Fact]
    public void AsynchronousCodeIsRefused()
    {
        Assert.Throws<ArgumentException>(() => WarmUp(() => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => WarmUp(() => Task.FromResult(1)));
        Assert.Throws<ArgumentException>(() => WarmUp(() => ValueTask.CompletedTask));
        Assert.Throws<ArgumentException>(() => WarmUp(() => new ValueTask<int>(1)));
        Assert.Throws<ArgumentNullException>(() => Jit.Warmup((Action)null!));

        static void WarmUp<T>(Func<T> calls) => Jit.Warmup(calls);
    }

    [Fact]
    public void ExplainTellsWhatTheFirstRunsTook()
    {
        var runs = new List<JitFirstRun>();
        var name = nameof(ExplainTellsWhatTheFirstRunsTook);
        void OnRun(JitFirstRun run)
        {
            if (run.Function == name)
            {
                runs.Add(run);
            }
        }

        Jit.FirstRun += OnRun;
        try
        {
            var f = Jit.Compile((Tensor x) => F.exp(x), name: name, backend: Backend.TorchScript);
            f.Warmup(F.ones([2]));
            f.Invoke(F.ones([3]));
            Assert.Equal([(1, 1), (1, 2), (2, 1)], runs.Select(run => (run.Trace, run.Run)));
            var lines = f.Explain().Split('\n');
            Assert.Contains("traces 2, cached versions 2 of at most 64, evicted 0", lines[0], StringComparison.Ordinal);
            Assert.Matches(
                @"trace 1 of \w+: first call \([\d.]+ ms: trace [\d.]+ ms, compile [\d.]+ ms, first runs [\d.]+ ms and [\d.]+ ms\)$",
                lines[1]);
            Assert.Matches(@"first runs [\d.]+ ms\)$", lines[2]);
        }
        finally
        {
            Jit.FirstRun -= OnRun;
        }
    }

    /// <summary>Counts its calls.</summary>
    [Module]
    public partial class Counting
    {
        public partial Linear Inner { get; set; }

        [Buffer] public partial Tensor Count { get; set; }

        public Counting(int size)
        {
            Inner = new(size, size);
            Count = F.zeros([]);
        }

        public Tensor Forward(Tensor x)
        {
            Count = Count + 1;
            return Inner.Call(x);
        }
    }

    public static partial class Steps
    {
        [Jit]
        internal static Tensor Add([Donate] Tensor x, Tensor y) => F.exp(x) + y;
    }
}
