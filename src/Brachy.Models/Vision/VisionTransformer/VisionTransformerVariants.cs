namespace Brachy.Models;

// The members of the family that have names, as in torchvision.
public partial class VisionTransformer
{
    /// <summary>ViT-B/16, 86,567,656 params: torchvision's <c>vit_b_16</c>.</summary>
    /// <param name="classes">The number of classes; 0 for no head, so that the network gives features.</param>
    /// <param name="imageSize">The sides of images.</param>
    /// <exception cref="ArgumentException">The patches do not fill the image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public static VisionTransformer B16(long classes = 1000, long imageSize = 224) => new(imageSize, 16, 12, 12, 768, 3072, classes);

    /// <summary>ViT-B/32, 88,224,232 params: torchvision's <c>vit_b_32</c>.</summary>
    /// <inheritdoc cref="B16"/>
    public static VisionTransformer B32(long classes = 1000, long imageSize = 224) => new(imageSize, 32, 12, 12, 768, 3072, classes);

    /// <summary>ViT-L/16, 304,326,632 params: torchvision's <c>vit_l_16</c>.</summary>
    /// <inheritdoc cref="B16"/>
    public static VisionTransformer L16(long classes = 1000, long imageSize = 224) => new(imageSize, 16, 24, 16, 1024, 4096, classes);

    /// <summary>ViT-L/32, 306,535,400 params: torchvision's <c>vit_l_32</c>.</summary>
    /// <inheritdoc cref="B16"/>
    public static VisionTransformer L32(long classes = 1000, long imageSize = 224) => new(imageSize, 32, 24, 16, 1024, 4096, classes);

    /// <summary>ViT-H/14, 632,045,800 params: torchvision's <c>vit_h_14</c>.</summary>
    /// <inheritdoc cref="B16"/>
    public static VisionTransformer H14(long classes = 1000, long imageSize = 224) => new(imageSize, 14, 32, 16, 1280, 5120, classes);
}
