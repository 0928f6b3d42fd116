namespace Brachy.NN;

/// <summary>
/// Convolution over two dims. Input [N, in_channels, H, W], or without N; output with out_channels.
/// The weight is [out_channels, in_channels / groups, kh, kw].
/// </summary>
[Module]
public partial class Conv2d : ConvNd<Size2d>
{
    /// <summary>
    /// A convolution. Both params are drawn from U(-k, k) with k = 1/√(in_channels / groups · kernel size), as in PyTorch.
    /// </summary>
    /// <param name="inChannels">The channels of the input.</param>
    /// <param name="outChannels">The channels of the output.</param>
    /// <param name="kernelSize">The size of a window.</param>
    /// <param name="stride">The distance between two windows; 1 by default.</param>
    /// <param name="padding">
    /// The size of the border on either side, or <c>"same"</c> for one that keeps the size of the input, which
    /// needs stride 1; 0 by default.
    /// </param>
    /// <param name="dilation">The distance between two elements of a window; 1 by default.</param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="paddingMode">
    /// What the border is made of: <c>"zeros"</c>, or one of the modes of F.pad, "reflect", "replicate" and "circular".
    /// </param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of range, or groups does not divide both numbers of channels.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// There is no such padding or padding mode, or the padding is "same" and the stride is not 1.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Conv2d(
        long inChannels, long outChannels, Size2d kernelSize, Size2d? stride = null, ConvPadding? padding = null, Size2d? dilation = null,
        long groups = 1, bool bias = true, string paddingMode = "zeros", DType dtype = DType.Float32)
        : base(nameof(Conv2d), inChannels, outChannels, kernelSize, stride ?? 1, padding, dilation ?? 1, groups, bias, paddingMode, dtype)
    {
    }

    private protected override Tensor Convolve(Tensor x, ConvPadding padding) =>
        F.conv2d(x, Weight, Bias, Stride, padding, Dilation, Groups);
}
