namespace Brachy.Models;

/// <summary>The kinds of block of a <see cref="ResNet"/>.</summary>
public enum ResNetBlock
{
    /// <summary>Two 3×3 convolutions: <see cref="BasicBlock"/>.</summary>
    Basic,

    /// <summary>A 3×3 convolution between two 1×1 ones: <see cref="Models.Bottleneck"/>.</summary>
    Bottleneck,
}
