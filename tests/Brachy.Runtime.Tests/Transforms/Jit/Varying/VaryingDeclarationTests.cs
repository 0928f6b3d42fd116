using Brachy.Compilation;
using Brachy.NN;

namespace Brachy.Tests.Transforms;

/// <summary>What is said about sizes that vary, what versions say of them, and what is refused.</summary>
[Trait("Category", "Quick")]
public partial class VaryingDeclarationTests
{
    [Tree]
    public partial record Pair(Tensor First, Tensor Second);

    [Tree]
    public partial record Sized(Tensor Value, [property: Static] long Rows, [property: Static] string Text, [property: Static] Shape Shape);

    [Fact]
    public void ProductsOfTwoSizes()
    {
        var f = Jit.Compile(
            (Tensor x, Tensor w) => (x.reshape(-1, 3).matmul(w).reshape(-1) + x.shape[0] + x.shape[1]).reshape(x.shape[0], -1) / x.numel(),
            backend: Backend.TorchScript, varying: [new(0, "batch", "time")]);
        var w = F.cos(F.arange(9).to(DType.Float64).reshape(3, 3));
        foreach (var (batch, time) in new[] { (4, 9), (1, 9), (9, 1), (30, 2), (3, 3) })
        {
            var x = F.sin(F.arange(batch * time * 3).to(DType.Float64)).reshape(batch, time, 3);
            var expected = (x.reshape(-1, 3).matmul(w).reshape(-1) + batch + time).reshape(batch, -1) / x.numel();
            var actual = f.Invoke(x, w);
            Assert.Equal(expected.Type, actual.Type);
            Assert.True((bool)F.isclose(expected, actual).all(), $"{batch} {time}: {f.Script}");
        }

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void MembersHaveTheirOwnSizes()
    {
        var f = Jit.Compile(
            (Pair pair) => pair.First.sum() + pair.Second.sum(), name: "both",
            varying: [new(0, "rows") { Member = "First" }, new(0, null, "columns") { Member = "Second" }]);
        Assert.Equal(8, (double)f.Invoke(new(F.ones([2]), F.ones([2, 3]))));
        Assert.Equal(13, (double)f.Invoke(new(F.ones([5]), F.ones([2, 4]))));
        Assert.Equal(1, f.TraceCount);
        Assert.Equal(14, (double)f.Invoke(new(F.ones([5]), F.ones([3, 3]))));
        Assert.Equal(2, f.TraceCount);
        Assert.Contains(
            "rows (dim 0 of 'argument 1.First'); columns (dim 1 of 'argument 1.Second')", f.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void StaticPartsOfResultsFollow()
    {
        var f = Jit.Compile(
            (Tensor x) => new Sized(x * 2, x.shape[0] * 3, $"{x.shape[0]} rows", [x.shape[0] + 1, 4]), varying: [new(0, "batch")]);
        foreach (var size in new[] { 7, 20, 1, 0 })
        {
            var result = f.Invoke(F.ones([size, 2]));
            Assert.Equal((size * 3L, $"{size} rows", Shape.Create([size + 1, 4])), (result.Rows, result.Text, result.Shape));
        }

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void RandomShapesFollow()
    {
        static Tensor Drop(Tensor x, RngKey key) => F.dropout(x, 0.5, training: true, key: key) + Rng.Normal(x.shape, key: key);
        var f = Jit.Compile((Tensor x, RngKey key) => Drop(x, key), backend: Backend.TorchScript, varying: [new(0, "batch")]);
        foreach (var size in new[] { 9, 2, 130, 1 })
        {
            var (x, key) = (F.ones([size, 4]), new RngKey(F.tensor((long)size)));
            Assert.Equal(Drop(x, key).ToArray<float>(), f.Invoke(x, key).ToArray<float>());
        }

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void DonatedTensorsGiveTheirMemory()
    {
        var f = Jit.Compile((Tensor x) => F.exp(x) * 2, donate: [0], backend: Backend.TorchScript, varying: [new(0, "batch")]);
        foreach (var size in new[] { 9, 300, 1, 0 })
        {
            var x = F.zeros([size, 4]) + 0;
            var result = f.Invoke(x);
            Assert.Equal(Shape.Create([size, 4]), result.shape);
            Assert.All(result.ToArray<float>(), value => Assert.Equal(2, value));
            Assert.Throws<DonatedTensorException>(() => x.ToArray<float>());
        }

        var fixedSizes = Jit.Compile((Tensor x) => F.exp(x) * 2, donate: [0], backend: Backend.TorchScript);
        fixedSizes.Warmup(F.zeros([9, 4]));
        Assert.Equal(fixedSizes.Script!.Replace("main(", "main(s0: int, ", StringComparison.Ordinal), f.Script);
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void ChecksSayThePlaceInTheirOwnShape()
    {
        var f = Jit.Compile(
            (Tensor x) =>
            {
                Checks.Require(x > 0, $"{x.shape[0]} rows must be positive");
                return x.sum();
            },
            varying: [new(0, "batch")]);
        f.Invoke(F.ones([9, 2]));
        var wrong = F.ones([4, 2]).at[2, 1].set(-1);
        var error = Assert.Throws<CheckFailedException>(() => f.Invoke(wrong));
        Assert.Contains("4 rows must be positive (at [2, 1] of [4, 2])", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (double)f.Invoke(F.ones([0, 2])));
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void ChecksInLoopsNameTheSlicesOfTheirOwnLength()
    {
        var f = Jit.Compile(
            (Tensor xs) => Brachy.Control.Scan(
                (Tensor sum, Tensor x) =>
                {
                    Checks.Require(x > 0, "must be positive");
                    return (sum + x, sum);
                },
                F.zeros([]), xs, reverse: true).State,
            backend: Backend.TorchScript, varying: [new(0, "time")]);
        Assert.Equal(20, (double)f.Invoke(F.ones([20])));
        var error = Assert.Throws<CheckFailedException>(() => f.Invoke(F.ones([5]).at[1].set(-1)));
        Assert.Contains("in step 3 (slice 1) of a loop", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CodeForEachSizeOfOtherBackends()
    {
        var f = Jit.Compile((Tensor x) => F.tanh(x).sum(0), backend: Backend.VectorCode, varying: [new(0, "batch")]);
        foreach (var size in new[] { 9, 2, 1, 9 })
        {
            Assert.Equal(size * Math.Tanh(1), (double)f.Invoke(F.ones([size, 2], DType.Float64))[1], 1e-12);
        }

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void EqualNamesMustAgreeWithTheJitDisabledToo()
    {
        var f = Jit.Compile((Tensor x, Tensor y) => x.sum() + y.sum(), name: "two", varying: [new(0, "batch"), new(1, "batch")]);
        var compiled = Assert.Throws<VaryingSizeException>(() => f.Invoke(F.ones([2]), F.ones([3])));
        using var disabled = Jit.Disable();
        var eager = Assert.Throws<VaryingSizeException>(() => f.Invoke(F.ones([2]), F.ones([3])));
        Assert.Equal(compiled.Message, eager.Message);
        Assert.Equal("two: the size 'batch' is 2 in dim 0 of 'argument 1' (float32[2]), and 3 in dim 0 of 'argument 2' (float32[3]). "
            + "Equal names are equal sizes.", eager.Message);
    }

    [Fact]
    public void DeclarationsMustNameSomething()
    {
        Assert.Throws<ArgumentException>(() => Jit.Compile((Tensor x) => x, varying: [new(0, (string?)null)]));
        Assert.Throws<ArgumentException>(() => Jit.Compile((Tensor x) => x, varying: [new(0, "")]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Jit.Compile((Tensor x) => x, varying: [new(1, "batch")]));
        var error = Assert.Throws<ArgumentException>(
            () => Jit.Compile((Tensor x) => x, varying: [new(0, null, "time")]).Invoke(F.ones([3])));
        Assert.Contains("'time' is declared to vary, but no tensor", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FaultsHaveTheSizesOfTheCall()
    {
        var f = Jit.Compile((Tensor x, Tensor w) => x.matmul(w), varying: [new(0, "batch")]);
        var error = Assert.Throws<ShapeException>(() => f.Invoke(F.ones([5, 3]), F.ones([4, 2])));
        Assert.Contains("[5, 3] @ [4, 2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AConditionOnASizeIsFoundWhenTheSizeComes()
    {
        var f = Jit.Compile(
            (Tensor x) => x.shape[0] > 100 ? F.sin(x) : F.cos(x), name: "mixed", backend: Backend.TorchScript, varying: [new(0, "batch")]);
        Assert.Equal(1, (double)f.Invoke(F.zeros([9]))[0]);
        Assert.Equal(1, (double)f.Invoke(F.zeros([90]))[0]);
        var error = Assert.Throws<VaryingSizeException>(() => f.Invoke(F.zeros([101])));
        Assert.StartsWith("mixed: 'cos' depends on sizes that vary in another way", error.Message, StringComparison.Ordinal);
        Assert.Contains("batch = 101: %1:float32[101] = sin(%0)", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (double)f.Invoke(F.zeros([50]))[0]);
    }

    [Fact]
    public void SizesOfZeroAndOneMayBeAnotherProgram()
    {
        static Tensor Program(Tensor x) => x.shape[0] == 0 ? F.zeros([x.shape[1]]) - 1 : x.shape[0] == 1 ? x[0] * 3 : x.max(0).values;
        var f = Jit.Compile((Tensor x) => Program(x), backend: Backend.TorchScript, varying: [new(0, "batch", "time")]);
        foreach (var (batch, time) in new[]
        {
            (5, 9), (1, 9), (1, 30), (0, 4), (1, 200), (0, 40), (1, 1), (0, 0), (7, 1), (7, 0), (64, 64)
        })
        {
            var x = F.arange(batch * time).to(DType.Float32).reshape(batch, time);
            Assert.Equal(Program(x).ToArray<float>(), f.Invoke(x).ToArray<float>());
        }

        Assert.Equal((1, 1), (f.TraceCount, f.CacheCount));
        f.ClearCache();
    }

    [Fact]
    public void AShapeThatIsTooSmallFailsAsItDoesForFixedSizes()
    {
        var w = F.ones([1, 2, 3]);
        Tensor Convolve(Tensor x) => F.conv1d(x, w);
        var f = Jit.Compile((Tensor x) => Convolve(x), backend: Backend.TorchScript, varying: [new(0, null, null, "time")]);
        foreach (var time in new[] { 20, 3, 500 })
        {
            Assert.Equal(time - 2, f.Invoke(F.ones([1, 2, time])).shape[2]);
        }

        var (x, type) = (F.ones([1, 2, 2]), typeof(ShapeException));
        Assert.Equal((type, type), (Record.Exception(() => Convolve(x))!.GetType(), Record.Exception(() => f.Invoke(x))!.GetType()));
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void ValuesOfCSharpThatDependOnTheSizeAreRefused()
    {
        var f = Jit.Compile(
            (Tensor x) => x + Tensor.FromArray(Enumerable.Range(0, (int)x.shape[0]).Select(i => (float)i).ToArray(), [x.shape[0]]),
            varying: [new(0, "batch")]);
        var error = Assert.Throws<VaryingSizeException>(() => f.Invoke(F.ones([12])));
        Assert.Contains("Make it with ops", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyThreadsShareOneVersion()
    {
        var f = Jit.Compile((Tensor x) => F.tanh(x).sum(), backend: Backend.TorchScript, varying: [new(0, "batch")]);
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            Assert.Equal(i * Math.Tanh(1), (double)f.Invoke(F.ones([i], DType.Float64)), 1e-9));
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void TracesForOneSizeAloneAreNoticed()
    {
        var f = Jit.Compile((Tensor x, Tensor y, Tensor z) => (x + y).sum() + z.sum(), name: "noticed");
        for (var size = 2; size < 5; size++)
        {
            f.Invoke(F.ones([size, 2]), F.ones([size, 2]), F.ones([3]));
        }

        Assert.DoesNotContain("another size", f.Explain(), StringComparison.Ordinal);
        f.Invoke(F.ones([9, 2]), F.ones([9, 2]), F.ones([3]));
        f.Invoke(F.ones([9, 2]), F.ones([9, 2]), F.ones([3], DType.Float64));
        Assert.Contains(
            "3 of these traces were for another size of dim 0 of 'argument 1' and 'argument 2' alone.", f.Explain(),
            StringComparison.Ordinal);
    }
}
