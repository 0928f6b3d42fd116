using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>Axes, sizes, results and errors of <see cref="Vmap"/>.</summary>
public class VmapTests
{
    private static readonly Func<Tensor, Tensor, Tensor> s_product = (x, w) => F.matmul(w, x);

    [Fact]
    public void AFunctionOfOneSampleIsAFunctionOfABatch()
    {
        var (x, w) = (Make.Real([4, 3]), Make.Real([2, 3], seed: 5));
        var y = Vmap.Of(s_product, inAxes: [0, null])(x, w);
        OpCheck.AssertClose(F.matmul(x, w.T), y, 1e-12, "products");
    }

    [Fact]
    public void AxesAreWhereTheBatchIs()
    {
        var (x, w) = (Make.Real([3, 4]), Make.Real([2, 4, 3], seed: 5));
        var expected = F.stack([.. Enumerable.Range(0, 4).Select(i => s_product(F.select(x, 1, i), F.select(w, 1, i)))]);
        OpCheck.AssertClose(expected, Vmap.Of(s_product, inAxes: [-1, 1])(x, w), 1e-12, "in");
        OpCheck.AssertClose(expected.T, Vmap.Of(s_product, inAxes: [1, 1], outAxes: -1)(x, w), 1e-12, "out");
    }

    [Fact]
    public void WhatDoesNotDifferIsRepeatedOrGivenOnce()
    {
        var x = Make.Real([3, 2]);
        var both = Vmap.Of((Tensor one) => (one.sum(), F.full([2], 7.0, DType.Float64)));
        Assert.Equal([3], both(x).Item1.shape);
        Assert.Equal([3, 2], both(x).Item2.shape);
        var once = Vmap.Of((Tensor one) => (one.sum(), F.full([2], 7.0, DType.Float64)), outAxes: [0, null]);
        Assert.Equal([2], once(x).Item2.shape);
        var error = Assert.Throws<ArgumentException>(() => Vmap.Of((Tensor one) => (one.sum(), one), outAxes: [0, null], name: "f")(x));
        Assert.Contains("Vmap of f: 'result.Item2' is to be the same for all samples", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AxesOfLeavesAreChosenByPath()
    {
        var x = (Weight: Make.Real([3, 2]), Bias: Make.Real([2]));
        var f = Vmap.Of(
            ((Tensor Weight, Tensor Bias) p) => p.Weight + p.Bias, inAxes: [Axes.Where((path, type) => path == "Item1" ? 0 : null)]);
        OpCheck.AssertClose(x.Weight + x.Bias, f(x), 1e-15, "by path");
    }

    [Fact]
    public void SizesMustAgree()
    {
        var error = Assert.Throws<ShapeException>(() => Vmap.Of(s_product, name: "f")(Make.Real([4, 3]), Make.Real([5, 2, 3])));
        Assert.Equal(
            "Vmap of f: 'argument 1' (float64[4, 3], dim 0) is a batch of 4, but 'argument 2' (float64[5, 2, 3], dim 0) is one of 5; all "
            + "must have as many samples.", error.Message);
        error = Assert.Throws<ShapeException>(() => Vmap.Of(s_product, inAxes: [2, 0], name: "f")(Make.Real([4, 3]), Make.Real([5, 2])));
        Assert.StartsWith(
            "Vmap of f: the batch is dim 2 of 'argument 1', but that is float64[4, 3]", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ShapeException>(() => Vmap.Of((Tensor x) => x, name: "f")(Make.Real([])));
        Assert.Contains("which has no dims; what is the same for all samples has the axis null", error.Message, StringComparison.Ordinal);
        var none = Assert.Throws<ArgumentException>(() => Vmap.Of((Tensor x) => x, inAxes: Axes.None, name: "f")(Make.Real([2])));
        Assert.Contains("no tensor of the arguments has a batch", none.Message, StringComparison.Ordinal);
        var count = Assert.Throws<ArgumentException>(() => Vmap.Of(s_product, inAxes: [0], name: "f"));
        Assert.Contains("inAxes [0] has 1 items, but f takes 2 arguments", count.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValuesOfASampleCannotBeRead()
    {
        var error = Assert.Throws<ConcretizationException>(
            () => Vmap.Of((Tensor x) => x.sum().item<double>() > 0 ? x : -x, name: "f")(Make.Real([4, 3])));
        Assert.Contains("Vmap of f is being traced", error.Message, StringComparison.Ordinal);
        Assert.Contains("the function sees one sample of a batch. Use F.where or Control.Cond", error.Message, StringComparison.Ordinal);
        Assert.Contains("argument 1", error.Message, StringComparison.Ordinal);

        // What is the same for all samples has values.
        var y = Vmap.Of(
            (Tensor x, Tensor sign) => sign.item<double>() > 0 ? x : -x, inAxes: [0, null])(Make.Real([4]), Make.Values([], -1));
        OpCheck.AssertClose(-Make.Real([4]), y, 0, "the same for all");
    }

    [Fact]
    public void GradientsReachWhatIsCaptured()
    {
        var (x, w) = (Make.Real([4, 3]), Make.Real([3], seed: 5));
        var gradient = Grad.Of((Tensor own) => Vmap.Of((Tensor one) => F.sin(one * own).sum())(x).sum())(w);
        OpCheck.AssertClose((x * F.cos(x * w)).sum([0]), gradient, 1e-12, "eager");
        var compiled = Jit.Compile((Tensor own) => Grad.Of((Tensor o) => Vmap.Of((Tensor one) => F.sin(one * o).sum())(x).sum())(own));
        OpCheck.AssertClose(gradient, compiled.Invoke(w), 1e-12, "compiled");
    }

    [Fact]
    public void PerSampleGradientsAreThoseOfALoop()
    {
        var (x, w) = (Make.Real([4, 3]), Make.Real([2, 3], seed: 5));
        Tensor Loss(Tensor weight, Tensor one) => F.tanh(F.matmul(weight, one)).sum();
        var each = Vmap.Of((Tensor one) => Grad.Of((Tensor weight) => Loss(weight, one))(w));
        var expected = F.stack([.. Enumerable.Range(0, 4).Select(i => Grad.Of((Tensor weight) => Loss(weight, F.select(x, 0, i)))(w))]);
        OpCheck.AssertClose(expected, each(x), 1e-12, "eager");
        OpCheck.AssertClose(expected, Jit.Compile(each).Invoke(x), 1e-12, "compiled");
        var one = Jit.Compile((Tensor own) => Grad.Of((Tensor weight) => Loss(weight, own))(w));
        OpCheck.AssertClose(expected, Vmap.Of((Tensor own) => one.Invoke(own))(x), 1e-12, "inlined");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(9)]
    public void ChunksGiveTheSame(long chunk)
    {
        var x = Make.Real([7, 3]);
        var expected = F.sin(x).sum([1]);
        var f = Vmap.Of((Tensor one) => F.sin(one).sum(), chunkSize: chunk);
        OpCheck.AssertClose(expected, f(x), 1e-12, "eager");
        OpCheck.AssertClose(expected, Jit.Compile(f).Invoke(x), 1e-12, "compiled");
        OpCheck.AssertClose(F.cos(x), Grad.Of((Tensor all) => f(all).sum())(x), 1e-12, "gradient");
    }

    [Fact]
    public void RandomNumbersAreAskedFor()
    {
        var (key, x) = (Rng.Seed(3), Make.Real([4]));
        Tensor Noisy(Tensor one) => one + Rng.Normal([2], DType.Float64, key);
        var error = Assert.Throws<InvalidOperationException>(() => Vmap.Of((Tensor one) => Noisy(one), name: "f")(x));
        Assert.Contains("Randomness.Different", error.Message, StringComparison.Ordinal);

        var same = Vmap.Of((Tensor one) => Noisy(one), randomness: Randomness.Same)(x);
        OpCheck.AssertClose(F.unsqueeze(x, 1) + Rng.Normal([2], DType.Float64, key), same, 0, "the same for each");

        var keys = Rng.Split(key, 4);
        var expected = F.stack([.. Enumerable.Range(0, 4).Select(i => F.select(x, 0, i) + Rng.Normal([2], DType.Float64, keys[i]))]);
        var different = Vmap.Of((Tensor one) => Noisy(one), randomness: Randomness.Different);
        OpCheck.AssertClose(expected, different(x), 0, "another for each");
        OpCheck.AssertClose(expected, Jit.Compile(different).Invoke(x), 0, "compiled");
        var chunked = Vmap.Of((Tensor one) => Noisy(one), randomness: Randomness.Different, chunkSize: 3);
        OpCheck.AssertClose(expected, chunked(x), 0, "in chunks");

        var byKey = Vmap.Of((Tensor one, Tensor own) => one + Rng.Normal([2], DType.Float64, new RngKey(own)));
        OpCheck.AssertClose(expected, byKey(x, F.stack([.. keys.Select(k => k.Tensor)])), 0, "keys of the caller");
    }

    [Fact]
    public void KeysAreChangedAtTheirRoot()
    {
        var key = Rng.Seed(3);
        Tensor Draw(RngKey from)
        {
            var (one, two) = (Rng.FoldIn(from, 5), Rng.Split(from)[1]);
            var (sum, _) = Brachy.Control.Scan(
                ((Tensor Key, Tensor Sum) s) =>
                    ((Rng.FoldIn(new RngKey(s.Key), 1).Tensor, s.Sum + Rng.Uniform([], DType.Float64, new RngKey(s.Key))), s.Sum),
                (two.Tensor, Rng.Uniform([], DType.Float64, one)), 3);
            return sum.Item2;
        }

        var expected = F.stack([.. Enumerable.Range(0, 3).Select(i => Draw(Rng.FoldIn(key, i)))]);
        var f = Vmap.Of((Tensor x) => x * Draw(key), randomness: Randomness.Different);
        var ones = F.ones([3], DType.Float64);
        OpCheck.AssertClose(expected, f(ones), 0, "eager");
        OpCheck.AssertClose(expected, Jit.Compile(f).Invoke(ones), 0, "compiled");
    }

    [Fact]
    public void TheFirstSampleThatFailsACheckIsNamed()
    {
        var x = Make.Values([3, 2], 1, 2, 3, -4, -5, 6);
        var f = Vmap.Of((Tensor one) =>
        {
            Checks.Require(one > 0, "must be positive");
            return F.log(one);
        });
        var eager = Assert.Throws<CheckFailedException>(() => f(x));
        Assert.Contains("must be positive (at [1, 1] of [3, 2])", eager.Message, StringComparison.Ordinal);
        var compiled = Assert.Throws<CheckFailedException>(() => Jit.Compile(f).Invoke(x));
        Assert.Contains("must be positive (at [1, 1] of [3, 2])", compiled.Message, StringComparison.Ordinal);
        Assert.Equal([3, 2], f(F.abs(x)).shape);
    }

    [Fact]
    public void WhatHasNoRuleIsTold()
    {
        var told = new List<VmapFallback>();
        void Listen(VmapFallback fallback)
        {
            lock (told)
            {
                told.Add(fallback);
            }
        }

        Vmap.FellBack += Listen;
        try
        {
            _ = Vmap.Of((Tensor key) => Rng.Uniform([2], DType.Float64, new RngKey(key)), name: "drawn")(F.arange(5));
        }
        finally
        {
            Vmap.FellBack -= Listen;
        }

        Assert.Equal("vmap of drawn: 'uniform' runs 5 times, sample by sample", told.Single(t => t.Function == "drawn").ToString());
    }

    [Fact]
    public void TransformsOfTensorFunctionsAreLifted()
    {
        var x = (Make.Real([3, 2]), Make.Real([3], seed: 2));
        var f = Static.Lift(Vmap.Transform).Of(((Tensor, Tensor) p, int factor) => p.Item1.sum() * p.Item2 * factor);
        OpCheck.AssertClose(x.Item1.sum([1]) * x.Item2 * 2, f(x, 2), 1e-12, "lifted");
    }
}
