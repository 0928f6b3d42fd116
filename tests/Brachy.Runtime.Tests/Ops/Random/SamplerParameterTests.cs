using Brachy.Extending;
using Brachy.Tests.Ops;

namespace Brachy.Tests;

/// <summary>Parameters of samplers: shapes, gradients, and values that are none.</summary>
public class SamplerParameterTests
{
    private static readonly RngKey s_key = Rng.Seed(3);

    [Fact]
    public void ParametersBroadcastAndGiveTheShapeByDefault()
    {
        var (row, column) = (F.ones([3]), F.ones([2, 1], DType.Float64));
        Assert.Equal(new TensorType([2, 3], DType.Float32), Rng.Normal(row, column, key: s_key).Type);
        Assert.Equal(new TensorType([2, 3], DType.Float64), Rng.Beta(row, column, dtype: DType.Float64, key: s_key).Type);
        Assert.Equal(Shape.Create([3]), Rng.Gamma(row, key: s_key).shape);
        Assert.Equal(Shape.Create([4, 3]), Rng.Poisson(row, [4, 3], key: s_key).shape);
        Assert.Equal(Shape.Create([5, 2, 3]), Rng.Binomial(row, column, [5, 2, 3], key: s_key).shape);
        Assert.Equal(Shape.Create([]), Rng.Exponential([], key: s_key).shape);
        Assert.Equal(Shape.Create([]), Rng.StudentT(2, key: s_key).shape);
        Assert.Equal(Shape.Create([2, 3]), Rng.Dirichlet(F.ones([2, 3]), key: s_key).shape);
        Assert.Equal(Shape.Create([4, 2, 3]), Rng.Dirichlet(F.ones([3]), [4, 2], key: s_key).shape);
        Assert.Equal(Shape.Create([2]), Rng.Categorical(F.zeros([2, 3]), key: s_key).shape);
        Assert.Equal(Shape.Create([3]), Rng.Categorical(F.zeros([2, 3]), 0, key: s_key).shape);
        Assert.Equal(Shape.Create([5, 3]), Rng.Categorical(F.zeros([2, 3]), 0, [5, 3], s_key).shape);
        Assert.Equal(Shape.Create([5, 2, 3]), Rng.MultivariateNormal(F.zeros([3]), F.eye(3), [5, 2], key: s_key).shape);
        Assert.Equal(Shape.Create([0, 3]), Rng.MultivariateNormal(F.zeros([3]), F.eye(3), [0], key: s_key).shape);
        Assert.Equal(Shape.Create([4, 5, 2]), Rng.Orthogonal(5, 2, [4], key: s_key).shape);
        Assert.Equal(DType.Float16, Rng.Poisson(2, [3], DType.Float16, s_key).dtype);
        Assert.Equal(Shape.Create([0]), Rng.Choice(5, [0], key: s_key).shape);
        Assert.Equal(Shape.Create([2, 3, 4]), Rng.Choice(F.ones([2, 9, 4]), [3], axis: 1, key: s_key).shape);
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        var row = F.ones([3]);
        Assert.Contains("[4]", Assert.Throws<ShapeException>(() => Rng.Gamma(row, [4], key: s_key)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Rng.Normal(row, F.ones([2]), key: s_key));
        Assert.Throws<ShapeException>(() => Rng.Normal(F.ones([2, 3]), 1, [3], key: s_key));
        Assert.Throws<ShapeException>(() => Rng.Categorical(F.ones([2, 3]), shape: [3], key: s_key));
        Assert.Throws<ShapeException>(() => Rng.Categorical(F.tensor(1.0), key: s_key));
        Assert.Throws<DTypeException>(() => Rng.Categorical(F.ones([3], DType.Int64), key: s_key));
        Assert.Throws<ShapeException>(() => Rng.Dirichlet(2, key: s_key));
        Assert.Throws<ShapeException>(() => Rng.MultivariateNormal(row, F.eye(2), key: s_key));
        Assert.Throws<ShapeException>(() => Rng.Orthogonal(-1, key: s_key));
        Assert.Throws<ShapeException>(() => Rng.Choice(3, [2], p: F.ones([2]), key: s_key));
        Assert.Throws<ShapeException>(() => Rng.Shuffle(2, key: s_key));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rng.Choice(3, [2, 2], replace: false, key: s_key));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rng.Choice(0, [1], key: s_key));
        Assert.Throws<ArgumentNullException>(() => Rng.Gamma(null!, key: s_key));
        Assert.Throws<ArgumentNullException>(() => Rng.Bernoulli(null!, [2], s_key));
        Assert.Throws<NativeOpException>(() => Rng.Choice(2, [2], p: F.tensor([-1.0, 2.0]), key: s_key));
        Assert.Throws<NativeOpException>(() => Rng.MultivariateNormal(row, -F.eye(3), key: s_key));
    }

    [Fact]
    public void ParametersThatAreNoneGiveWhatIsNoSample()
    {
        var bad = F.tensor([-1.0, double.NaN, double.PositiveInfinity]);
        Assert.All(Rng.Gamma(bad, dtype: DType.Float64, key: s_key).ToArray<double>(), v => Assert.True(double.IsNaN(v)));
        Assert.Equal([-1L, -1, -1], Rng.Poisson(bad, key: s_key).ToArray<long>());
        Assert.Equal([-1L, -1, -1], Rng.Binomial(bad, 0.5, key: s_key).ToArray<long>());
        Assert.Equal([-1L, -1, -1], Rng.Binomial(5, bad, key: s_key).ToArray<long>());
        Assert.Equal([-1L, -1, -1], Rng.Geometric(bad, key: s_key).ToArray<long>());
        Assert.Equal(
            [1L, 5, 0, 0], F.stack(
                [Rng.Geometric(1, key: s_key), Rng.Binomial(5, 1, key: s_key), Rng.Binomial(5, 0, key: s_key), Rng.Poisson(0, key: s_key)])
                .ToArray<long>());
        Assert.Equal(
            [9.0, -9], Rng.TruncatedNormal(F.tensor([9.0, -10]), F.tensor([10.0, -9]), dtype: DType.Float64, key: s_key).ToArray<double>());
    }

    [Fact]
    public void ShiftsScalesAndLimitsHaveGradientsAndShapeParametersHaveNone()
    {
        var noise = Rng.Normal([4], DType.Float64, s_key);
        var (_, g) = Pullback.Differentiate(
            [F.tensor([1.0]), F.tensor([2.0])], p => Rng.Normal(p[0], p[1], [4], DType.Float64, s_key), y => ([y], [F.ones_like(y)]));
        Assert.Equal(4, g[0]!.item<double>());
        OpCheck.AssertClose(noise.sum(), g[1]!.reshape([]), 1e-12, "gradient by the deviation");

        double At(double low) => Rng.TruncatedNormal(low, 2, [4], DType.Float64, s_key).sum().item<double>();
        var (_, limit) = Pullback.Differentiate(
            [F.tensor([-1.0])], p => Rng.TruncatedNormal(p[0], 2, [4], DType.Float64, s_key), y => ([y], [F.ones_like(y)]));
        Assert.Equal((At(-1 + 1e-5) - At(-1 - 1e-5)) / 2e-5, limit[0]!.item<double>(), 1e-6);

        Assert.Throws<DifferentiationException>(() => Pullback.Differentiate(
            [F.tensor([2.0])], p => Rng.Gamma(p[0], dtype: DType.Float64, key: s_key), y => ([y], [F.ones_like(y)])));
    }

    [Fact]
    public void MatricesAreOrthogonalAndEveryDirectionIsAsLikely()
    {
        var tall = Rng.Orthogonal(5, 3, [200], DType.Float64, s_key);
        OpCheck.AssertClose(F.expand(F.eye(3, dtype: DType.Float64), 200, 3, 3), F.matmul(F.transpose(tall, -2, -1), tall), 1e-12, "tall");
        var wide = Rng.Orthogonal(2, 4, dtype: DType.Float64, key: s_key);
        OpCheck.AssertClose(F.eye(2, dtype: DType.Float64), F.matmul(wide, F.transpose(wide, -2, -1)), 1e-12, "wide");

        // In three dims each coordinate of a random unit vector is spread evenly.
        Distribution.AssertIs(Rng.Orthogonal(3, 3, [4000], DType.Float64, s_key)[.., 0, 0], x => (x + 1) / 2, "first entry");
        Assert.Equal(Shape.Create([0, 0]), Rng.Orthogonal(0, key: s_key).shape);
    }

    [Fact]
    public void ChoicesWithoutReplacementDiffer()
    {
        Assert.Equal(10, Rng.Choice(10, [10], replace: false, key: s_key).ToArray<long>().Distinct().Count());
        Assert.Equal(10, Rng.Choice(10, [5, 2], false, F.arange(1, 11), s_key).ToArray<long>().Distinct().Count());
        var rows = F.arange(12).reshape(4, 3);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (long)i), Rng.Shuffle(rows, 1, s_key).ToArray<long>().Order());
        Assert.Equal([0L, 3, 6, 9], F.amin(Rng.Shuffle(rows, 1, s_key), 1).ToArray<long>());
    }
}
