namespace Brachy.Tests;

/// <summary>Samples of half precision types.</summary>
public class HalfPrecisionSampleTests
{
    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void NormalNumbersHaveVarianceAndTails(DType dtype)
    {
        var x = Rng.Normal([1_000_000], dtype, Rng.Seed(3)).to(DType.Float64);
        Assert.InRange((double)F.var(x, 0), 0.995, 1.005);
        Assert.InRange((double)F.sum((F.abs(x) > 3.5).to(DType.Int64)), 350, 600);
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float32)]
    public void UniformNumbersStayBelowTheUpperBound(DType dtype)
    {
        var x = Rng.Uniform(2.0, 5.0, [1_000_000], dtype, Rng.Seed(4));
        Assert.Equal(dtype, x.dtype);
        Assert.True((double)x.min() >= 2 && (double)x.max() < 5);
    }
}
