using Quickstart.Data;

namespace ResNet;

/// <summary>Images of a step.</summary>
/// <param name="Pixels">The images one after the other.</param>
/// <param name="Labels">Their classes; <see cref="TrainingSteps.NoLabel"/> for those that only fill the batch.</param>
/// <param name="Count">How many images count.</param>
internal sealed record Batch(byte[] Pixels, long[] Labels, int Count);

/// <summary>Makes batches from a set. Each depends on the seed and its numbers only, so that any thread may make it, at any time.</summary>
internal sealed class Batches(ImageSet images, int size, int seed)
{
    private const int Border = 4;

    /// <summary>Training steps of an epoch: what is left over waits for the next one.</summary>
    public int PerEpoch => images.Count / size;

    /// <summary>Batches of all images in order, the last one filled up.</summary>
    public int PerPass => (images.Count + size - 1) / size;

    /// <summary>The order of an epoch.</summary>
    public int[] Order(int epoch)
    {
        var order = Enumerable.Range(0, images.Count).ToArray();
        var random = Stream(epoch).Fork(-1);
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>
    /// A batch of training: each image is moved by up to 4 pixels, with black where it was not, and every other one mirrored.
    /// </summary>
    /// <param name="order">The order of the epoch.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="number">The batch's number in it.</param>
    public Batch Training(int[] order, int epoch, int number)
    {
        var batch = new Batch(new byte[size * ImageSet.Size], new long[size], size);
        for (var i = 0; i < size; i++)
        {
            var position = (number * size) + i;
            var image = order[position];
            var random = Stream(epoch).Fork(position);
            batch.Labels[i] = images.Labels[image];
            var (x, y) = (random.Below((2 * Border) + 1) - Border, random.Below((2 * Border) + 1) - Border);
            Move(Image(images.Pixels, image), Image(batch.Pixels, i), x, y, isMirrored: random.Below(2) == 1);
        }

        return batch;
    }

    /// <summary>A batch of evaluation, always of the same size.</summary>
    /// <param name="number">Its number.</param>
    public Batch Plain(int number)
    {
        var start = number * size;
        var count = Math.Min(size, images.Count - start);
        var batch = new Batch(new byte[size * ImageSet.Size], new long[size], count);
        images.Pixels.AsSpan(start * ImageSet.Size, count * ImageSet.Size).CopyTo(batch.Pixels);
        Array.Fill(batch.Labels, TrainingSteps.NoLabel);
        for (var i = 0; i < count; i++)
        {
            batch.Labels[i] = images.Labels[start + i];
        }

        return batch;
    }

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

    private static Span<byte> Image(byte[] pixels, int number) => pixels.AsSpan(number * ImageSet.Size, ImageSet.Size);

    private SplitMix64 Stream(int epoch) => new SplitMix64((ulong)seed).Fork(epoch);
}
