namespace Brachy.Data.Tests;

/// <summary>Orders other than each once, and what makes batches.</summary>
[Trait("Category", "Quick")]
public partial class SamplingTests
{
    [Fact]
    public void WeightsSayHowOftenElementsAreDrawn()
    {
        double[] weights = [0, 1, 3, 0, 4, 0];
        var counts = new int[6];
        foreach (var i in Numbers.Epoch(
            Numbers.Source.List, 6, new() { Size = 100, Key = Rng.Seed(1), Order = BatchOrder.Weighted(weights, draws: 8000) })
            .SelectMany(batch => batch))
        {
            counts[i]++;
        }

        Assert.Equal(8000, counts.Sum());
        for (var i = 0; i < 6; i++)
        {
            // Within five standard deviations.
            var (expected, share) = (8000 * weights[i] / 8, weights[i] / 8);
            var bound = 5 * Math.Sqrt(expected * (1 - share));
            Assert.InRange(counts[i], expected - bound, expected + bound);
        }
    }

    [Fact]
    public void ClassesAreBalanced()
    {
        var classes = Enumerable.Range(0, 1000).Select(i => i < 900 ? "common" : i < 990 ? "seldom" : "rare").ToArray();
        var drawn = Numbers.Epoch(
            Numbers.Source.List, 1000, new() { Size = 50, Key = Rng.Seed(1), Order = BatchOrder.Balanced(classes, 9000) })
            .SelectMany(batch => batch).GroupBy(i => classes[i]).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(3, drawn.Count);
        Assert.All(drawn.Values, count => Assert.InRange(count, 2776, 3224));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void BatchesByLengthPadLittle(int window)
    {
        var random = new Random(1);
        var lengths = Enumerable.Range(0, 205).Select(_ => random.Next(1, 100)).ToArray();
        var options = new BatchOptions { Size = 10, Key = Rng.Seed(2), Order = BatchOrder.ByLength(lengths, window) };
        var batches = Numbers.Epoch(Numbers.Source.List, 205, options);
        Assert.Equal(Enumerable.Range(0, 205).Select(i => (long)i), batches.SelectMany(batch => batch).Order());
        Assert.Equal(5, batches[^1].Length);
        double Padding(long[][] all) => all.Sum(batch => batch.Sum(i => batch.Max(j => lengths[j]) - lengths[i]));
        var shuffled = Numbers.Epoch(Numbers.Source.List, 205, options with { Order = null });
        Assert.InRange(Padding(batches[..^1]) / Padding(shuffled[..^1]), 0, window == 0 ? 0.15 : 0.5);
        Assert.NotEqual(batches, Numbers.Epoch(Numbers.Source.List, 205, options, epoch: 1));
        var longest = batches.Select(batch => batch.Max(i => lengths[i])).ToArray();
        Assert.NotEqual(longest.Order(), longest);
    }

    [Theory]
    [InlineData]
    [InlineData(0.0, 0.0)]
    [InlineData(1.0, -1.0)]
    [InlineData(1.0, double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.MaxValue, double.MaxValue)]
    public void WeightsThatMeanNothingAreRefused(params double[] weights) =>
        Assert.Throws<ArgumentException>(() => BatchOrder.Weighted(weights));

    [Fact]
    public void SeedsDependOnKeyEpochAndElementOnly()
    {
        static long[] Seeds(int size, int epoch, int workers, int key)
        {
            using var batches = Batches.Of(
                Enumerable.Range(0, 12).ToArray(), new() { Size = size, Key = Rng.Seed(key), Workers = workers },
                rows => Enumerable.Range(0, rows.Count).Select(rows.Seed).ToArray());
            batches.Seek(epoch);
            return [.. batches.Epoch().SelectMany(seeds => seeds)];
        }

        var expected = Seeds(4, 1, 0, 5);
        Assert.Equal(12, expected.Distinct().Count());
        Assert.Equal(expected, Seeds(5, 1, 3, 5));
        Assert.Empty(expected.Intersect(Seeds(4, 2, 0, 5)));
        Assert.Empty(expected.Intersect(Seeds(4, 1, 0, 6)));
    }

    [Fact]
    public void ElementsAreStackedIntoTheirStructure()
    {
        var shared = F.ones([2]);
        using var batches = Batches.Of(Enumerable.Range(0, 5).ToArray(), new() { Size = 3, Prefetch = 1 }, rows =>
            rows.Stack(i => new Example((shared * i, new() { ["label"] = i }), shared, "name")));
        var seen = batches.Epoch().Select(batch => (
            batch.Pair.X.ToArray<float>(), batch.Pair.Labels["label"].ToArray<long>(), batch.Shared.shape.ToString(), batch.Name))
            .ToArray();
        Assert.Equal([0, 0, 1, 1, 2, 2], seen[0].Item1);
        Assert.Equal([3, 3, 4, 4], seen[1].Item1);
        Assert.Equal([3, 4], seen[1].Item2);
        Assert.Equal(("[2, 2]", "name"), (seen[1].Item3, seen[1].Name));
        Assert.Equal([1, 1], shared.ToArray<float>());
    }

    [Fact]
    public void ElementsThatDifferAreNotStacked()
    {
        string Error<T>(Func<int, T> map)
        {
            using var batches = Batches.Of(Enumerable.Range(0, 5).ToArray(), new() { Size = 3 }, rows => rows.Stack(map));
            return Assert.Throws<ShapeException>(() => batches.Epoch().Count()).Message;
        }

        Assert.Contains("float32[2]", Error(i => F.zeros([i + 2])), StringComparison.Ordinal);
        Assert.Contains("element 1", Error(i => new Example((F.zeros([]), []), F.zeros([]), $"{i}")), StringComparison.Ordinal);
        Assert.Contains("value.More", Error(i => new Example((F.zeros([]), []), F.zeros([]), "") { More = new Tensor[i] }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void RowsAndValuesAreWritten()
    {
        string[] words = ["a", "bcd", "ef"];
        using var batches = Batches.Of(words, new() { Size = 3 }, rows => (
            Length: rows.Values(word => word.Length),
            Bytes: rows.Rows<byte>([4], (word, row) => System.Text.Encoding.ASCII.GetBytes(word, row)), rows.Epoch, rows.Number));
        foreach (var (length, bytes, epoch, number) in batches.Epoch())
        {
            Assert.Equal([1, 3, 2], length.ToArray<int>());
            Assert.Equal("a\0\0\0bcd\0ef\0\0"u8.ToArray(), bytes.ToArray<byte>());
            Assert.Equal((0, 0), (epoch, number));
        }
    }

    [Fact]
    public void MemoryIsTakenBeforeTheBatchIsReturnedOnly()
    {
        using var batches = Batches.Of((int[])[1, 2], new() { Size = 1 }, rows => rows);
        foreach (var rows in batches.Epoch())
        {
            Assert.Throws<InvalidOperationException>(() => rows.Values(i => i));
            Assert.Throws<DTypeException>(() => rows.New<char>(1));
        }
    }

    /// <summary>Tensors at several depths.</summary>
    [Tree]
    public partial record Example((Tensor X, Dictionary<string, Tensor> Labels) Pair, Tensor Shared, string Name)
    {
        public Tensor[] More { get; init; } = [];
    }
}
