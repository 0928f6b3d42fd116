using System.Diagnostics;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Tests.Telemetry;
using Brachy.Transforms;

namespace Brachy.Tests.Transforms;

/// <summary>
/// Who compiles stalls no caller of other shapes; callers of the same shape wait for one compilation, and nobody waits for himself. Threads
/// are put in order by what they reach, never by time: the limits below only end a test that fails.
/// </summary>
[Trait("Category", "Quick")]
public class ConcurrentCompileTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public void DifferentShapesAreCompiledSideBySide()
    {
        using var bothTrace = new Barrier(2);
        var f = Jit.Compile((Tensor x) =>
        {
            Assert.True(bothTrace.SignalAndWait(s_limit));
            return x + 1;
        });
        var one = Start(() => f.Invoke(F.ones([1])));
        var two = Start(() => f.Invoke(F.ones([2])));
        Assert.Equal(2, (double)End(one)[0]);
        Assert.Equal(2, (double)End(two)[1]);
        Assert.Equal((2, 2), (f.TraceCount, f.CacheCount));
    }

    [Fact]
    public void CallersOfOtherShapesGoOnWhileOneIsCompiled()
    {
        using var traces = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var f = Jit.Compile((Tensor x) =>
        {
            if (x.shape[0] == 7)
            {
                traces.Set();
                Assert.True(mayEnd.Wait(s_limit));
            }

            return x + 1;
        });
        f.Invoke(F.ones([1]));
        var slow = Start(() => f.Invoke(F.ones([7])));
        Assert.True(traces.Wait(s_limit));

        // A version that exists, a new one, what is known of the function, and its end.
        Assert.Equal(2, (double)f.Invoke(F.ones([1]))[0]);
        Assert.Equal(2, (double)f.Invoke(F.ones([2]))[1]);
        Assert.Equal((2, 2), (f.TraceCount, f.CacheCount));
        Assert.Contains("traces 2", f.Explain(), StringComparison.Ordinal);
        f.CacheLimit = 3;
        f.ClearCache();
        mayEnd.Set();
        Assert.Equal(2, (double)End(slow)[6]);

        // It was being made when all was to be dropped.
        Assert.Equal(0, f.CacheCount);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void CallersOfTheSameShapeWaitForOneCompilation(int callers)
    {
        var name = $"{nameof(CallersOfTheSameShapeWaitForOneCompilation)} {callers}";
        using var others = new Waiters(name, callers - 1);
        var f = Jit.Compile((Tensor x) =>
        {
            others.Await();
            return x + 1;
        }, name: name);
        var calls = Enumerable.Range(0, callers).Select(i => Start(() => f.Invoke(F.full([2], (double)i)))).ToArray();
        Assert.Equal(Enumerable.Range(1, callers).Select(i => (double)i), calls.Select(call => (double)End(call)[1]));
        Assert.Equal((1, 1), (f.TraceCount, f.CacheCount));
    }

    [Fact]
    public void AFailureReachesAllWhoWaitAndALaterCallTriesAgain()
    {
        var name = nameof(AFailureReachesAllWhoWaitAndALaterCallTriesAgain);
        using var others = new Waiters(name, 3);
        var attempts = 0;
        var f = Jit.Compile((Tensor x) =>
        {
            others.Await();
            return Interlocked.Increment(ref attempts) == 1 ? throw new InvalidOperationException("no") : x + 1;
        }, name: name);
        var calls = Enumerable.Range(0, 4).Select(_ => Start(() => f.Invoke(F.ones([2])))).ToArray();
        Assert.All(calls, call => Assert.Equal("no", Assert.Throws<InvalidOperationException>(() => End(call)).Message));
        Assert.Equal((1, 0), (attempts, f.CacheCount));
        Assert.Equal(2, (double)f.Invoke(F.ones([2]))[0]);
        Assert.Equal((2, 1), (attempts, f.CacheCount));
    }

    [Theory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(InsufficientExecutionStackException))]
    public void WhoGivesUpForHimselfLeavesTheOthersToTry(Type failure)
    {
        var name = $"gives up: {failure.Name}";
        using var others = new Waiters(name, 3);
        var attempts = 0;
        var f = Jit.Compile((Tensor x) =>
        {
            others.Await();
            return Interlocked.Increment(ref attempts) == 1 ? throw (Exception)Activator.CreateInstance(failure)! : x + 1;
        }, name: name);
        var calls = Enumerable.Range(0, 4).Select(_ => Start(() => f.Invoke(F.ones([2])))).ToArray();
        var ends = calls.Select(call => Record.Exception(() => End(call))).ToArray();
        Assert.IsType(failure, Assert.Single(ends, end => end is not null));
        Assert.Equal((2, 1), (attempts, f.CacheCount));
    }

    [Fact]
    public void AFreedArgumentIsTheErrorOfItsCallerAlone()
    {
        var f = Jit.Compile((Tensor x) => x + 1);
        var freed = F.ones([2]);
        freed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => f.Invoke(freed));
        Assert.Equal(0, f.TraceCount);
        Assert.Equal(2, (double)f.Invoke(F.ones([2]))[0]);
    }

    [Fact]
    public void WhoWaitsForACacheThatIsEmptiedMakesHisOwn()
    {
        var name = nameof(WhoWaitsForACacheThatIsEmptiedMakesHisOwn);
        using var other = new Waiters(name, 1);
        JitFunction? function = null;
        var f = Jit.Compile((Tensor x) =>
        {
            other.Await();
            if (function!.TraceCount == 0)
            {
                function.ClearCache();
            }

            return x + 1;
        }, name: name);
        function = f;
        var calls = Enumerable.Range(0, 2).Select(_ => Start(() => f.Invoke(F.ones([2])))).ToArray();
        Assert.All(calls, call => Assert.Equal(2, (double)End(call)[0]));
        Assert.Equal((2, 1), (f.TraceCount, f.CacheCount));
    }

    [Fact]
    public void AFunctionThatCallsItselfOnAnotherThreadWhileItIsTracedDoesNotWaitForItself()
    {
        JitFunction<Arguments<Tensor>, Tensor>? function = null;
        var depth = 0;
        var f = function = Jit.Compile((Tensor x) =>
        {
            var inner = Interlocked.Increment(ref depth) <= 3 ? End(Start(() => function!.Invoke(F.ones([2])))) : F.zeros([2]);
            return x + inner;
        });
        Assert.Equal(4, (double)f.Invoke(F.ones([2]))[0]);
        Assert.Equal(1, f.CacheCount);
    }

    [Fact]
    public void FunctionsThatNeedEachOtherDoNotWaitInACircle()
    {
        using var allTrace = new Barrier(3);
        var functions = new JitFunction<Arguments<Tensor>, Tensor>[3];
        var runs = new int[3];
        for (var i = 0; i < 3; i++)
        {
            var (own, next) = (i, (i + 1) % 3);
            functions[i] = Jit.Compile((Tensor x) =>
            {
                if (Interlocked.Increment(ref runs[own]) > 1)
                {
                    return x + 1;
                }

                Assert.True(allTrace.SignalAndWait(s_limit));
                return x + End(Start(() => functions[next].Invoke(F.ones([2]))));
            }, name: $"{nameof(FunctionsThatNeedEachOtherDoNotWaitInACircle)} {i}");
        }

        var calls = functions.Select(f => Start(() => f.Invoke(F.ones([2])))).ToArray();
        Assert.All(calls, call => Assert.InRange((double)End(call)[0], 2, 6));
    }

    [Fact]
    public void LiftedTransformsAreAppliedSideBySideToo()
    {
        using var bothApply = new Barrier(2);
        var f = Static.Lift((TensorFunction function) =>
        {
            Assert.True(bothApply.SignalAndWait(s_limit));
            return inputs => function(inputs);
        }).Of((Tensor x) => x + 1);
        var one = Start(() => f(F.ones([1])));
        var two = Start(() => f(F.ones([2])));
        Assert.Equal((2, 2), ((double)End(one)[0], (double)End(two)[1]));
    }

    [Fact]
    public void ManyThreadsAndShapesWithASmallCacheAgree()
    {
        var f = Jit.Compile((Tensor x, int k) => F.tanh(x * k).sum(), name: nameof(ManyThreadsAndShapesWithASmallCacheAgree));
        using var evictions = new Evictions(f.Name);
        var expected = Enumerable.Range(0, 6).Select(k => 16 * Math.Tanh(k)).ToArray();
        f.CacheLimit = 2;
        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            if (i % 50 == 49)
            {
                f.ClearCache();
            }

            Assert.Equal(expected[i % 6], (double)f.Invoke(F.ones([4, 4]), i % 6), 4);
        });
        Assert.InRange(f.CacheCount, 1, 2);
        Assert.Equal(f.EvictionCount, evictions.All.Count);
    }

    [Fact]
    public void FirstRunsOfManyThreadsAreToldOnceEach()
    {
        var name = nameof(FirstRunsOfManyThreadsAreToldOnceEach);
        using var recording = new Recording(name);
        var f = Jit.Compile((Tensor x) => F.exp(x), name: name, backend: Backend.TorchScript);
        Parallel.For(0, 40, _ => f.Invoke(F.ones([2])));
        Assert.Equal(
            [1, 2],
            recording.Spans.Where(span => span.OperationName == "brachy.first_run")
                .Select(span => (int)span.GetTagItem("brachy.first_run.number")!).Order());
    }

    private static Task<T> Start<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static T End<T>(Task<T> call)
    {
        Assert.True(((IAsyncResult)call).AsyncWaitHandle.WaitOne(s_limit), "Somebody waits for ever.");
        return call.GetAwaiter().GetResult();
    }

    /// <summary>Knows how many callers wait for a version of a function, by the spans that they begin.</summary>
    private sealed class Waiters : IDisposable
    {
        private readonly CountdownEvent _missing;
        private readonly ActivityListener _listener;
        private readonly string _function;

        public Waiters(string function, int count)
        {
            _function = function;
            _missing = new CountdownEvent(count);
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == BrachyTelemetry.ActivitySourceName,
                Sample = Sample,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        /// <summary>Waits until all others do; later calls do not wait.</summary>
        public void Await() => Assert.True(_missing.Wait(s_limit));

        public void Dispose()
        {
            _listener.Dispose();
            _missing.Dispose();
        }

        private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
        {
            if (options.Name == "brachy.wait" && options.Tags!.Any(tag => Equals(tag.Value, _function)) && !_missing.IsSet)
            {
                _missing.Signal();
            }

            return ActivitySamplingResult.AllData;
        }
    }
}
