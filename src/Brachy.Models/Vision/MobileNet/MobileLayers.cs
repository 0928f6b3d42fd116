using Brachy.NN;

namespace Brachy.Models;

/// <summary>What a <see cref="MobileNetV3"/> is made of, with torchvision's initial values.</summary>
internal static class MobileLayers
{
    /// <summary>A convolution that keeps the image's size but for the stride, a norm, and an activation if there is one.</summary>
    public static Sequential ConvNormActivation(
        long inChannels, long outChannels, long kernelSize, long stride = 1, long groups = 1, Module<Tensor, Tensor>? activation = null)
    {
        var layers = new Sequential(
            Convolution(inChannels, outChannels, kernelSize, stride, groups), new BatchNorm2d(outChannels, eps: 0.001, momentum: 0.01));
        if (activation is not null)
        {
            layers.Add(activation);
        }

        return layers;
    }

    public static Conv2d Convolution(
        long inChannels, long outChannels, long kernelSize, long stride = 1, long groups = 1, bool bias = false)
    {
        var layer = new Conv2d(inChannels, outChannels, kernelSize, stride, kernelSize / 2, groups: groups, bias: bias);
        layer.Weight = Init.KaimingNormal(layer.Weight.shape, mode: FanMode.FanOut);
        layer.Bias = bias ? F.zeros([outChannels]) : null;
        return layer;
    }

    public static Linear Linear(long inFeatures, long outFeatures) => new(inFeatures, outFeatures)
    {
        Weight = Init.Normal([outFeatures, inFeatures], std: 0.01),
        Bias = F.zeros([outFeatures]),
    };

    /// <summary>A number of channels times a factor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive.</exception>
    public static long Widened(long channels, double factor)
    {
        if (!(factor > 0 && factor < 1e6))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A factor of channels is positive, and below a million.");
        }

        return Divisible(channels * factor);
    }

    /// <summary>The multiple of 8 that is nearest, 8 or more, and not smaller by more than a tenth.</summary>
    public static long Divisible(double channels)
    {
        var nearest = Math.Max(8, (long)(channels + 4) / 8 * 8);
        return nearest < 0.9 * channels ? nearest + 8 : nearest;
    }
}
