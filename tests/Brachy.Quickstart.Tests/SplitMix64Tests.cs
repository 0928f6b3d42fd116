using Quickstart.Data;

namespace Quickstart.Tests;

public class SplitMix64Tests
{
    [Fact]
    public void GivesThePublishedSequence()
    {
        var random = new SplitMix64(1234567);

        Assert.Equal(6457827717110365317UL, random.Next());
        Assert.Equal(3203168211198807973UL, random.Next());
        Assert.Equal(9817491932198370423UL, random.Next());
    }

    [Fact]
    public void ForksDifferByStreamAndByState()
    {
        var first = new SplitMix64(1);
        var second = new SplitMix64(2);
        ulong[] draws = [.. Enumerable.Range(-1, 50).SelectMany(i => new[] { first.Fork(i).Next(), second.Fork(i).Next() })];

        Assert.Equal(draws.Length, draws.Distinct().Count());
    }

    [Fact]
    public void UniformFillsItsRange()
    {
        var random = new SplitMix64(3);
        float[] draws = [.. Enumerable.Range(0, 20_000).Select(_ => random.Uniform(-2, 6))];

        Assert.InRange(draws.Min(), -2f, -1.99f);
        Assert.InRange(draws.Max(), 5.99f, 6f);
        Assert.InRange(draws.Average(), 1.9f, 2.1f);
    }

    [Fact]
    public void BelowGivesEachNumberEquallyOften()
    {
        var random = new SplitMix64(4);
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.Below(7)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void NormalHasMeanZeroAndVarianceOne()
    {
        var random = new SplitMix64(5);
        float[] draws = [.. Enumerable.Range(0, 50_000).Select(_ => random.Normal())];

        Assert.InRange(draws.Average(), -0.02f, 0.02f);
        Assert.InRange(draws.Average(x => x * x), 0.98f, 1.02f);
    }
}
