namespace Brachy.Models;

// The members of the family that have names, as in torchvision.
public partial class ResNet
{
    /// <summary>ResNet-18: basic blocks, 11,689,512 params.</summary>
    /// <param name="classes">The number of classes; 0 for no head, so that the network gives features.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public static ResNet ResNet18(long classes = 1000) => new(ResNetBlock.Basic, [2, 2, 2, 2], classes);

    /// <summary>ResNet-34: basic blocks, 21,797,672 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet34(long classes = 1000) => new(ResNetBlock.Basic, [3, 4, 6, 3], classes);

    /// <summary>ResNet-50: bottlenecks, 25,557,032 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet50(long classes = 1000) => new(ResNetBlock.Bottleneck, [3, 4, 6, 3], classes);

    /// <summary>ResNet-101: bottlenecks, 44,549,160 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet101(long classes = 1000) => new(ResNetBlock.Bottleneck, [3, 4, 23, 3], classes);

    /// <summary>ResNet-152: bottlenecks, 60,192,808 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet152(long classes = 1000) => new(ResNetBlock.Bottleneck, [3, 8, 36, 3], classes);

    /// <summary>ResNeXt-50 of 32 groups of 4 channels (Xie and others, arXiv:1611.05431), 25,028,904 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNeXt50(long classes = 1000) => new(ResNetBlock.Bottleneck, [3, 4, 6, 3], classes, 32, 4);

    /// <summary>ResNeXt-101 of 32 groups of 8 channels, 88,791,336 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNeXt101(long classes = 1000) => new(ResNetBlock.Bottleneck, [3, 4, 23, 3], classes, 32, 8);

    /// <summary>ResNet-50 of twice the width in its bottlenecks (Zagoruyko and Komodakis, arXiv:1605.07146), 68,883,240 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet WideResNet50(long classes = 1000) =>
        new(ResNetBlock.Bottleneck, [3, 4, 6, 3], classes, widthPerGroup: 128);

    /// <summary>ResNet-101 of twice the width in its bottlenecks, 126,886,696 params.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet WideResNet101(long classes = 1000) =>
        new(ResNetBlock.Bottleneck, [3, 4, 23, 3], classes, widthPerGroup: 128);
}
