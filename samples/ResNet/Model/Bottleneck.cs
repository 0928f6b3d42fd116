using Brachy;
using Brachy.NN;

namespace ResNet;

/// <summary>A 3×3 convolution between two 1×1 ones that make channels few and many again, added to what came in.</summary>
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

    /// <summary>Brings the input to the output's shape; without layers where it has it.</summary>
    public partial Sequential Shortcut { get; set; }

    /// <summary>A block.</summary>
    /// <param name="inPlanes">The channels of the input.</param>
    /// <param name="planes">The channels inside; the output has <see cref="Expansion"/> times as many.</param>
    /// <param name="stride">How many times smaller the output is.</param>
    public Bottleneck(long inPlanes, long planes, long stride = 1)
    {
        var outPlanes = Expansion * planes;
        Conv1 = new(inPlanes, planes, 1, stride: 1, padding: 0, bias: false);
        Bn1 = new(planes);
        Conv2 = new(planes, planes, 3, stride, padding: 1, bias: false);
        Bn2 = new(planes);
        Conv3 = new(planes, outPlanes, 1, stride: 1, padding: 0, bias: false);
        Bn3 = new(outPlanes);
        Shortcut = stride != 1 || inPlanes != outPlanes
            ? new(new Conv2d(inPlanes, outPlanes, 1, stride, padding: 0, bias: false), new BatchNorm2d(outPlanes))
            : new();
    }

    /// <summary>Applies the block. Input [N, inPlanes, H, W], output [N, 4 planes, H / stride, W / stride].</summary>
    public Tensor Forward(Tensor x)
    {
        var y = F.relu(Bn1.Call(Conv1.Call(x)));
        y = F.relu(Bn2.Call(Conv2.Call(y)));
        y = Bn3.Call(Conv3.Call(y));
        return F.relu(y + Shortcut.Call(x));
    }
}
