using Brachy;
using Brachy.Data;

namespace Transfer;

/// <summary>Batches of images, which other threads read ahead of the steps.</summary>
internal static class ImageBatches
{
    /// <summary>All images in their order.</summary>
    /// <param name="images">The images.</param>
    /// <param name="settings">Size of images and batches.</param>
    public static Batches<(Tensor Images, Tensor Labels)> InOrder(IReadOnlyList<LabelledImage> images, TransferSettings settings) =>
        Make(images, new() { Size = settings.Batch, Workers = 2, Prefetch = 4 }, settings.Side, ways: 1);

    /// <summary>
    /// Images to learn from in another order each epoch, every other one mirrored, and turned where that does not matter. What is left over
    /// of an epoch is left out.
    /// </summary>
    /// <param name="set">The images.</param>
    /// <param name="settings">Size of images and batches.</param>
    public static Batches<(Tensor Images, Tensor Labels)> Shuffled(ImageSet set, TransferSettings settings)
    {
        var size = Math.Min(settings.Batch, set.Train.Count);
        var options = new BatchOptions { Size = size, Key = Rng.Seed(settings.Seed), DropLast = true, Workers = 2, Prefetch = 4 };
        return Make(set.Train, options, settings.Side, ways: set.AnyWayUp ? 8 : 2);
    }

    private static Batches<(Tensor Images, Tensor Labels)> Make(
        IReadOnlyList<LabelledImage> images, BatchOptions options, int side, int ways) => Batches.Of(images, options, rows =>
        {
            var block = rows.New<byte>(rows.Count, 3, side, side);
            for (var i = 0; i < rows.Count; i++)
            {
                rows[i].Read(side, block.Row(i));
                Lay(side, block.Row(i), (int)(rows.Seed(i) % ways));
            }

            return (block.Tensor, rows.Values(image => image.Label));
        });

    /// <summary>Lays an image in one of eight ways: 0 as it is, 1 mirrored, and more.</summary>
    internal static void Lay(int side, Span<byte> planes, int way)
    {
        if ((way & 1) != 0)
        {
            PixelPlanes.Mirror(side, planes);
        }

        if ((way & 2) != 0)
        {
            PixelPlanes.TurnByHalf(side, planes);
        }

        if ((way & 4) != 0)
        {
            PixelPlanes.Transpose(side, planes);
        }
    }
}
