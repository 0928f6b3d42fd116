namespace Brachy.Models;

// The members of the family that have names, as in torchvision.
public partial class MobileNetV3
{
    /// <summary>MobileNetV3 large, 5,483,032 params: torchvision's <c>mobilenet_v3_large</c>.</summary>
    /// <param name="classes">The number of classes; 0 for no head, so that the network gives features.</param>
    /// <param name="width">All numbers of channels are multiplied by it, and rounded to multiples of 8.</param>
    /// <param name="dropout">The probability of dropout in the classifier.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public static MobileNetV3 Large(long classes = 1000, double width = 1, double dropout = 0.2) => new(
        [.. new InvertedResidualSettings[]
        {
            new(16, 3, 16, 16, false, false, 1),
            new(16, 3, 64, 24, false, false, 2),
            new(24, 3, 72, 24, false, false, 1),
            new(24, 5, 72, 40, true, false, 2),
            new(40, 5, 120, 40, true, false, 1),
            new(40, 5, 120, 40, true, false, 1),
            new(40, 3, 240, 80, false, true, 2),
            new(80, 3, 200, 80, false, true, 1),
            new(80, 3, 184, 80, false, true, 1),
            new(80, 3, 184, 80, false, true, 1),
            new(80, 3, 480, 112, true, true, 1),
            new(112, 3, 672, 112, true, true, 1),
            new(112, 5, 672, 160, true, true, 2),
            new(160, 5, 960, 160, true, true, 1),
            new(160, 5, 960, 160, true, true, 1),
        }.Select(block => block.Widened(width))],
        MobileLayers.Widened(1280, width),
        classes,
        dropout);

    /// <summary>MobileNetV3 small, 2,542,856 params: torchvision's <c>mobilenet_v3_small</c>.</summary>
    /// <inheritdoc cref="Large"/>
    public static MobileNetV3 Small(long classes = 1000, double width = 1, double dropout = 0.2) => new(
        [.. new InvertedResidualSettings[]
        {
            new(16, 3, 16, 16, true, false, 2),
            new(16, 3, 72, 24, false, false, 2),
            new(24, 3, 88, 24, false, false, 1),
            new(24, 5, 96, 40, true, true, 2),
            new(40, 5, 240, 40, true, true, 1),
            new(40, 5, 240, 40, true, true, 1),
            new(40, 5, 120, 48, true, true, 1),
            new(48, 5, 144, 48, true, true, 1),
            new(48, 5, 288, 96, true, true, 2),
            new(96, 5, 576, 96, true, true, 1),
            new(96, 5, 576, 96, true, true, 1),
        }.Select(block => block.Widened(width))],
        MobileLayers.Widened(1024, width),
        classes,
        dropout);
}
