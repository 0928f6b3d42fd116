using Brachy.Compilation;
using Brachy.Tests.Native;
using Brachy.Tests.Telemetry;
using CsCheck;

namespace Brachy.Tests.Transforms;

/// <summary>How many versions a function keeps, which go, and who hears of it.</summary>
[Trait("Category", "Quick")]
public class CacheLimitTests
{
    [Fact]
    public void VersionsAreThoseUsedLastUpToTheLimit() => Gen.Select(Gen.Int[0, 5], Gen.Int[-4, 6]).Array[1, 40].Sample(steps =>
    {
        var f = Jit.Compile((Tensor x, int k) => x + k, backend: Backend.Interpreter, name: nameof(VersionsAreThoseUsedLastUpToTheLimit));
        using var evicted = new Evictions(f.Name);
        using var quiet = new TooOften();
        var (expected, limit, traces, evictions) = (new List<int>(), Jit.DefaultCacheLimit, 0, 0);
        foreach (var (k, newLimit) in steps)
        {
            // One step in two changes the limit.
            if (newLimit > 0)
            {
                f.CacheLimit = limit = newLimit;
            }
            else
            {
                Assert.Equal(1 + k, (double)f.Invoke(F.ones([1]), k));
                traces += expected.Remove(k) ? 0 : 1;
                expected.Add(k);
            }

            for (; expected.Count > limit; evictions++)
            {
                expected.RemoveAt(0);
            }

            Assert.Equal((traces, expected.Count, evictions, limit), (f.TraceCount, f.CacheCount, f.EvictionCount, f.CacheLimit));
        }

        Assert.Equal(Enumerable.Range(1, evictions), evicted.All.Select(e => e.Number));
    }, iter: 100, threads: 1);

    [Fact]
    public void AnEvictionNamesTheFunctionTheLimitAndTheShapes()
    {
        var f = Jit.Compile((Tensor x, Tensor y) => x + y, name: nameof(AnEvictionNamesTheFunctionTheLimitAndTheShapes));
        using var evicted = new Evictions(f.Name);
        f.CacheLimit = 1;
        f.Invoke(F.ones([2]), F.ones([3, 1]));
        f.Invoke(F.ones([4]), F.ones([]));
        var happened = Assert.Single(evicted.All);
        Assert.Equal((f.Name, 1, 1), (happened.Function, happened.Number, happened.Limit));
        Assert.Equal(["argument 1: float32[2]", "argument 2: float32[3, 1]"], happened.Shapes);
        Assert.Equal(
            $"eviction 1 of {f.Name}, limit 1: the version for (argument 1: float32[2], argument 2: float32[3, 1])",
            happened.ToString());
        Assert.Contains("cached versions 1 of at most 1, evicted 1", f.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void OfManyTensorsTheFirstAreNamed()
    {
        CompilerServices.TreeHandler.Register(CompilerServices.TreeHandler.Array(CompilerServices.TreeHandler.Tensor));
        var f = Jit.Compile((Tensor[] x) => x[0] + 1, name: nameof(OfManyTensorsTheFirstAreNamed));
        using var evicted = new Evictions(f.Name);
        f.CacheLimit = 1;
        f.Invoke([.. Enumerable.Range(0, 40).Select(i => F.ones([i + 1]))]);
        f.Invoke([F.ones([1])]);
        var shapes = Assert.Single(evicted.All).Shapes;
        Assert.Equal(33, shapes.Count);
        Assert.Equal("and 8 more", shapes[^1]);
    }

    [Fact]
    public void LoweringTheLimitDropsAtOnce()
    {
        var f = Jit.Compile((Tensor x) => x + 1, name: nameof(LoweringTheLimitDropsAtOnce));
        using var evicted = new Evictions(f.Name);
        for (var i = 1; i <= 5; i++)
        {
            f.Invoke(F.ones([i]));
        }

        f.CacheLimit = 2;
        Assert.Equal((2, 3), (f.CacheCount, f.EvictionCount));
        Assert.Equal([1, 2, 3], evicted.All.Select(e => e.Number));
        f.Invoke(F.ones([5]));
        f.Invoke(F.ones([4]));
        Assert.Equal(5, f.TraceCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void ALimitIsAtLeastOne(int limit)
    {
        var f = Jit.Compile((Tensor x) => x + 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => f.CacheLimit = limit);
        Assert.Throws<ArgumentOutOfRangeException>(() => Jit.DefaultCacheLimit = limit);
        Assert.Equal((64, 64), (f.CacheLimit, Jit.DefaultCacheLimit));
    }

    [Fact]
    public void WithoutASubscriberOneLineGoesToStandardError()
    {
        var output = ProbeProcess.Run(typeof(Probes).Assembly.Location, new Dictionary<string, string>(), Probes.Evict);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var warning = Assert.Single(lines, line => line.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.Contains("f keeps at most 3 compiled versions", warning, StringComparison.Ordinal);
        Assert.Contains("(argument 1: float32[1])", warning, StringComparison.Ordinal);
        Assert.Contains("Jit.DefaultCacheLimit", warning, StringComparison.Ordinal);
    }

    /// <summary>Takes the warning of many traces, which are meant here.</summary>
    private sealed class TooOften : IDisposable
    {
        public TooOften() => Jit.TracedTooOften += Ignore;

        public void Dispose() => Jit.TracedTooOften -= Ignore;

        private static void Ignore(JitEvent happened)
        {
        }
    }
}
