using Brachy.NN;

namespace Brachy.Models;

/// <summary>What the blocks of a <see cref="ResNet"/> are made of.</summary>
internal static class ResidualLayers
{
    /// <summary>A convolution that keeps the image's size but for the stride, without a bias, with torchvision's initial values.</summary>
    public static Conv2d Convolution(long inChannels, long outChannels, long kernelSize, long stride = 1, long groups = 1)
    {
        var layer = new Conv2d(inChannels, outChannels, kernelSize, stride, kernelSize / 2, groups: groups, bias: false);
        layer.Weight = Init.KaimingNormal(layer.Weight.shape, mode: FanMode.FanOut, nonlinearity: Nonlinearity.ReLU);
        return layer;
    }

    /// <summary>Brings a block's input to the shape of its output; null where it has it.</summary>
    public static Sequential? Downsample(long inChannels, long outChannels, long stride) => stride == 1 && inChannels == outChannels
        ? null
        : new(Convolution(inChannels, outChannels, 1, stride), new BatchNorm2d(outChannels));
}
