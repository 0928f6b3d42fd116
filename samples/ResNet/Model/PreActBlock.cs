using Brachy;
using Brachy.NN;

namespace ResNet;

/// <summary>
/// A block whose norms and activations stand before the convolutions, so that the sum stays as it is (He and others, "Identity
/// Mappings in Deep Residual Networks", 2016).
/// </summary>
[Module]
public partial class PreActBlock
{
    /// <summary>Goes before the first convolution.</summary>
    public partial BatchNorm2d Bn1 { get; set; }

    /// <summary>The first convolution; it may halve the image.</summary>
    public partial Conv2d Conv1 { get; set; }

    /// <summary>Goes before the second convolution.</summary>
    public partial BatchNorm2d Bn2 { get; set; }

    /// <summary>The second convolution.</summary>
    public partial Conv2d Conv2 { get; set; }

    /// <summary>Brings the activated input to the output's shape; without layers where the input has it.</summary>
    public partial Sequential Shortcut { get; set; }

    /// <summary>A block.</summary>
    /// <param name="inPlanes">The channels of the input.</param>
    /// <param name="planes">The channels of the output.</param>
    /// <param name="stride">How many times smaller the output is.</param>
    public PreActBlock(long inPlanes, long planes, long stride = 1)
    {
        Bn1 = new(inPlanes);
        Conv1 = new(inPlanes, planes, 3, stride, padding: 1, bias: false);
        Bn2 = new(planes);
        Conv2 = new(planes, planes, 3, stride: 1, padding: 1, bias: false);
        Shortcut = stride != 1 || inPlanes != planes ? new(new Conv2d(inPlanes, planes, 1, stride, padding: 0, bias: false)) : new();
    }

    /// <summary>Applies the block. Input [N, inPlanes, H, W], output [N, planes, H / stride, W / stride].</summary>
    public Tensor Forward(Tensor x)
    {
        var y = F.relu(Bn1.Call(x));

        // A convolution in the shortcut sees the activated input, an identity the input itself.
        var shortcut = Shortcut.Count > 0 ? Shortcut.Call(y) : x;
        y = Conv1.Call(y);
        y = Conv2.Call(F.relu(Bn2.Call(y)));
        return y + shortcut;
    }
}
