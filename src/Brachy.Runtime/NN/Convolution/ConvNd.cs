namespace Brachy.NN;

/// <summary>What the convolutions share: the kernels, their settings, and the border.</summary>
/// <typeparam name="TSize">
/// A number for each dim that is convolved: <see cref="long"/>, <see cref="Size2d"/> or <see cref="Size3d"/>.
/// </typeparam>
[Module]
public abstract partial class ConvNd<TSize>
    where TSize : struct
{
    /// <summary>The kernels, [out_channels, in_channels / groups, kernel size].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The bias, [out_channels]; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>The distance between two windows.</summary>
    [Static]
    public partial TSize Stride { get; set; }

    /// <summary>The size of the border; null for one that keeps the size of the input.</summary>
    [Static]
    public partial TSize? Padding { get; set; }

    /// <summary>The distance between two elements of a window.</summary>
    [Static]
    public partial TSize Dilation { get; set; }

    /// <summary>The number of groups of channels that do not see each other.</summary>
    [Static]
    public partial long Groups { get; set; }

    /// <summary>What the border is made of: zeros, reflect, replicate or circular.</summary>
    [Static]
    public partial string PaddingMode { get; set; }

    private protected ConvNd(
        string layer, long inChannels, long outChannels, TSize kernelSize, TSize stride, ConvPadding? padding, TSize dilation,
        long groups, bool bias, string paddingMode, DType dtype)
    {
        var (kernel, strides, none) = (SpatialSize.Numbers(kernelSize), SpatialSize.Numbers(stride), SpatialSize.Numbers(default(TSize)));
        Stride = stride;
        var border = ConvolutionLayer.Border(padding, layer, strides);
        Padding = border is null ? null : SpatialSize.Of<TSize>(border);
        Dilation = dilation;
        Groups = groups;
        PaddingMode = ConvolutionLayer.CheckMode(paddingMode);
        ConvolutionLayer.Check(
            inChannels, outChannels, kernel, groups, new(strides, border ?? none, SpatialSize.Numbers(dilation), false, none, groups));

        Shape weight = [outChannels, inChannels / groups, .. kernel];
        Weight = ConvolutionLayer.Draw(weight, weight, dtype);
        Bias = bias ? ConvolutionLayer.Draw([outChannels], weight, dtype) : null;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">
    /// The channels of <paramref name="x"/> are not in_channels, or it is smaller than the kernel.
    /// </exception>
    public Tensor Forward(Tensor x) => PaddingMode == "zeros"
        ? Convolve(x, Padding is { } zeros ? SpatialSize.Numbers(zeros) : "same")
        : Convolve(F.pad(x, Border(), PaddingMode), 0);

    private protected abstract Tensor Convolve(Tensor x, ConvPadding padding);

    /// <summary>The border as F.pad takes it: before and after the last dim, and so on.</summary>
    private long[] Border() => Padding is { } padding
        ? [.. SpatialSize.Numbers(padding).Reverse().SelectMany(size => new[] { size, size })]
        : PaddedConvolution.SamePadding(Weight.shape.AsSpan()[2..], SpatialSize.Numbers(Dilation));
}
