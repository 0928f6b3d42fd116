using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// A block that makes channels many, convolves each by itself, and makes them few again; added to what came in where shapes allow. The
/// names are torchvision's: <c>block.0.0</c>, <c>block.0.1</c>, …
/// </summary>
[Module]
public partial class InvertedResidual
{
    /// <summary>The convolutions and, between them, squeeze and excitation.</summary>
    public partial Sequential Block { get; set; }

    /// <summary>Whether the input is added to the output.</summary>
    [Static]
    public partial bool AddsInput { get; set; }

    /// <summary>A block.</summary>
    /// <param name="settings">Its sizes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public InvertedResidual(InvertedResidualSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (input, inside, output) = (settings.InChannels, settings.ExpandedChannels, settings.OutChannels);
        if (settings.Stride is not (1 or 2))
        {
            throw new ArgumentOutOfRangeException(nameof(settings), settings.Stride, "The stride of a block is 1 or 2.");
        }

        var block = new Sequential();
        if (inside != input)
        {
            block.Add(MobileLayers.ConvNormActivation(input, inside, 1, activation: Activation()));
        }

        block.Add(MobileLayers.ConvNormActivation(
            inside, inside, settings.KernelSize, settings.Stride, groups: inside, activation: Activation()));
        if (settings.SqueezesExcites)
        {
            block.Add(new SqueezeExcitation(inside, MobileLayers.Divisible(inside / 4)));
        }

        block.Add(MobileLayers.ConvNormActivation(inside, output, 1));
        Block = block;
        AddsInput = settings.Stride == 1 && input == output;

        Module<Tensor, Tensor> Activation() => settings.UsesHardswish ? new Hardswish() : new ReLU();
    }

    /// <summary>Applies the block. Input [N, in, H, W], output [N, out, ⌈H / stride⌉, ⌈W / stride⌉].</summary>
    /// <exception cref="ShapeException">x is not [N, in, H, W].</exception>
    public Tensor Forward(Tensor x) => AddsInput ? Block.Call(x) + x : Block.Call(x);
}
