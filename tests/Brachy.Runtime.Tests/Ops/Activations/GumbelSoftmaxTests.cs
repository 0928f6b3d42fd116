using Brachy.Extending;

namespace Brachy.Tests.Ops;

public class GumbelSoftmaxTests
{
    private static readonly Tensor s_logits = F.log(F.tensor([0.1, 0.2, 0.3, 0.4]));

    [Fact]
    public void HardSamplesHaveTheFrequenciesOfTheCategories()
    {
        const int Draws = 20_000;
        var y = F.gumbel_softmax(F.expand(s_logits, Draws, 4), tau: 0.5, hard: true, key: Rng.Seed(3));
        Assert.All(y.ToArray<double>(), v => Assert.True(Math.Abs(v) < 1e-12 || Math.Abs(v - 1) < 1e-12));
        var frequencies = F.mean(y, 0).ToArray<double>();
        foreach (var (expected, actual) in new[] { 0.1, 0.2, 0.3, 0.4 }.Zip(frequencies))
        {
            // Five standard deviations.
            Assert.InRange(actual, expected - (5 * Math.Sqrt(expected / Draws)), expected + (5 * Math.Sqrt(expected / Draws)));
        }
    }

    [Fact]
    public void SoftSamplesAreTheSoftmaxOfNoisyLogitsAndHardOnesHaveTheirGradient()
    {
        var key = Rng.Seed(5);
        var x = Make.Real([3, 4, 2]);
        var soft = F.softmax((x + Rng.Gumbel(x.shape, x.dtype, key)) / 0.7, 1);
        OpCheck.AssertClose(soft, F.gumbel_softmax(x, 0.7, dim: 1, key: key), 1e-12, "soft");
        var weights = Make.Real(x.shape, seed: 9);
        var (_, expected) = Pullback.Differentiate([x], a => F.gumbel_softmax(a[0], 0.7, false, 1, key), y => ([y], [weights]));
        var (hard, actual) = Pullback.Differentiate([x], a => F.gumbel_softmax(a[0], 0.7, true, 1, key), y => ([y], [weights]));
        OpCheck.AssertClose(expected[0]!, actual[0]!, 1e-12, "gradient");
        Assert.Equal(F.argmax(soft, 1).ToArray<long>(), F.argmax(hard, 1).ToArray<long>());
        var compiled = Jit.Compile((Tensor t, RngKey k) => F.gumbel_softmax(t, 0.7, true, 1, k));
        OpCheck.AssertClose(hard, compiled.Invoke(x, key), 1e-12, "compiled");
    }

    [Fact]
    public void KeysComeFromTheScopeOrAreMissed()
    {
        using (Rng.Scope(1))
        {
            Assert.NotEqual(F.gumbel_softmax(s_logits).ToArray<double>(), F.gumbel_softmax(s_logits).ToArray<double>());
        }

        Assert.Throws<InvalidOperationException>(() => F.gumbel_softmax(s_logits));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.gumbel_softmax(s_logits, tau: 0, key: Rng.Seed(1)));
        Assert.Throws<ShapeException>(() => F.gumbel_softmax(s_logits, dim: 1, key: Rng.Seed(1)));
        Assert.Throws<ShapeException>(() => F.gumbel_softmax(F.ones([2, 0]), hard: true, key: Rng.Seed(1)));
        Assert.Throws<DTypeException>(() => F.gumbel_softmax(F.ones([2], DType.Int64), key: Rng.Seed(1)));
    }
}
