using Brachy;
using Brachy.Data;
using Quickstart.Data;

namespace ResNet;

/// <summary>Images of a step.</summary>
/// <param name="Pixels">uint8 [batch, 3, 32, 32].</param>
/// <param name="Labels">int64 [batch]: their classes; <see cref="TrainingSteps.NoLabel"/> for those that only fill the batch.</param>
internal readonly record struct Batch(Tensor Pixels, Tensor Labels);

/// <summary>Makes batches from a set, on other threads, ahead of the training.</summary>
internal static class ImageBatches
{
    private const int Border = 4;
    private const int Ahead = 4;

    private static readonly int s_workers = Math.Min(Ahead, Environment.ProcessorCount);

    /// <summary>
    /// Batches of training: each image is moved by up to 4 pixels, with black where it was not, and every other one mirrored. What is left
    /// over waits for the next epoch. Each rank gets its share of a batch.
    /// </summary>
    public static Batches<Batch> Training(ImageSet images, int size, int seed)
    {
        var options = new BatchOptions { Size = size, Key = Rng.Seed(seed), DropLast = true, Workers = s_workers, Prefetch = Ahead };
        return Batches.Of(Numbers(images), options.Shard(), numbers =>
        {
            var pixels = numbers.New<byte>(numbers.Count, 3, ImageSet.Side, ImageSet.Side);
            for (var i = 0; i < numbers.Count; i++)
            {
                var random = new SplitMix64((ulong)numbers.Seed(i));
                var (x, y) = (random.Below((2 * Border) + 1) - Border, random.Below((2 * Border) + 1) - Border);
                Move(images.Image(numbers[i]), pixels.Row(i), x, y, isMirrored: random.Below(2) == 1);
            }

            return new Batch(pixels.Tensor, numbers.Values(i => (long)images.Labels[i]));
        });
    }

    /// <summary>Batches of evaluation: all images in order, the last batch filled up.</summary>
    public static Batches<Batch> Plain(ImageSet images, int size) => Batches.Of(
        Numbers(images), new() { Size = size, Workers = s_workers, Prefetch = Ahead }, numbers =>
        {
            var (pixels, labels) = (numbers.New<byte>(size, 3, ImageSet.Side, ImageSet.Side), numbers.New<long>(size));
            labels.Span.Fill(TrainingSteps.NoLabel);
            for (var i = 0; i < numbers.Count; i++)
            {
                images.Image(numbers[i]).CopyTo(pixels.Row(i));
                labels.Span[i] = images.Labels[numbers[i]];
            }

            return new Batch(pixels.Tensor, labels.Tensor);
        });

    /// <summary>Moves an image to the right and down, and mirrors it then.</summary>
    internal static void Move(ReadOnlySpan<byte> source, Span<byte> target, int right, int down, bool isMirrored)
    {
        target.Clear();
        var (from, width) = (Math.Max(0, -right), ImageSet.Side - Math.Abs(right));
        for (var row = 0; row < 3 * ImageSet.Side; row++)
        {
            // Rows of the three planes stand below each other, but no row moves from one plane to the next.
            var y = (row % ImageSet.Side) - down;
            var line = target.Slice(row * ImageSet.Side, ImageSet.Side);
            if (y is >= 0 and < ImageSet.Side)
            {
                source.Slice(((row - down) * ImageSet.Side) + from, width).CopyTo(line[Math.Max(0, right)..]);
            }

            if (isMirrored)
            {
                line.Reverse();
            }
        }
    }

    private static int[] Numbers(ImageSet images) => [.. Enumerable.Range(0, images.Count)];
}
