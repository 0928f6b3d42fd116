namespace Brachy.NN;

/// <summary>Convolution over three dims. Input [N, in_channels, D, H, W], or without N; output with out_channels.</summary>
[Module]
public partial class Conv3d
{
    /// <summary>The kernels, [out_channels, in_channels / groups, kd, kh, kw].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The bias, [out_channels]; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>The distance between two windows.</summary>
    [Static]
    public partial Size3d Stride { get; set; }

    /// <summary>The size of the border; null for one that keeps the size of the input.</summary>
    [Static]
    public partial Size3d? Padding { get; set; }

    /// <summary>The distance between two elements of a window.</summary>
    [Static]
    public partial Size3d Dilation { get; set; }

    /// <summary>The number of groups of channels that do not see each other.</summary>
    [Static]
    public partial long Groups { get; set; }

    /// <summary>What the border is made of: zeros, reflect, replicate or circular.</summary>
    [Static]
    public partial string PaddingMode { get; set; }

    /// <summary>A convolution. Both params are drawn from U(-k, k) with k = 1/√(in_channels / groups · kernel size), as in PyTorch.</summary>
    /// <param name="inChannels">The channels of the input.</param>
    /// <param name="outChannels">The channels of the output.</param>
    /// <param name="kernelSize">The size of a window.</param>
    /// <param name="stride">The distance between two windows; 1 by default.</param>
    /// <param name="padding">The size of the border on either side, or <c>"same"</c> for one that keeps the size of the input, which needs stride 1; 0 by default.</param>
    /// <param name="dilation">The distance between two elements of a window; 1 by default.</param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="paddingMode">What the border is made of: <c>"zeros"</c>, or one of the modes of F.pad, "reflect", "replicate" and "circular".</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or groups does not divide both numbers of channels.</exception>
    /// <exception cref="ArgumentException">There is no such padding or padding mode, or the padding is "same" and the stride is not 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Conv3d(
        long inChannels, long outChannels, Size3d kernelSize, Size3d? stride = null, ConvPadding? padding = null, Size3d? dilation = null,
        long groups = 1, bool bias = true, string paddingMode = "zeros", DType dtype = DType.Float32)
    {
        Stride = stride ?? 1;
        var border = ConvolutionLayer.Border(padding, nameof(Conv3d), Stride.ToArray());
        Padding = border is null ? null : Size3d.Create(border);
        Dilation = dilation ?? 1;
        Groups = groups;
        PaddingMode = ConvolutionLayer.CheckMode(paddingMode);
        ConvolutionLayer.Check(
            inChannels, outChannels, kernelSize.ToArray(), groups, new(Stride.ToArray(), border ?? [0, 0, 0], Dilation.ToArray(), false, [0, 0, 0], groups));

        Shape weight = [outChannels, inChannels / groups, kernelSize.Depth, kernelSize.Height, kernelSize.Width];
        Weight = ConvolutionLayer.Draw(weight, weight, dtype);
        Bias = bias ? ConvolutionLayer.Draw([outChannels], weight, dtype) : null;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The channels of <paramref name="x"/> are not in_channels, or it is smaller than the kernel.</exception>
    public Tensor Forward(Tensor x)
    {
        if (PaddingMode == "zeros")
        {
            return Padding is { } zeros
                ? F.conv3d(x, Weight, Bias, Stride, zeros, Dilation, Groups)
                : F.conv3d(x, Weight, Bias, Stride, "same", Dilation, Groups);
        }

        return F.conv3d(F.pad(x, Border(), PaddingMode), Weight, Bias, Stride, dilation: Dilation, groups: Groups);
    }

    /// <summary>The border as F.pad takes it: before and after the last dim, and so on.</summary>
    private long[] Border() => Padding is { } p ? [p.Width, p.Width, p.Height, p.Height, p.Depth, p.Depth] : F.SamePadding(Weight.shape.AsSpan()[2..], Dilation.ToArray());
}
