using TorchSharp;

namespace Brachy.Tests;

/// <summary>Tests of whether samples have a distribution. Each raises a false alarm once in 10,000 times; seeds are fixed.</summary>
internal static class Distribution
{
    // Quantiles of the Kolmogorov and the normal distribution.
    private const double Kolmogorov = 2.23;
    private const double Normal = 3.72;

    /// <summary>The Kolmogorov-Smirnov test against a distribution function.</summary>
    public static void AssertIs(Tensor samples, Func<torch.Tensor, torch.Tensor> distribution, string what)
    {
        var values = Sorted(samples);
        using var sorted = torch.tensor(values);
        var expected = distribution(sorted).data<double>().ToArray();
        var n = values.Length;
        var distance = Enumerable.Range(0, n).Max(i => Math.Max(expected[i] - ((double)i / n), ((i + 1.0) / n) - expected[i]));
        Assert.True(
            distance * Math.Sqrt(n) < Kolmogorov, $"{what}: distance {distance:g3} for {n} samples from {values[0]:g4} to {values[^1]:g4}");
    }

    /// <summary>The Kolmogorov-Smirnov test of two sets of samples.</summary>
    public static void AssertSame(Tensor samples, Tensor others, string what)
    {
        var (a, b) = (Sorted(samples), Sorted(others));
        var distance = a.Max(v => Math.Abs(((double)Below(a, v) / a.Length) - ((double)Below(b, v) / b.Length)));
        var bound = Kolmogorov * Math.Sqrt(((double)a.Length + b.Length) / ((double)a.Length * b.Length));
        Assert.True(
            distance < bound, $"{what}: distance {distance:g3} > {bound:g3}; {a[0]:g4} to {a[^1]:g4}, the others {b[0]:g4} to {b[^1]:g4}");
    }

    /// <summary>
    /// The chi-square test of counts of whole numbers: probability i is that of number i, what is missing that of larger ones.
    /// </summary>
    public static void AssertCounts(Tensor samples, double[] probabilities, string what)
    {
        var values = samples.ToArray<long>();
        Assert.All(values, v => Assert.True(v >= 0));
        double[] all = [.. probabilities, Math.Max(0, 1 - probabilities.Sum())];
        var statistic = 0.0;
        var classes = 0;
        for (var i = 0; i < all.Length; i++)
        {
            var count = values.Count(v => i == all.Length - 1 ? v >= i : v == i);
            var expected = all[i] * values.Length;
            if (expected < 1e-6)
            {
                Assert.Equal(0, count);
                continue;
            }

            statistic += (count - expected) * (count - expected) / expected;
            classes++;
        }

        // Wilson and Hilferty's approximation of the quantile.
        var df = classes - 1.0;
        var bound = df * Math.Pow(1 - (2 / (9 * df)) + (Normal * Math.Sqrt(2 / (9 * df))), 3);
        Assert.True(statistic < bound, $"{what}: chi-square {statistic:g4} > {bound:g4}");
    }

    private static double[] Sorted(Tensor samples) => [.. samples.to(DType.Float64).reshape(-1).ToArray<double>().Order()];

    private static int Below(double[] sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] <= value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
