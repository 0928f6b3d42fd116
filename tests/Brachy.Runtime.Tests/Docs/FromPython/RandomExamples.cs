using Brachy.NN;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: random numbers.</summary>
[Trait("Category", "Quick")]
public partial class RandomExamples
{
    [Fact]
    public void ScopesGiveKeys()
    {
        using var rng = Rng.Scope(Rng.Seed(0)); // or Rng.Scope(0)
        var key = Rng.NextKey();

        Assert.NotEqual((long)key.Tensor, (long)Rng.NextKey().Tensor);
        using var again = Rng.Scope(0);
        Assert.Equal((long)key.Tensor, (long)Rng.NextKey().Tensor);
    }

    [Fact]
    public void KeysAreSplit()
    {
        var keys = Rng.Split(Rng.Seed(0), 3);
        var folded = Rng.FoldIn(keys[0], F.tensor(7L));

        Assert.Equal(4, keys.Append(folded).Select(k => (long)k.Tensor).Distinct().Count());
    }

    [Fact]
    public void NumbersAreDrawn()
    {
        using var rng = Rng.Scope(0);
        var (normal, order) = (Rng.Normal([2, 3]), Rng.Permutation(5));

        Assert.Equal([2, 3], normal.shape.ToArray());
        Assert.Equal([0, 1, 2, 3, 4], order.ToArray<long>().Order());
    }

    [Fact]
    public void InitialWeights()
    {
        using var rng = Rng.Scope(0);
        var weight = Init.XavierUniform([200, 100], gain: 2);

        var bound = 2 * Math.Sqrt(6.0 / 300);
        Assert.InRange((double)weight.abs().max(), 0.99 * bound, bound);
    }
}
