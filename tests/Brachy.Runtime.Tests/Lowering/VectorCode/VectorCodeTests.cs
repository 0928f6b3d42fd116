using Brachy.Compilation;
using Brachy.NN;
using Brachy.Optim;

namespace Brachy.Tests.Lowering;

/// <summary>
/// What programs of vector code do with memory, values out of range and several threads, and which graphs become such programs.
/// </summary>
[Trait("Category", "Quick")]
public class VectorCodeTests
{
    [Fact]
    public void SmallGraphsOfManyOperatorsAreVectorCode()
    {
        var f = Jit.Compile((Tensor x) => Chain(x, 20));
        var result = f.Invoke(F.ones([8]));
        Assert.IsType<VectorExecutable>(f.LastExecutable);
        Assert.Null(f.Script);
        Assert.Equal(Chain(F.ones([8]), 20).ToArray<float>(), result.ToArray<float>());
    }

    [Fact]
    public void LargeGraphsGraphsOfFewOperatorsAndOtherPrimitivesAreNot()
    {
        AssertIsScript(x => Chain(x, 20), F.ones([2_000_000]));
        AssertIsScript(x => Chain(x, 5), F.ones([8]));
        AssertIsScript(x => Enumerable.Range(0, 60).Aggregate(x, (y, _) => F.tanh(y)), F.ones([2_000_000]));
        AssertIsScript(x => Chain(x.sum(), 20), F.ones([2_000_000]));
        AssertIsScript(x => Chain(F.exp(x.transpose(0, 1)), 20), F.ones([300, 300]));
        AssertIsScript(x => Chain(F.erfinv(x * 0.5), 20), F.ones([8]));
        AssertIsScript(x => Chain(x, 20), F.ones([8], DType.Float16));
        AssertIsScript(x => Chain(x, 20), F.ones([0]));

        using var off = CompilerPasses.Disable("vector code");
        AssertIsScript(x => Chain(x, 20), F.ones([8]));
    }

    /// <summary>A loop runs its small operators fast by itself, so that many sequences go to libtorch's matrix kernels.</summary>
    [Theory]
    [InlineData(1, 64, true)]
    [InlineData(2, 32, true)]
    [InlineData(16, 64, false)]
    [InlineData(32, 256, false)]
    public void LoopsAreVectorCodeWhereTheirProductsAreSmall(long batch, long size, bool isVectorCode)
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new Gru(size, size);
        var f = Jit.Compile((StructureTree model, Tensor x) => Gru.Apply(model, config, x, null, null).Output.Output);
        f.Invoke(tree, F.ones([64, batch, size]));
        Assert.Equal(isVectorCode, f.LastExecutable is VectorExecutable);
    }

    [Theory]
    [InlineData(64, 32, true)]
    [InlineData(512, 64, true)]
    [InlineData(1024, 32, false)]
    public void TrainingStepsOfSmallNetworksAreVectorCode(long size, long batch, bool isVectorCode)
    {
        using var rng = Rng.Scope(1);
        var (model, config) = new Sequential(new Linear(size, size), new ReLU(), new Linear(size, size), new ReLU(), new Linear(size, 10));
        var (opt, optConfig) = new AdamW(model);
        var f = Jit.Compile((StructureTree state, StructureTree weights, Tensor x, Tensor y) =>
            Optimizer.Step(state, optConfig, weights, current =>
            {
                (current, var logits) = Sequential.Apply(current, config, x);
                return (current, F.softmax_cross_entropy(logits, y));
            }));
        f.Invoke(opt, model, Rng.Normal([batch, size]), Rng.RandInt(0, 10, [batch]));
        Assert.Equal(isVectorCode, f.LastExecutable is VectorExecutable);
    }

    [Fact]
    public void APrimitiveWithoutARuleIsNamed()
    {
        var f = Jit.Compile((Tensor x) => F.erfinv(x), backend: Backend.VectorCode);
        var error = Assert.Throws<NotSupportedException>(() => f.Invoke(F.ones([2])));
        Assert.Contains("erfinv(float32[2])", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADonatedInputGivesItsMemoryToTheResult()
    {
        var f = Jit.Compile((Tensor[] x) => new[] { F.index_put(x[0], [x[1]], x[2]) }, donate: [0], backend: Backend.VectorCode);
        var table = F.clone(F.zeros([3, 2]));
        var memory = MemoryOf(table);
        var result = f.Invoke([table, F.tensor(new[] { 1L, -1L }), F.tensor(new[] { 5f, 6f }).reshape(1, 2)])[0];
        Assert.Equal([0, 0, 5, 6, 5, 6], result.ToArray<float>());
        Assert.Equal(memory, MemoryOf(result));
        Assert.Throws<DonatedTensorException>(() => table + 1);

        static nint MemoryOf(Tensor tensor)
        {
            using var use = tensor.Use();
            return use.Buffer.DenseMemory(6);
        }
    }

    [Fact]
    public void WhatIsNotDonatedStays()
    {
        var f = Jit.Compile((Tensor[] x) => new[] { F.index_put(x[0], [x[1]], x[2]), F.relu(x[0]) }, backend: Backend.VectorCode);
        var table = F.zeros([3, 2]);
        var results = f.Invoke([table, F.tensor(new[] { 1L }), F.ones([1, 2])]);
        Assert.Equal([0, 0, 1, 1, 0, 0], results[0].ToArray<float>());
        Assert.Equal(new float[6], table.ToArray<float>());
        Assert.Equal(new float[6], results[1].ToArray<float>());
    }

    [Theory]
    [InlineData(-1, "embedding")]
    [InlineData(3, "embedding")]
    [InlineData(-1, "index_select")]
    [InlineData(3, "index_select")]
    [InlineData(-4, "index_put")]
    [InlineData(3, "index_put")]
    public void AnIndexOutOfRangeIsAnError(long index, string op)
    {
        var f = Jit.Compile(
            (Tensor[] x) => new[]
            {
                op switch
                {
                    "embedding" => F.embedding(x[0], x[1]),
                    "index_select" => F.index_select(x[0], 0, x[1]),
                    _ => F.index_put(x[0], [x[1]], F.ones([2, 2])),
                },
            },
            backend: Backend.VectorCode,
            name: "pick");
        Tensor[] arguments = [F.clone(F.ones([3, 2]) * 4), F.tensor(new[] { 1L, index })];
        var error = Assert.Throws<NativeOpException>(() => f.Invoke(arguments));
        Assert.Contains($"pick: {op}: dim 0 of float32[3, 2] has no index {index}", error.Message, StringComparison.Ordinal);
        Assert.Equal([4, 4, 4, 4, 4, 4], arguments[0].ToArray<float>());
    }

    [Fact]
    public void ResultsThatAreViewsOrTheSameValueHaveMemoryOfTheirOwn()
    {
        var f = Jit.Compile(
            (Tensor x) =>
            {
                var y = x + 1;
                return new[] { y, y.transpose(0, 1), y.reshape(-1), y[0], x.transpose(0, 1), y };
            },
            backend: Backend.VectorCode);
        var results = f.Invoke(F.arange(4).to(DType.Float32).reshape(2, 2));
        Assert.Equal(
            [[1, 2, 3, 4], [1, 3, 2, 4], [1, 2, 3, 4], [1, 2], [0, 2, 1, 3], [1, 2, 3, 4]],
            results.Select(r => r.ToArray<float>()));
        results[0].AsTorch().fill_(9);
        Assert.Equal([1, 2, 3, 4], results[2].ToArray<float>());
    }

    [Fact]
    public void ConstantsInAnyLayoutAreRead()
    {
        var turned = F.arange(6).to(DType.Float32).reshape(2, 3).transpose(0, 1);
        var f = Jit.Compile((Tensor x) => x + turned, backend: Backend.VectorCode);
        using (TensorScope.Begin())
        {
            Assert.Equal([0, 3, 1, 4, 2, 5], f.Invoke(F.zeros([3, 2])).ToArray<float>());
        }

        // The scope has freed what was made while compiling.
        Assert.Equal([0, 3, 1, 4, 2, 5], f.Invoke(F.zeros([3, 2])).ToArray<float>());
    }

    [Fact]
    public void MatrixProductsTakeTurnedOperands()
    {
        var (a, b) = (F.sin(F.arange(12).to(DType.Float64)).reshape(3, 4), F.cos(F.arange(20).to(DType.Float64)).reshape(5, 4));
        var f = Jit.Compile((Tensor x, Tensor y) => F.matmul(x, y.transpose(0, 1)), backend: Backend.VectorCode);
        var expected = F.matmul(a, b.transpose(0, 1)).ToArray<double>();
        Assert.All(expected.Zip(f.Invoke(a, b).ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 12));
    }

    [Fact]
    public void SumsOfLongRowsKeepTheirDigits()
    {
        var f = Jit.Compile((Tensor x) => x.sum(), backend: Backend.VectorCode);
        Assert.Equal(60_000, (double)f.Invoke(F.full([600_000], 0.1)), 1.0);
        Assert.Equal(long.MinValue, (long)Jit.Compile((Tensor x) => F.abs(x), backend: Backend.VectorCode).Invoke(F.tensor(long.MinValue)));
    }

    [Fact]
    public void TensorsThatTorchSharpChangedAreReadAsTheyAre()
    {
        var f = Jit.Compile((Tensor x) => x * 2, backend: Backend.VectorCode);
        var x = f.Invoke(F.arange(4).to(DType.Float32));
        x.AsTorch().mul_(10);
        Assert.Equal([0, 40, 80, 120], f.Invoke(x).ToArray<float>());
    }

    [Fact]
    public async Task RunsOnSeveralThreadsDoNotShareScratchMemory()
    {
        var f = Jit.Compile((Tensor x) => Chain(F.exp(x.transpose(0, 1)), 20).sum(), backend: Backend.VectorCode);
        var expected = Enumerable.Range(0, 4).Select(i => (float)f.Invoke(F.full([64, 32], i * 0.1))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
        {
            var x = F.full([64, 32], i * 0.1);
            for (var n = 0; n < 300; n++)
            {
                Assert.Equal(expected[i], (float)f.Invoke(x));
            }
        })));
    }

    [Fact]
    public void WhatIsReadAgainLaterKeepsItsMemory()
    {
        // Values of different sizes that live long and short, so that scratch memory is given out anew all the time.
        static Tensor Program(Tensor x)
        {
            var kept = new List<Tensor>();
            for (var i = 1; i <= 12; i++)
            {
                kept.Add(F.tanh(x * i).sum([1], keepdim: true) + x[.., ..(i % 5 + 1)]);
                x = x - kept[i / 2].sum([1], keepdim: true) * 0.01;
            }

            return F.cat([.. kept, x], 1);
        }

        var x = F.sin(F.arange(40).to(DType.Float64)).reshape(4, 10);
        var expected = Program(x).ToArray<double>();
        var actual = Jit.Compile((Tensor a) => Program(a), backend: Backend.VectorCode).Invoke(x).ToArray<double>();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 12));
    }

    private static void AssertIsScript(Func<Tensor, Tensor> function, Tensor x)
    {
        var f = Jit.Compile(function);
        f.Invoke(x);
        Assert.NotNull(f.Script);
    }

    private static Tensor Chain(Tensor x, int count)
    {
        for (var i = 0; i < count; i++)
        {
            x = F.tanh(x) + x;
        }

        return x;
    }
}
