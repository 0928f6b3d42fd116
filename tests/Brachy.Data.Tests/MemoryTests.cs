namespace Brachy.Data.Tests;

/// <summary>Memory is used again when nobody uses it, and not before.</summary>
[Trait("Category", "Quick")]
public class MemoryTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    public void MemoryStaysFlatOverManyEpochs(int workers, int prefetch)
    {
        using var x = F.arange(0, 980).reshape([98, 10]).to(DType.Float32);
        using var y = F.arange(0, 98);
        using var batches = Batches.OfTensors(
            (x, y), new() { Size = 7, Key = Rng.Seed(1), Workers = workers, Prefetch = prefetch });
        for (var epoch = 0; epoch < 40; epoch++)
        {
            foreach (var (rows, numbers) in batches.Epoch())
            {
                using var scope = TensorScope.Begin();
                Assert.Equal(numbers.ToArray<long>().Select(n => 10f * n), F.select(rows, 1, 0).ToArray<float>());
            }

            Assert.InRange(batches.BufferCount, 2, 2 * (prefetch + 1));
        }
    }

    [Fact]
    public void BatchesThatAreDonatedAreNotOverwritten()
    {
        var next = Jit.Compile((Tensor x) => x + 1, donate: [0]);
        using var batches = Batches.OfTensors(Data(24), new() { Size = 4, Prefetch = 1 });
        var results = new List<Tensor>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var batch in batches.Epoch())
            {
                results.Add(next.Invoke(batch));
                Assert.Throws<DonatedTensorException>(() => batch.ToArray<float>());
            }
        }

        Assert.Equal(
            Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, 24)).Select(i => i + 1f),
            results.SelectMany(result => result.ToArray<float>()));
        results.ForEach(result => result.Dispose());
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), batches.Epoch().SelectMany(batch => batch.ToArray<float>()));
    }

    [Fact]
    public void ViewsAndLentTensorsKeepTheirMemory()
    {
        using var batches = Batches.OfTensors(Data(24), new() { Size = 4, Prefetch = 1 });
        var views = new List<Tensor>();
        var lent = new List<TorchSharp.torch.Tensor>();
        foreach (var batch in batches.Epoch())
        {
            views.Add(batch.narrow(0, 1, 2));
            lent.Add(batch.AsTorch());
        }

        foreach (var _ in batches.Epoch())
        {
        }

        Assert.Equal(
            Enumerable.Range(0, 6).SelectMany(i => new[] { (4f * i) + 1, (4f * i) + 2 }), views.SelectMany(v => v.ToArray<float>()));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), lent.SelectMany(tensor => tensor.data<float>().ToArray()));

        // Given back, it is used again.
        var count = batches.BufferCount;
        views.ForEach(view => view.Dispose());
        lent.ForEach(tensor => tensor.Dispose());
        for (var epoch = 0; epoch < 10; epoch++)
        {
            Assert.Equal(6, batches.Epoch().Count());
        }

        Assert.Equal(count, batches.BufferCount);
    }

    [Fact]
    public void ABatchIsFreedWhenTheNextOneIsAskedFor()
    {
        using var batches = Batches.OfTensors(Data(24), new() { Size = 4 });
        var kept = batches.Epoch().ToList();
        Assert.All(kept, batch => Assert.Throws<ObjectDisposedException>(() => batch.ToArray<float>()));
        using var own = Batches.OfTensors(Data(24), new() { Size = 4, Reuse = false });
        var all = own.Epoch().Concat(own.Epoch()).ToList();
        Assert.Equal(Enumerable.Range(0, 48).Select(i => (float)(i % 24)), all.SelectMany(batch => batch.ToArray<float>()));
    }

    [Fact]
    public void TheScopeOfTheReaderDoesNotFreeABatch()
    {
        foreach (var workers in (int[])[0, 2])
        {
            using var batches = Batches.OfTensors(Data(24), new() { Size = 4, Workers = workers });
            using var reader = batches.Epoch().GetEnumerator();
            using (TensorScope.Begin())
            {
                Assert.True(reader.MoveNext());
            }

            Assert.Equal([0, 1, 2, 3], reader.Current.ToArray<float>());
        }
    }

    [Fact]
    public void TheCallersTensorsMayBeFreed()
    {
        var data = Data(8);
        using var transposed = Data(8).reshape([2, 4]).transpose(0, 1);
        using var batches = Batches.OfTensors((data, data), new() { Size = 8 });
        using var columns = Batches.OfTensors(transposed, new() { Size = 2 });
        data.Dispose();
        foreach (var (x, y) in batches.Epoch())
        {
            Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], x.ToArray<float>());
            Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], y.ToArray<float>());
        }

        Assert.Equal([[0, 4, 1, 5], [2, 6, 3, 7]], columns.Epoch().Select(batch => batch.ToArray<float>()));
    }

    [Fact]
    public void EveryElementTypeAndLayoutIsCopied()
    {
        foreach (var dtype in DTypes.All)
        {
            using var data = F.arange(0, 2).reshape([2, 1]).expand([2, 3]).to(dtype);
            using var batches = Batches.OfTensors(data, new() { Size = 2 });
            foreach (var batch in batches.Epoch())
            {
                Assert.Equal(data.Type, batch.Type);
                Assert.Equal(data.to(DType.Float64).ToArray<double>(), batch.to(DType.Float64).ToArray<double>());
            }
        }

        using var empty = Batches.OfTensors(F.zeros([3, 0]), new() { Size = 2 });
        Assert.Equal(["float32[2, 0]", "float32[1, 0]"], empty.Epoch().Select(batch => batch.Type.ToString()));
    }

    [Fact]
    public void MemoryIsZeroAtFirst()
    {
        using var batches = Batches.Of(Enumerable.Range(0, 40).ToArray(), new() { Size = 4, Prefetch = 1 }, rows =>
        {
            var block = rows.New<float>(rows.Count, 5);
            Assert.Equal(new float[20], block.Span.ToArray());
            block.Span.Fill(rows.Number + 1);
            return block.Tensor;
        });
        for (var epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(
                Enumerable.Range(1, 10).Select(i => (float)i), batches.Epoch().Select(batch => batch.ToArray<float>().Distinct().Single()));
        }
    }

    private static Tensor Data(int count) => Tensor.FromArray([.. Enumerable.Range(0, count).Select(i => (float)i)], [count]);
}
