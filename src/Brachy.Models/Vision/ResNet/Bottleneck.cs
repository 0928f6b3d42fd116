using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// A 3×3 convolution between two 1×1 ones that make channels few and many again, added to what came in. As in torchvision, the 3×3
/// convolution has the stride ("ResNet V1.5"), and the names are <c>conv1</c>, <c>bn1</c> to <c>bn3</c>, <c>downsample.0</c>,
/// <c>downsample.1</c>.
/// </summary>
[Module]
public partial class Bottleneck
{
    /// <summary>The output has this many times the block's channels.</summary>
    public const long Expansion = 4;

    /// <summary>To few channels.</summary>
    public partial Conv2d Conv1 { get; set; }

    /// <summary>Follows the first convolution.</summary>
    public partial BatchNorm2d Bn1 { get; set; }

    /// <summary>Among few channels; it may halve the image.</summary>
    public partial Conv2d Conv2 { get; set; }

    /// <summary>Follows the second convolution.</summary>
    public partial BatchNorm2d Bn2 { get; set; }

    /// <summary>To many channels.</summary>
    public partial Conv2d Conv3 { get; set; }

    /// <summary>Follows the third convolution.</summary>
    public partial BatchNorm2d Bn3 { get; set; }

    /// <summary>Brings the input to the output's shape; null where it has it.</summary>
    public partial Module<Tensor, Tensor>? Downsample { get; set; }

    /// <summary>A block.</summary>
    /// <param name="inPlanes">The channels of the input.</param>
    /// <param name="planes">A quarter of the channels of the output.</param>
    /// <param name="stride">How many times smaller the output is.</param>
    /// <param name="groups">The groups of the 3×3 convolution; more than 1 in a ResNeXt.</param>
    /// <param name="widthPerGroup">The channels of a group for each 64 of <paramref name="planes"/>; 64 in a ResNet.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Bottleneck(long inPlanes, long planes, long stride = 1, long groups = 1, long widthPerGroup = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(widthPerGroup);
        var (width, outPlanes) = (planes * widthPerGroup / 64 * groups, Expansion * planes);
        Conv1 = ResidualLayers.Convolution(inPlanes, width, 1);
        Bn1 = new(width);
        Conv2 = ResidualLayers.Convolution(width, width, 3, stride, groups);
        Bn2 = new(width);
        Conv3 = ResidualLayers.Convolution(width, outPlanes, 1);
        Bn3 = new(outPlanes);
        Downsample = ResidualLayers.Downsample(inPlanes, outPlanes, stride);
    }

    /// <summary>Applies the block. Input [N, inPlanes, H, W], output [N, 4 planes, ⌈H / stride⌉, ⌈W / stride⌉].</summary>
    /// <exception cref="ShapeException">x is not [N, inPlanes, H, W].</exception>
    public Tensor Forward(Tensor x)
    {
        var y = F.relu(Bn1.Call(Conv1.Call(x)));
        y = F.relu(Bn2.Call(Conv2.Call(y)));
        y = Bn3.Call(Conv3.Call(y));
        return F.relu(y + (Downsample?.Call(x) ?? x));
    }
}
