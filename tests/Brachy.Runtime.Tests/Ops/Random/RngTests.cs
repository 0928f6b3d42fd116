using Brachy.Extending;
using Brachy.Tests.Ops;
using Brachy.Tests.Ops.Samples;
using TorchSharp;

namespace Brachy.Tests;

[Trait("Category", "Quick")]
public class RngTests
{
    [Fact]
    public void TheSameKeyGivesTheSameNumbersAndOthersGiveOthers()
    {
        Assert.Equal(Draw(Rng.Seed(1)), Draw(Rng.Seed(1)));
        Assert.NotEqual(Draw(Rng.Seed(1)), Draw(Rng.Seed(2)));
        Assert.NotEqual(Draw(Rng.Seed(1)), Draw(Rng.Seed(1 + (1L << 32))));
    }

    [Fact]
    public void KeysMadeOfAKeyAreNonNegativeAndAllDifferent()
    {
        var key = Rng.Seed(0);
        var keys = new HashSet<long> { Number(key) };
        foreach (var made in Rng.Split(key, 1000).Concat(Rng.Split(Rng.Seed(1), 1000)))
        {
            Assert.True(Number(made) >= 0);
            Assert.True(keys.Add(Number(made)));
        }
    }

    [Fact]
    public void AKeyIsWhatWasPublishedOnce()
    {
        // Saved seeds must give the same numbers in later versions.
        Assert.Equal(PublishedSeed0, Number(Rng.Seed(0)));
        Assert.Equal(PublishedFold, Number(Rng.FoldIn(Rng.Seed(0), 5)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void CompiledCodeGivesTheSameBits(string row)
    {
        var sample = RandomSamples.All.Single(s => s.ToString() == row);
        var eager = OpCheck.Compute(sample, sample.Inputs())[0];
        var scripted = ScriptedOp.Run(sample, sample.Inputs(), [eager.Type])[0];
        Assert.Equal(eager.Type, scripted.Type);
        Assert.True(eager.AsTorch().equal(scripted.AsTorch()).all().ToBoolean(), $"eager {eager}, script {scripted}");
    }

    public static TheoryData<string> Samples => [.. RandomSamples.All.Select(s => s.ToString())];

    [Fact]
    public void EveryBitOfAKeyIsSetHalfOfTheTime()
    {
        var counts = new int[63];
        foreach (var key in Rng.Split(Rng.Seed(3), 4000))
        {
            for (var bit = 0; bit < counts.Length; bit++)
            {
                counts[bit] += (int)((Number(key) >> bit) & 1);
            }
        }

        Assert.All(counts, count => Assert.InRange(count, 1850, 2150));
    }

    [Fact]
    public void AScopeGivesFreshKeysInARepeatableOrder()
    {
        static float[][] Run()
        {
            using var scope = Rng.Scope(7);
            return [Rng.Normal([4]).ToArray<float>(), Rng.Normal([4]).ToArray<float>()];
        }

        var first = Run();
        Assert.NotEqual(first[0], first[1]);
        Assert.Equal(first, Run());
    }

    [Fact]
    public void ScopesNestAndDrawingInsideLeavesTheOuterOneAlone()
    {
        using var outer = Rng.Scope(7);
        using (Rng.Scope(8))
        {
            Assert.Equal(Number(new RngKey(F.fold_in(Rng.Seed(8).Tensor, -1))), Number(Rng.NextKey()));
        }

        Assert.Equal(Number(Rng.FoldIn(Rng.Seed(7), -1)), Number(Rng.NextKey()));
        Assert.Equal(Number(Rng.FoldIn(Rng.Seed(7), -2)), Number(Rng.NextKey()));
    }

    [Fact]
    public void WithoutAScopeTheMessageSaysHowToOpenOne()
    {
        Assert.False(RngScope.IsOpen);
        Assert.Contains(
            "Rng.Scope(seed)", Assert.Throws<InvalidOperationException>(() => Rng.Uniform([1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ScopesEndInReverseOrder()
    {
        var outer = Rng.Scope(1);
        var inner = Rng.Scope(2);
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        outer.Dispose();
        Assert.False(RngScope.IsOpen);
    }

    [Fact]
    public void AScopeOfAnotherThreadDoesNotCount()
    {
        using var scope = Rng.Scope(1);
        var isOpen = true;
        var thread = new Thread(() => isOpen = RngScope.IsOpen);
        thread.Start();
        thread.Join();
        Assert.False(isOpen);
    }

    [Fact]
    public void ATraceDoesNotDrawFromAScopeOutsideIt()
    {
        using var scope = Rng.Scope(1);
        using (Trace.BeginGraph("Step"))
        {
            var error = Assert.Throws<InvalidOperationException>(() => Rng.Uniform([1]));
            Assert.Contains("Step", error.Message, StringComparison.Ordinal);
            Assert.Contains("Pass a key as an argument", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Number(Rng.FoldIn(Rng.Seed(1), -1)), Number(Rng.NextKey()));
    }

    [Fact]
    public void AScopeInsideATraceDrawsTracedKeys()
    {
        using var trace = Trace.BeginGraph("Step");
        var key = new RngKey(trace.Argument(new TensorType([], DType.Int64), "key"));
        using var scope = Rng.Scope(key);
        Assert.True(Rng.Uniform([2]).IsTraced);
        Assert.True(Rng.Uniform([2]).IsTraced);
        Assert.Equal(["fold_in", "uniform", "fold_in", "uniform"], trace.Ops.Select(op => op.Primitive.Name));
        Assert.NotEqual(trace.Ops[0].Inputs[1].Number, trace.Ops[2].Inputs[1].Number);
    }

    [Fact]
    public void AGradientComputedEagerlyDrawsFromTheScopeOutsideIt()
    {
        using var scope = Rng.Scope(1);
        var (_, g) = Pullback.Differentiate([Make.Real([100])], x => F.sum(F.dropout(x[0], 0.25)), y => ([y], [Given.Scalar(1)]));
        Assert.Equal(
            [0, 4.0 / 3], g[0]!.ToArray<double>().Distinct().Order().Select(v => Math.Round(v, 12)).Select(v => v == 0 ? 0 : 4.0 / 3));
    }

    [Fact]
    public void UniformNumbersAreSpreadEvenly()
    {
        var x = Rng.Uniform([100_000], DType.Float64, Rng.Seed(1)).ToArray<double>();
        Assert.All(x, v => Assert.True(v is >= 0 and < 1));
        Assert.InRange(x.Average(), 0.495, 0.505);
        Assert.InRange(x.Sum(v => v * v) / x.Length, 0.328, 0.338);
    }

    [Fact]
    public void NormalNumbersHaveTheMomentsOfTheDistribution()
    {
        var x = Rng.Normal([100_000], DType.Float64, Rng.Seed(2)).ToArray<double>();
        Assert.InRange(x.Average(), -0.01, 0.01);
        Assert.InRange(x.Sum(v => v * v) / x.Length, 0.98, 1.02);
        Assert.InRange(x.Sum(v => v * v * v * v) / x.Length, 2.9, 3.1);
    }

    [Fact]
    public void WholeNumbersCoverTheirRangeAndNoMore()
    {
        var x = Rng.RandInt(-2, 3, [10_000], Rng.Seed(3)).ToArray<long>();
        var counts = x.CountBy(v => v).ToDictionary();
        Assert.Equal([-2L, -1, 0, 1, 2], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 1850, 2150));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rng.RandInt(3, 3, [1], Rng.Seed(0)));
    }

    [Fact]
    public void APermutationHoldsEveryNumberOnce()
    {
        var x = Rng.Permutation(500, Rng.Seed(4)).ToArray<long>();
        Assert.NotEqual(Enumerable.Range(0, 500).Select(i => (long)i), x);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), x.Order());
    }

    [Fact]
    public void TruthValuesHaveTheProbabilityAskedFor()
    {
        var x = Rng.Bernoulli(0.3, [20_000], Rng.Seed(5));
        Assert.Equal(DType.Bool, x.dtype);
        Assert.InRange(x.ToArray<bool>().Count(v => v), 5800, 6200);
        Assert.Equal([false, true], Rng.Bernoulli(Tensor.FromArray([0f, 1f], [2]), [2], Rng.Seed(6)).ToArray<bool>());
    }

    [Fact]
    public void DropoutZeroesWithAProbabilityAndKeepsTheMean()
    {
        var x = F.ones([20_000]);
        var y = F.dropout(x, 0.3, key: Rng.Seed(7)).ToArray<float>();
        Assert.InRange(y.Count(v => v == 0), 5800, 6200);
        Assert.All(y, v => Assert.True(v == 0 || Math.Abs(v - (1 / 0.7f)) < 1e-6));
        Assert.Same(x, F.dropout(x, 0.3, training: false));
        Assert.Same(x, F.dropout(x, 0));
        Assert.All(F.dropout(x, 1, key: Rng.Seed(0)).ToArray<float>(), v => Assert.Equal(0, v));
        Assert.Equal(DType.BFloat16, F.dropout(x.to(DType.BFloat16), 0.5, key: Rng.Seed(0)).dtype);
        Assert.Throws<ArgumentOutOfRangeException>(() => F.dropout(x, 1.5));
    }

    [Fact]
    public void OnlyAnInt64ScalarIsAKey()
    {
        Assert.Throws<DTypeException>(() => new RngKey(Given.Scalar(1)));
        Assert.Throws<ShapeException>(() => new RngKey(Given.Whole([1], 1)));
        Assert.Throws<DTypeException>(() => Rng.FoldIn(Rng.Seed(0), 0.5));
        Assert.Throws<ShapeException>(() => Rng.FoldIn(Rng.Seed(0), Given.Whole([1, 2], 2)));
    }

    private const long PublishedSeed0 = 7495594520412725320;
    private const long PublishedFold = 8268165280308767433;

    private static float[] Draw(RngKey key) => Rng.Uniform([8], key: key).ToArray<float>();

    private static long Number(RngKey key) => key.Tensor.item<long>();
}
