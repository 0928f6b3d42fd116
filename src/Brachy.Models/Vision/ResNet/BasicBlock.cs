using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// Two 3×3 convolutions, added to what came in (He and others, "Deep Residual Learning for Image Recognition", 2015), with the names of
/// torchvision's: <c>conv1</c>, <c>bn1</c>, <c>conv2</c>, <c>bn2</c>, <c>downsample.0</c>, <c>downsample.1</c>.
/// </summary>
[Module]
public partial class BasicBlock
{
    /// <summary>The output has this many times the block's channels.</summary>
    public const long Expansion = 1;

    /// <summary>The first convolution; it may halve the image.</summary>
    public partial Conv2d Conv1 { get; set; }

    /// <summary>Follows the first convolution.</summary>
    public partial BatchNorm2d Bn1 { get; set; }

    /// <summary>The second convolution.</summary>
    public partial Conv2d Conv2 { get; set; }

    /// <summary>Follows the second convolution.</summary>
    public partial BatchNorm2d Bn2 { get; set; }

    /// <summary>Brings the input to the output's shape; null where it has it.</summary>
    public partial Module<Tensor, Tensor>? Downsample { get; set; }

    /// <summary>A block.</summary>
    /// <param name="inPlanes">The channels of the input.</param>
    /// <param name="planes">The channels of the output.</param>
    /// <param name="stride">How many times smaller the output is.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public BasicBlock(long inPlanes, long planes, long stride = 1)
    {
        Conv1 = ResidualLayers.Convolution(inPlanes, planes, 3, stride);
        Bn1 = new(planes);
        Conv2 = ResidualLayers.Convolution(planes, planes, 3);
        Bn2 = new(planes);
        Downsample = ResidualLayers.Downsample(inPlanes, planes, stride);
    }

    /// <summary>Applies the block. Input [N, inPlanes, H, W], output [N, planes, ⌈H / stride⌉, ⌈W / stride⌉].</summary>
    /// <exception cref="ShapeException">x is not [N, inPlanes, H, W].</exception>
    public Tensor Forward(Tensor x)
    {
        var y = F.relu(Bn1.Call(Conv1.Call(x)));
        y = Bn2.Call(Conv2.Call(y));
        return F.relu(y + (Downsample?.Call(x) ?? x));
    }
}
