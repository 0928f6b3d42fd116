namespace Brachy.NN;

/// <summary>What the transposed convolutions share: the kernels and their settings.</summary>
/// <typeparam name="TSize">
/// A number for each dim that is convolved: <see cref="long"/>, <see cref="Size2d"/> or <see cref="Size3d"/>.
/// </typeparam>
[Module]
public abstract partial class ConvTransposeNd<TSize>
    where TSize : struct
{
    /// <summary>The kernels, [in_channels, out_channels / groups, kernel size].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The bias, [out_channels]; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>The distance between the kernels of two neighbours.</summary>
    [Static]
    public partial TSize Stride { get; set; }

    /// <summary>What is cut off either side of the result.</summary>
    [Static]
    public partial TSize Padding { get; set; }

    /// <summary>What is added at the end of the result.</summary>
    [Static]
    public partial TSize OutputPadding { get; set; }

    /// <summary>The number of groups of channels that do not see each other.</summary>
    [Static]
    public partial long Groups { get; set; }

    /// <summary>The distance between two elements of a kernel.</summary>
    [Static]
    public partial TSize Dilation { get; set; }

    private protected ConvTransposeNd(
        long inChannels, long outChannels, TSize kernelSize, TSize stride, TSize padding, TSize outputPadding,
        long groups, bool bias, TSize dilation, DType dtype)
    {
        Stride = stride;
        Padding = padding;
        OutputPadding = outputPadding;
        Groups = groups;
        Dilation = dilation;
        var kernel = SpatialSize.Numbers(kernelSize);
        ConvolutionLayer.Check(
            inChannels, outChannels, kernel, groups,
            new(
                SpatialSize.Numbers(stride), SpatialSize.Numbers(padding), SpatialSize.Numbers(dilation), true,
                SpatialSize.Numbers(outputPadding), groups));

        Shape weight = [inChannels, outChannels / groups, .. kernel];
        Weight = ConvolutionLayer.Draw(weight, weight, dtype);
        Bias = bias ? ConvolutionLayer.Draw([outChannels], weight, dtype) : null;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The channels of <paramref name="x"/> are not in_channels, or the result would be empty.</exception>
    public abstract Tensor Forward(Tensor x);
}
