using Brachy;
using Brachy.NN;

namespace ResNet;

/// <summary>A residual network for images of 32×32: of blocks that normalise first, so that none follows the stem.</summary>
[Module]
public partial class PreActResNet
{
    /// <summary>From colours to channels.</summary>
    public partial Conv2d Conv1 { get; set; }

    /// <summary>Blocks on 32×32.</summary>
    public partial Sequential Layer1 { get; set; }

    /// <summary>Blocks on 16×16, of twice the width.</summary>
    public partial Sequential Layer2 { get; set; }

    /// <summary>Blocks on 8×8, of four times the width.</summary>
    public partial Sequential Layer3 { get; set; }

    /// <summary>Blocks on 4×4, of eight times the width.</summary>
    public partial Sequential Layer4 { get; set; }

    /// <summary>From the mean over the image to a score for each class.</summary>
    public partial Linear Linear { get; set; }

    /// <summary>A network with random weights.</summary>
    /// <param name="architecture">Its blocks.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="width">The channels of the first stage; 64 in the paper.</param>
    public PreActResNet(Architecture architecture, long classes = 10, long width = 64)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Conv1 = new(3, width, 3, stride: 1, padding: 1, bias: false);

        var inPlanes = width;
        Layer1 = architecture.Stage(0, ref inPlanes, width, stride: 1);
        Layer2 = architecture.Stage(1, ref inPlanes, 2 * width, stride: 2);
        Layer3 = architecture.Stage(2, ref inPlanes, 4 * width, stride: 2);
        Layer4 = architecture.Stage(3, ref inPlanes, 8 * width, stride: 2);
        Linear = new(inPlanes, classes);
    }

    /// <summary>One score for each class. Input [N, 3, 32, 32], output [N, classes].</summary>
    public Tensor Forward(Tensor x)
    {
        x = Conv1.Call(x);
        x = Layer1.Call(x);
        x = Layer2.Call(x);
        x = Layer3.Call(x);
        x = Layer4.Call(x);
        return Linear.Call(F.flatten(F.avg_pool2d(x, 4), 1));
    }
}
