namespace Brachy.NN;

/// <summary>
/// Transposed convolution over one dim, which undoes the shape of a <see cref="Conv1d"/>. Input [N, in_channels, L], or without N;
/// output with out_channels.
/// </summary>
[Module]
public partial class ConvTranspose1d
{
    /// <summary>The kernels, [in_channels, out_channels / groups, k].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The bias, [out_channels]; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>The distance between the kernels of two neighbours.</summary>
    [Static]
    public partial long Stride { get; set; }

    /// <summary>What is cut off either side of the result.</summary>
    [Static]
    public partial long Padding { get; set; }

    /// <summary>What is added at the end of the result.</summary>
    [Static]
    public partial long OutputPadding { get; set; }

    /// <summary>The number of groups of channels that do not see each other.</summary>
    [Static]
    public partial long Groups { get; set; }

    /// <summary>The distance between two elements of a kernel.</summary>
    [Static]
    public partial long Dilation { get; set; }

    /// <summary>A transposed convolution. Both params are drawn from U(-k, k) with k = 1/√(out_channels / groups · kernel size), as in PyTorch.</summary>
    /// <param name="inChannels">The channels of the input.</param>
    /// <param name="outChannels">The channels of the output.</param>
    /// <param name="kernelSize">The size of a kernel.</param>
    /// <param name="stride">The distance between the kernels of two neighbours.</param>
    /// <param name="padding">What is cut off either side of the result.</param>
    /// <param name="outputPadding">What is added at the end of the result; less than the larger of stride and dilation.</param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="dilation">The distance between two elements of a kernel.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or groups does not divide both numbers of channels.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public ConvTranspose1d(
        long inChannels, long outChannels, long kernelSize, long stride = 1, long padding = 0, long outputPadding = 0,
        long groups = 1, bool bias = true, long dilation = 1, DType dtype = DType.Float32)
    {
        Stride = stride;
        Padding = padding;
        OutputPadding = outputPadding;
        Groups = groups;
        Dilation = dilation;
        ConvolutionLayer.Check(
            inChannels, outChannels, [kernelSize], groups,
            new([Stride], [Padding], [Dilation], true, [OutputPadding], groups));

        Shape weight = [inChannels, outChannels / groups, kernelSize];
        Weight = ConvolutionLayer.Draw(weight, weight, dtype);
        Bias = bias ? ConvolutionLayer.Draw([outChannels], weight, dtype) : null;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The channels of <paramref name="x"/> are not in_channels, or the result would be empty.</exception>
    public Tensor Forward(Tensor x) => F.conv_transpose1d(x, Weight, Bias, Stride, Padding, OutputPadding, Groups, Dilation);
}
