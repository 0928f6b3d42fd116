namespace Brachy.Models;

// Images of another size than those that a network was trained on.
public partial class VisionTransformer
{
    /// <summary>
    /// The same network for images of another size: what is added at positions is interpolated between those there were, as torchvision's
    /// <c>interpolate_embeddings</c> does. Train it a little on such images.
    /// </summary>
    /// <param name="model">The tree of a network; it is not changed.</param>
    /// <param name="imageSize">The new sides of images, a multiple of the patches'.</param>
    /// <exception cref="ArgumentException">The tree is of another class, or the patches do not fill the image.</exception>
    public static StructureTree WithImageSize(StructureTree model, long imageSize)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageSize);
        if (model.ApplyFn != ApplyFunction)
        {
            throw new ArgumentException("The tree is not that of a VisionTransformer.", nameof(model));
        }

        var view = Bind(model.Copy(), GlobalConfig.Empty);
        var patch = view.ConvProj.Weight.shape[2];
        if (imageSize % patch != 0)
        {
            throw new ArgumentException($"Patches of {patch} do not fill images of {imageSize}.", nameof(imageSize));
        }

        var (positions, old, side) = (view.Encoder.PosEmbedding, view.ImageSize / patch, imageSize / patch);
        if (old != side)
        {
            var hidden = positions.shape[2];
            var grid = F.reshape(F.transpose(F.slice(positions, 1, 1), 1, 2), [1, hidden, old, old]);
            grid = F.interpolate(grid, new Size2d(side, side), "bicubic", align_corners: true);
            view.Encoder.PosEmbedding = F.cat([F.slice(positions, 1, 0, 1), F.transpose(F.flatten(grid, 2), 1, 2)], 1);
        }

        view.ImageSize = imageSize;
        return view.Tree;
    }
}
