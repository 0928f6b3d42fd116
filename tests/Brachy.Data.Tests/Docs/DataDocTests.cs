using Brachy.IO;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Shared;

namespace Brachy.Data.Tests.Docs;

/// <summary>The code of docs/data.md.</summary>
[Trait("Category", "Quick")]
public partial class DataDocTests
{
    [Fact]
    public void Arrays()
    {
        var (samples, labels) = (new float[100, 4], new long[100]);

        using var batches = Batches.Of(samples, labels, new() { Size = 32, Key = Rng.Seed(0) }); // float[,] and long[]
        foreach (var (x, y) in batches.Epoch())
        {
            Console.WriteLine($"{x.Type}, {y.Type}"); // float32[32, 4], int64[32], and what is left over at the end
        }

        Assert.Equal(4, batches.PerEpoch);
    }

    [Fact]
    public void Tensors()
    {
        using var rng = Rng.Scope(0);
        var (images, labels) = (Rng.Normal([100, 6]), Rng.RandInt(0, 3, [100]));
        var (model, config) = new Linear(6, 3);
        var (opt, optConfig) = new SGD(model, lr: 0.1);
        var step = Jit.Compile((StructureTree opt, StructureTree model, Tensor x, Tensor y) => Optimizer.Step(
            opt, optConfig, model, current => (current, F.softmax_cross_entropy(Linear.Apply(current, config, x).Output, y))));
        var losses = new List<double>();

        using var batches = Batches.OfTensors((images, labels), new() { Size = 32, Key = Rng.Seed(0), DropLast = true });
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in batches.Epoch())
            {
                using var scope = TensorScope.Begin();
                (opt, model, var loss) = step.Invoke(opt, model, x, y);
                losses.Add((double)loss);
            }
        }

        Assert.Equal(30, losses.Count);
        Assert.True(losses[^3..].Sum() < losses[..3].Sum());
    }

    [Fact]
    public void Lists()
    {
        var photos = Enumerable.Range(0, 10).Select(i => new Photo([.. Enumerable.Repeat((byte)i, 12)], i % 3)).ToArray();

        using var batches = Batches.Of(photos, new() { Size = 4, Key = Rng.Seed(0), Workers = 2 }, rows =>
        {
            var pixels = rows.New<byte>(rows.Count, 3, 2, 2);
            for (var i = 0; i < rows.Count; i++)
            {
                var random = new Random((int)rows.Seed(i));         // the same after a resume, whichever worker
                rows[i].Pixels.CopyTo(pixels.Row(i));
                if (random.Next(2) == 1)
                {
                    pixels.Row(i).Reverse();
                }
            }

            return (X: pixels.Tensor, Y: rows.Values(photo => photo.Label), rows.Count);
        });

        Assert.Equal(10, batches.Epoch().Sum(batch => batch.Count));

        var scaled = Batches.Of(photos, new() { Size = 4 }, rows => rows.Stack(photo =>
            (Tensor.FromArray(photo.Pixels, [12]).to(DType.Float32) / 255, (Tensor)photo.Label)));

        using (scaled)
        {
            Assert.Equal("float32[4, 12]", scaled.Epoch().Select(batch => batch.Item1.Type.ToString()).First());
        }
    }

    [Fact]
    public async Task Sequences()
    {
        using var folder = new TemporaryFolder();
        var files = new[] { folder.Write("a.txt", "one\ntwo\nthree\n"), folder.Write("b.txt", "four\nfive\n") };
        static Tensor Tokens(BatchRows<string> rows) => rows.Rows<byte>([5], (line, row) => System.Text.Encoding.UTF8.GetBytes(line, row));

        using var lines = Batches.OfEpochs(
            epoch => files.SelectMany(File.ReadLines), new() { Size = 2, Key = Rng.Seed(0), ShuffleBuffer = 1000 }, Tokens);
        using var remote = Batches.Of(File.ReadLinesAsync(files[0]), new() { Size = 2 }, Tokens);

        Assert.Equal([2, 2, 1], lines.Epoch().Select(batch => batch.shape[0]));
        var count = 0L;
        await foreach (var batch in remote.EpochAsync())
        {
            count += batch.shape[0];
        }

        Assert.Equal(3, count);
    }

    [Fact]
    public void Resume()
    {
        using var folder = new TemporaryFolder();
        var file = folder["training.safetensors"];
        using var x = F.arange(0, 20);
        using var rng = Rng.Scope(0);
        using var batches = Batches.OfTensors(x, new() { Size = 3, Key = Rng.Seed(0) });
        var (model, config) = new Linear(2, 2);
        var expected = new List<long[]>();
        foreach (var batch in batches.Epoch())
        {
            if (batches.Position.Batch == 2)
            {
                Checkpoint.Save(file, ("model", (model, config)), ("data", batches.Position));
            }
            else if (batches.Position.Batch > 2)
            {
                expected.Add(batch.ToArray<long>());
            }
        }

        batches.Position = Checkpoint.Load(file).Position("data");

        Assert.Equal(expected, batches.Epoch().Select(batch => batch.ToArray<long>()));
    }

    [Fact]
    public void Orders()
    {
        int[] classes = [0, 0, 0, 0, 1];
        string[] sentences = ["a b c", "a", "a b", "a b c d", "b"];
        var key = Rng.Seed(0);

        BatchOptions balanced = new() { Size = 32, Key = key, Order = BatchOrder.Balanced(classes, draws: 1000) };
        BatchOptions bucketed = new() { Size = 2, Key = key, Order = BatchOrder.ByLength([.. sentences.Select(s => s.Length)]) };

        using var few = Batches.Of(classes, balanced, rows => rows.Count(c => c == 1));
        Assert.InRange(few.Epoch().Sum(), 400, 600);
        using var padded = Batches.Of(sentences, bucketed, rows => rows.Sum(s => rows.Max(other => other.Length) - s.Length));
        Assert.InRange(padded.Epoch().Sum(), 0, 6);
    }

    [Fact]
    public void Ranks()
    {
        var (rank, worldSize) = (1, 4);
        using var data = F.arange(0, 100);

        BatchOptions options = new() { Size = 8, Key = Rng.Seed(0), Rank = rank, WorldSize = worldSize };

        using var batches = Batches.OfTensors(data, options);
        Assert.Equal(4, batches.PerEpoch);
    }

    private sealed record Photo(byte[] Pixels, long Label);
}
