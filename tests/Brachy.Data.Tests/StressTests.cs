namespace Brachy.Data.Tests;

/// <summary>Many readings at once, that stop, fail, and keep tensors for a while.</summary>
public class StressTests
{
    [Fact]
    public void ReadersAtOnceSeeOnlyWhatIsTheirs()
    {
        var numbers = Enumerable.Range(0, 400).ToArray();
        var add = Jit.Compile((Tensor x, Tensor y) => x + y, donate: [0]);
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, thread =>
        {
            var random = new Random(thread);
            using var batches = Batches.Of(
                numbers, new() { Size = 16, Key = Rng.Seed(thread), Workers = 1 + (thread % 3), Prefetch = 1 + (thread % 4) },
                rows => (rows.Rows<float>([8], (i, row) => row.Fill(i)), Items: rows.ToArray()));
            var kept = new Queue<(Tensor Tensor, int[] Items, float Factor)>();
            for (var round = 0; round < 60; round++)
            {
                foreach (var (x, items) in batches.Epoch())
                {
                    using var scope = TensorScope.Begin();
                    Check(x, items, 1);
                    switch (random.Next(6))
                    {
                        case 0:
                            kept.Enqueue((scope.Keep(x.narrow(1, 2, 3)), items, 1));
                            break;
                        case 1:
                            var y = F.clone(x);
                            kept.Enqueue((scope.Keep(add.Invoke(x, y)), items, 2));
                            break;
                        case 2:
                            x.Dispose();
                            break;
                        default:
                            break;
                    }

                    if (kept.Count > 5)
                    {
                        var (tensor, own, factor) = kept.Dequeue();
                        Check(tensor, own, factor);
                        tensor.Dispose();
                    }

                    if (random.Next(12) == 0)
                    {
                        break;
                    }
                }
            }

            Assert.All(kept, one => Check(one.Tensor, one.Items, one.Factor));

            // What is kept, what is read, and what is ahead.
            Assert.InRange(batches.BufferCount, 1, 6 + 1 + 5);
        });
    }

    private static void Check(Tensor rows, int[] items, float factor)
    {
        var values = rows.ToArray<float>();
        var width = values.Length / items.Length;
        for (var i = 0; i < values.Length; i++)
        {
            Assert.Equal(factor * items[i / width], values[i]);
        }
    }
}
