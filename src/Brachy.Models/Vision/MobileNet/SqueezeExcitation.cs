using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// Scales channels by factors from 0 to 1 that depend on the mean of each over the image (Hu and others, arXiv:1709.01507), with the names
/// of torchvision's: <c>fc1</c>, <c>fc2</c>.
/// </summary>
[Module]
public partial class SqueezeExcitation
{
    /// <summary>To few channels: a convolution of 1×1.</summary>
    public partial Conv2d Fc1 { get; set; }

    /// <summary>To as many as there were.</summary>
    public partial Conv2d Fc2 { get; set; }

    /// <summary>A layer.</summary>
    /// <param name="channels">The channels of input and output.</param>
    /// <param name="squeezed">The channels between.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public SqueezeExcitation(long channels, long squeezed)
    {
        Fc1 = MobileLayers.Convolution(channels, squeezed, 1, bias: true);
        Fc2 = MobileLayers.Convolution(squeezed, channels, 1, bias: true);
    }

    /// <summary>Applies the layer. Input and output [N, channels, H, W].</summary>
    /// <exception cref="ShapeException">x is not [N, channels, H, W].</exception>
    public Tensor Forward(Tensor x)
    {
        var scale = F.relu(Fc1.Call(F.mean(x, [2, 3], keepdim: true)));
        return F.hardsigmoid(Fc2.Call(scale)) * x;
    }
}
