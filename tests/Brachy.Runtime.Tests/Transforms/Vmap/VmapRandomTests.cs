using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>What draws from the ambient key, as dropout does, under <see cref="Vmap"/>.</summary>
public class VmapRandomTests
{
    private const int Samples = 4;

    private static readonly Tensor s_ones = F.ones([Samples, 50], DType.Float64);

    public static TheoryData<string> Drawing => ["F.dropout", "F.dropout1d", "F.alpha_dropout", "Dropout", "Rng.Normal", "Rng.Poisson"];

    [Theory]
    [MemberData(nameof(Drawing))]
    public void AnAmbientKeyAroundIsRefusedUnlessItIsSaidWhatEachSampleDraws(string what)
    {
        using var scope = Rng.Scope(3);
        var error = Assert.Throws<InvalidOperationException>(() => Vmap.Of((Tensor x) => Draw(what, x))(s_ones));
        Assert.Contains("the same for all samples", error.Message, StringComparison.Ordinal);
        Assert.Contains("Randomness.Different", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Drawing))]
    public void SameDrawsOnceForAllSamples(string what)
    {
        var actual = InScope(() => Vmap.Of((Tensor x) => Draw(what, x), randomness: Randomness.Same)(s_ones));
        var once = InScope(() => Draw(what, s_ones[0]));
        OpCheck.AssertClose(F.expand(once, [Samples, 50]), actual, 0, what);
    }

    [Theory]
    [MemberData(nameof(Drawing))]
    public void DifferentDrawsAsALoopWithAScopeForEachSample(string what)
    {
        var key = Rng.Seed(3);
        var f = Vmap.Of((Tensor x) => Draw(what, x), randomness: Randomness.Different);
        var rows = new Tensor[Samples];
        for (var i = 0; i < Samples; i++)
        {
            using var own = Rng.Scope(Rng.FoldIn(key, i));
            rows[i] = Draw(what, s_ones[i]);
        }

        var expected = F.stack(rows);
        OpCheck.AssertClose(expected, InScope(() => f(s_ones)), 0, what);
        Assert.Equal(Samples, rows.Select(row => string.Join(' ', row.ToArray<double>())).Distinct().Count());

        var chunked = Vmap.Of((Tensor x) => Draw(what, x), randomness: Randomness.Different, chunkSize: 3);
        OpCheck.AssertClose(expected, InScope(() => chunked(s_ones)), 0, $"{what}, in chunks");

        var compiled = Jit.Compile((Tensor x, RngKey from) =>
        {
            using var inside = Rng.Scope(from);
            return f(x);
        });
        OpCheck.AssertClose(expected, compiled.Invoke(s_ones, key), 0, $"{what}, compiled");
    }

    [Fact]
    public void TwoBatchesInOneScopeAndNestedOnesDrawOtherNumbers()
    {
        using var scope = Rng.Scope(3);
        var f = Vmap.Of((Tensor x) => x + Rng.Normal([], DType.Float64), randomness: Randomness.Different);
        var zeros = F.zeros([3, 4], DType.Float64);
        var nested = Vmap.Of(f, randomness: Randomness.Different);
        double[] all = [.. nested(zeros).ToArray<double>(), .. f(zeros[0]).ToArray<double>(), .. f(zeros[0]).ToArray<double>()];
        Assert.Equal(20, all.Distinct().Count());
    }

    [Fact]
    public void GradientsSeeTheMaskOfTheirSample()
    {
        var f = Vmap.Of((Tensor x) => F.dropout(x, 0.5).sum(), randomness: Randomness.Different);
        var masks = InScope(() => Vmap.Of((Tensor x) => F.dropout(x, 0.5), randomness: Randomness.Different)(s_ones));
        var ofBatch = InScope(() => Grad.Of((Tensor x) => f(x).sum())(s_ones));
        OpCheck.AssertClose(masks, ofBatch, 0, "gradient of a batch");
        var ofEach = InScope(() => Vmap.Of(Grad.Of((Tensor x) => F.dropout(x, 0.5).sum()), randomness: Randomness.Different)(s_ones));
        OpCheck.AssertClose(masks, ofEach, 0, "batch of gradients");
    }

    [Fact]
    public void ALayerThatKeepsAKeyDrawsWithAnotherForEachSample()
    {
        using var scope = Rng.Scope(3);
        var (tree, config) = new Dropout(0.5);
        var key = new RngKey(tree["key"].Tensor);
        var f = Vmap.Of((Tensor x) => Dropout.Apply(tree, config, x).Output, randomness: Randomness.Different);
        var expected = F.stack([.. Enumerable.Range(0, Samples).Select(
            i => F.dropout(s_ones[i], 0.5, key: Rng.Split(Rng.FoldIn(key, i))[1]))]);
        OpCheck.AssertClose(expected, f(s_ones), 0, "eager");
        OpCheck.AssertClose(expected, Jit.Compile(f).Invoke(s_ones), 0, "compiled");
    }

    [Fact]
    public void AScopeInsideTheFunctionIsItsOwn()
    {
        var keys = F.stack([.. Rng.Split(Rng.Seed(3), Samples).Select(key => key.Tensor)]);
        var f = Vmap.Of((Tensor x, Tensor key) =>
        {
            using var own = Rng.Scope(new RngKey(key));
            return F.dropout(x, 0.5);
        });
        var expected = InScope(() => Vmap.Of((Tensor x) => F.dropout(x, 0.5), randomness: Randomness.Different)(s_ones));
        OpCheck.AssertClose(expected, f(s_ones, keys), 0, "keys of the caller");
    }

    [Fact]
    public void StepsOfALoopAndCompiledFunctionsStillRefuseAKeyFromOutside()
    {
        using var scope = Rng.Scope(3);
        var loop = Vmap.Of(
            (Tensor x) => Brachy.Control.Scan(
                (Tensor state, Tensor one) => (state + (one * Rng.Normal([], DType.Float64)), one), x.sum() * 0, x).Item1,
            randomness: Randomness.Different);
        var error = Assert.Throws<InvalidOperationException>(() => { loop(s_ones); });
        Assert.Contains("traced once for all steps", error.Message, StringComparison.Ordinal);

        var compiled = Jit.Compile((Tensor x) => Vmap.Of(
            (Tensor one) => F.dropout(one, 0.5), randomness: Randomness.Different)(x));
        error = Assert.Throws<InvalidOperationException>(() => compiled.Invoke(s_ones));
        Assert.Contains("at every call", error.Message, StringComparison.Ordinal);
    }

    private static T InScope<T>(Func<T> function)
    {
        using var scope = Rng.Scope(3);
        return function();
    }

    private static Tensor Draw(string what, Tensor x) => what switch
    {
        "F.dropout" => F.dropout(x, 0.5),
        "F.dropout1d" => F.dropout1d(x.reshape(50, 1), 0.5).reshape(50),
        "F.alpha_dropout" => F.alpha_dropout(x, 0.5),
        "Dropout" => OfLayer(x),
        "Rng.Normal" => x * Rng.Normal([50], DType.Float64),
        "Rng.Poisson" => x * Rng.Poisson(x * 9),
        _ => throw new ArgumentException(what),
    };

    private static Tensor OfLayer(Tensor x)
    {
        var (tree, config) = new Dropout(0.5);
        return Dropout.Apply(tree, config, x).Output;
    }
}
