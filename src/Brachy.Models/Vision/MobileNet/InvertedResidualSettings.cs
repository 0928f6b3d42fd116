namespace Brachy.Models;

/// <summary>A block of a <see cref="MobileNetV3"/>.</summary>
/// <param name="InChannels">The channels of its input.</param>
/// <param name="KernelSize">The size of a window of its middle convolution.</param>
/// <param name="ExpandedChannels">The channels inside.</param>
/// <param name="OutChannels">The channels of its output.</param>
/// <param name="SqueezesExcites">Whether channels are scaled by what the whole image has in them.</param>
/// <param name="UsesHardswish">Whether its activation is hardswish; ReLU otherwise.</param>
/// <param name="Stride">How many times smaller its output is: 1 or 2.</param>
public sealed record InvertedResidualSettings(
    long InChannels, long KernelSize, long ExpandedChannels, long OutChannels, bool SqueezesExcites, bool UsesHardswish, long Stride)
{
    /// <summary>The same block with numbers of channels multiplied by a factor, and rounded to multiples of 8.</summary>
    /// <param name="factor">The factor; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive.</exception>
    public InvertedResidualSettings Widened(double factor) => this with
    {
        InChannels = MobileLayers.Widened(InChannels, factor),
        ExpandedChannels = MobileLayers.Widened(ExpandedChannels, factor),
        OutChannels = MobileLayers.Widened(OutChannels, factor),
    };
}
