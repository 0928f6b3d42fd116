using Brachy.Compilation;
using TorchSharp;

namespace Brachy.Tests;

/// <summary>Every sampler: its distribution, and the same bits eagerly and through both backends.</summary>
public class SamplerTests
{
    private const long Many = 20_000;

    private static readonly Dictionary<string, (
        Func<Shape, DType, RngKey, Tensor> Draw, Func<torch.Tensor, torch.Tensor> Distribution)> s_real = new()
        {
            ["uniform"] = ((s, d, k) => Rng.Uniform(s, d, k), x => x),
            ["uniform, limits"] = ((s, d, k) => Rng.Uniform(2, 5, s, d, k), x => (x - 2) / 3),
            ["uniform, limits as tensors"] = ((s, d, k) => Rng.Uniform(F.tensor(-1.0), F.tensor([0.0]), s, d, k), x => x + 1),
            ["normal"] = ((s, d, k) => Rng.Normal(s, d, k), x => Phi(x)),
            ["normal, mean and std"] = ((s, d, k) => Rng.Normal(F.tensor([1.0]), 2, s, d, k), x => Phi((x - 1) / 2)),
            ["truncated normal"] = (
                (s, d, k) => Rng.TruncatedNormal(-1, 2, s, d, k), x => (Phi(x) - 0.15865525393) / (0.97724986805 - 0.15865525393)),
            ["truncated normal, tail"] = (
                (s, d, k) => Rng.TruncatedNormal(F.tensor([3.0]), double.PositiveInfinity, s, d, k),
                x => (Phi(x) - 0.99865010197) / (1 - 0.99865010197)),
            ["truncated normal, no limits"] = (
                (s, d, k) => Rng.TruncatedNormal(double.NegativeInfinity, double.PositiveInfinity, s, d, k), x => Phi(x)),
            ["exponential"] = ((s, d, k) => Rng.Exponential(s, d, k), x => 1 - (-x).exp()),
            ["laplace"] = ((s, d, k) => Rng.Laplace(s, d, k), x => torch.where(x.lt(0), x.exp() * 0.5, 1 - ((-x).exp() * 0.5))),
            ["gumbel"] = ((s, d, k) => Rng.Gumbel(s, d, k), x => (-(-x).exp()).exp()),
            ["logistic"] = ((s, d, k) => Rng.Logistic(s, d, k), x => x.sigmoid()),
            ["cauchy"] = ((s, d, k) => Rng.Cauchy(s, d, k), x => (x.atan() / Math.PI) + 0.5),
            ["log normal"] = ((s, d, k) => Rng.LogNormal(0.5, s, d, k), x => Phi(x.log() / 0.5)),
            ["pareto"] = ((s, d, k) => Rng.Pareto(3, s, d, k), x => 1 - x.pow(-3)),
            ["rayleigh"] = ((s, d, k) => Rng.Rayleigh(2, s, d, k), x => 1 - (x.square() / -8).exp()),
            ["weibull"] = ((s, d, k) => Rng.Weibull(2, 1.5, s, d, k), x => 1 - (-(x / 2).pow(1.5)).exp()),
            ["gamma"] = ((s, d, k) => Rng.Gamma(2.5, s, d, k), x => GammaOf(2.5, x)),
            ["gamma, small"] = ((s, d, k) => Rng.Gamma(F.tensor([0.3f]), s, d, k), x => GammaOf(0.3, x)),
            ["beta"] = ((s, d, k) => Rng.Beta(2, F.tensor([3.0]), s, d, k), x => (6 * x.square()) - (8 * x.pow(3)) + (3 * x.pow(4))),
            ["chi-square"] = ((s, d, k) => Rng.ChiSquare(3, s, d, k), x => GammaOf(1.5, x / 2)),
            ["student t"] = ((s, d, k) => Rng.StudentT(2, s, d, k), x => 0.5 + (x / (2 * (2 + x.square()).sqrt()))),
            ["dirichlet"] = (
                (s, d, k) => Rng.Dirichlet(F.tensor([2.0, 1, 2]), s, d, k)[.., 0], x => (6 * x.square()) - (8 * x.pow(3)) + (3 * x.pow(4))),
            ["multivariate normal"] = (
                (s, d, k) => Rng.MultivariateNormal(F.tensor([1.0, 2]), F.tensor(new[,] { { 4.0, 1 }, { 1, 3 } }), s, d, k).sum(-1),
                x => Phi((x - 3) / 3)),
        };

    private static readonly Dictionary<string, (Func<Shape, RngKey, Tensor> Draw, double[] Probabilities)> s_whole = new()
    {
        ["randint"] = ((s, k) => Rng.RandInt(0, 5, s, k), [0.2, 0.2, 0.2, 0.2, 0.2]),
        ["bernoulli"] = ((s, k) => Rng.Bernoulli(0.3, s, k).to(DType.Int64), [0.7, 0.3]),
        ["poisson"] = (
            (s, k) => Rng.Poisson(3.5, s, key: k),
            [.. Enumerable.Range(0, 11).Select(i => Math.Exp(-3.5) * Math.Pow(3.5, i) / Factorial(i))]),
        ["poisson, tensor"] = (
            (s, k) => Rng.Poisson(F.tensor([0.4f]), s, key: k),
            [.. Enumerable.Range(0, 4).Select(i => Math.Exp(-0.4) * Math.Pow(0.4, i) / Factorial(i))]),
        ["binomial"] = (
            (s, k) => Rng.Binomial(6, 0.3, s, key: k),
            [.. Enumerable.Range(0, 7).Select(i => Binomial(6, i) * Math.Pow(0.3, i) * Math.Pow(0.7, 6 - i))]),
        ["geometric"] = ((s, k) => Rng.Geometric(0.3, s, key: k), [0, .. Enumerable.Range(0, 12).Select(i => 0.3 * Math.Pow(0.7, i))]),
        ["rademacher"] = ((s, k) => Rng.Rademacher(s, key: k) + 1, [0.5, 0, 0.5]),
        ["categorical"] = ((s, k) => Rng.Categorical(F.log(F.tensor([1.0, 2, 4, 1])), shape: s, key: k), [0.125, 0.25, 0.5, 0.125]),
        ["categorical, float32, first dim"] = (
            (s, k) => Rng.Categorical(F.log(F.tensor(new[,] { { 3f }, { 1f } })), axis: 0, shape: s, key: k), [0.75, 0.25]),
        ["choice"] = ((s, k) => Rng.Choice(4, s, key: k), [0.25, 0.25, 0.25, 0.25]),
        ["choice by weight"] = ((s, k) => Rng.Choice(3, s, p: F.tensor([1.0, 0, 3]), key: k), [0.25, 0, 0.75]),
        ["choice without replacement"] = (
            (s, k) => F.remainder(Rng.Choice(s.NumElements, s, replace: false, key: k), 4), [0.25, 0.25, 0.25, 0.25]),
    };

    public static TheoryData<string> RealNames => [.. s_real.Keys];

    public static TheoryData<string> WholeNames => [.. s_whole.Keys];

    [Theory]
    [MemberData(nameof(RealNames))]
    public void RealSamplesHaveTheirDistribution(string name)
    {
        var (draw, distribution) = s_real[name];
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            var x = draw([Many], dtype, Rng.Seed(11));
            Assert.Equal(new TensorType([Many], dtype), x.Type);
            Assert.True(F.isfinite(x).all().item<bool>());
            Distribution.AssertIs(x, distribution, $"{name}, {dtype.Name()}");
        }

        Assert.Equal(DType.BFloat16, draw([3], DType.BFloat16, Rng.Seed(1)).dtype);
        Assert.Throws<DTypeException>(() => draw([3], DType.Int64, Rng.Seed(1)));
        Assert.Throws<ShapeException>(() => draw([-3], DType.Float32, Rng.Seed(1)));
    }

    [Theory]
    [MemberData(nameof(WholeNames))]
    public void WholeSamplesHaveTheirDistribution(string name)
    {
        var (draw, probabilities) = s_whole[name];
        var x = draw([Many], Rng.Seed(12));
        Assert.Equal(new TensorType([Many], DType.Int64), x.Type);
        Distribution.AssertCounts(x, probabilities, name);
    }

    [Fact]
    public void LargeCountsHaveTheMomentsOfTheirDistribution()
    {
        foreach (var (x, mean, variance) in new[]
        {
            (Rng.Poisson(1e4, [Many], DType.Float64, Rng.Seed(1)), 1e4, 1e4),
            (Rng.Binomial(1e6, 0.2, [Many], DType.Float64, Rng.Seed(2)), 2e5, 1.6e5),
        })
        {
            Assert.Equal(mean, x.mean().item<double>(), 5 * Math.Sqrt(variance / Many));
            Assert.Equal(1, x.var().item<double>() / variance, 5 * Math.Sqrt(2.0 / Many));
        }
    }

    [Theory]
    [MemberData(nameof(RealNames))]
    public void RealSamplesHaveTheSameBitsWhenCompiled(string name) =>
        AssertSameBits(name, k => s_real[name].Draw([300], DType.Float32, k));

    [Theory]
    [MemberData(nameof(WholeNames))]
    public void WholeSamplesHaveTheSameBitsWhenCompiled(string name) => AssertSameBits(name, k => s_whole[name].Draw([300], k));

    [Fact]
    public void OtherDrawsHaveTheSameBitsWhenCompiled()
    {
        AssertSameBits("shuffle", k => Rng.Shuffle(F.arange(40).reshape(20, 2), 0, k));
        AssertSameBits("choice of rows", k => Rng.Choice(F.arange(40).reshape(20, 2), [3, 2], key: k));
        AssertSameBits("weighted choice without replacement", k => Rng.Choice(10, [5], false, F.arange(1, 11), k));
        AssertSameBits("orthogonal", k => Rng.Orthogonal(5, 3, [2], key: k));
        AssertSameBits("alpha_dropout", k => F.alpha_dropout(F.ones([40]), 0.3, key: k));
        AssertSameBits("dropout2d", k => F.dropout2d(F.ones([4, 5, 2, 2]), 0.3, key: k));
    }

    [Fact]
    public void SplitKeysGiveIndependentNumbers()
    {
        var keys = Rng.Split(Rng.Seed(4), 3);
        var draws = keys.Select(k => Rng.Normal([Many], DType.Float64, k)).ToArray();
        for (var i = 0; i < draws.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.InRange((draws[i] * draws[j]).mean().item<double>() * Math.Sqrt(Many), -3.9, 3.9);
                Assert.InRange((draws[i].square() * draws[j].square() - 1).mean().item<double>() * Math.Sqrt(Many / 8), -3.9, 3.9);
            }
        }
    }

    private static void AssertSameBits(string name, Func<RngKey, Tensor> draw)
    {
        var key = Rng.Seed(5);
        var eager = draw(key);
        foreach (var backend in new[] { Backend.Interpreter, Backend.TorchScript })
        {
            var f = Jit.Compile((Tensor k) => draw(new RngKey(k)), backend: backend, name: name);
            var compiled = f.Invoke(key.Tensor);
            Assert.Equal(eager.Type, compiled.Type);
            Assert.True(
                eager.AsTorch().equal(compiled.AsTorch()).all().ToBoolean(), $"{name}, {backend}: eager {eager}, compiled {compiled}");
            f.ClearCache();
        }
    }

    private static torch.Tensor Phi(torch.Tensor x) => ((x / Math.Sqrt(2)).erf() + 1) / 2;

    private static torch.Tensor GammaOf(double alpha, torch.Tensor x) => torch.special.gammainc(torch.full_like(x, alpha), x);

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    private static double Binomial(int n, int k) => Factorial(n) / Factorial(k) / Factorial(n - k);
}
