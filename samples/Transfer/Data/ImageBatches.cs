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
        Make(images, new() { Size = settings.Batch, Workers = 2, Prefetch = 4 }, settings.Side, mirrors: false);

    /// <summary>Images in another order each epoch, every other one mirrored. What is left over of an epoch is left out.</summary>
    /// <inheritdoc cref="InOrder"/>
    public static Batches<(Tensor Images, Tensor Labels)> Shuffled(IReadOnlyList<LabelledImage> images, TransferSettings settings)
    {
        var size = Math.Min(settings.Batch, images.Count);
        var options = new BatchOptions { Size = size, Key = Rng.Seed(settings.Seed), DropLast = true, Workers = 2, Prefetch = 4 };
        return Make(images, options, settings.Side, mirrors: true);
    }

    private static Batches<(Tensor Images, Tensor Labels)> Make(
        IReadOnlyList<LabelledImage> images, BatchOptions options, int side, bool mirrors) => Batches.Of(images, options, rows =>
        {
            var block = rows.New<byte>(rows.Count, 3, side, side);
            for (var i = 0; i < rows.Count; i++)
            {
                rows[i].Read(side, block.Row(i));
                if (mirrors && rows.Seed(i) % 2 == 1)
                {
                    PixelPlanes.Mirror(side, block.Row(i));
                }
            }

            return (block.Tensor, rows.Values(image => image.Label));
        });
}
