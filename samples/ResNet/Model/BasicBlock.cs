using Brachy;
using Brachy.NN;

namespace ResNet;

/// <summary>Two 3×3 convolutions, added to what came in (He and others, "Deep Residual Learning for Image Recognition", 2015).</summary>
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

    /// <summary>Brings the input to the output's shape; without layers where it has it.</summary>
    public partial Sequential Shortcut { get; set; }

    /// <summary>A block.</summary>
    /// <param name="inPlanes">The channels of the input.</param>
    /// <param name="planes">The channels of the output.</param>
    /// <param name="stride">How many times smaller the output is.</param>
    public BasicBlock(long inPlanes, long planes, long stride = 1)
    {
        Conv1 = new(inPlanes, planes, 3, stride, padding: 1, bias: false);
        Bn1 = new(planes);
        Conv2 = new(planes, planes, 3, stride: 1, padding: 1, bias: false);
        Bn2 = new(planes);
        Shortcut = stride != 1 || inPlanes != planes
            ? new(new Conv2d(inPlanes, planes, 1, stride, padding: 0, bias: false), new BatchNorm2d(planes))
            : new();
    }

    /// <summary>Applies the block. Input [N, inPlanes, H, W], output [N, planes, H / stride, W / stride].</summary>
    public Tensor Forward(Tensor x)
    {
        var y = F.relu(Bn1.Call(Conv1.Call(x)));
        y = Bn2.Call(Conv2.Call(y));
        return F.relu(y + Shortcut.Call(x));
    }
}
