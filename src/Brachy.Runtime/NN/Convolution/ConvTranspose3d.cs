namespace Brachy.NN;

/// <summary>
/// Transposed convolution over three dims, which undoes the shape of a <see cref="Conv3d"/>. Input [N, in_channels, D, H, W], or without N;
/// output with out_channels. The weight is [in_channels, out_channels / groups, kd, kh, kw].
/// </summary>
[Module]
public partial class ConvTranspose3d : ConvTransposeNd<Size3d>
{
    /// <summary>
    /// A transposed convolution. Both params are drawn from U(-k, k) with k = 1/√(out_channels / groups · kernel size), as in PyTorch.
    /// </summary>
    /// <param name="inChannels">The channels of the input.</param>
    /// <param name="outChannels">The channels of the output.</param>
    /// <param name="kernelSize">The size of a kernel.</param>
    /// <param name="stride">The distance between the kernels of two neighbours; 1 by default.</param>
    /// <param name="padding">What is cut off either side of the result; 0 by default.</param>
    /// <param name="outputPadding">
    /// What is added at the end of the result; less than the larger of stride and dilation; 0 by default.
    /// </param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="dilation">The distance between two elements of a kernel; 1 by default.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of range, or groups does not divide both numbers of channels.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public ConvTranspose3d(
        long inChannels, long outChannels, Size3d kernelSize, Size3d? stride = null, Size3d? padding = null, Size3d? outputPadding = null,
        long groups = 1, bool bias = true, Size3d? dilation = null, DType dtype = DType.Float32)
        : base(inChannels, outChannels, kernelSize, stride ?? 1, padding ?? 0, outputPadding ?? 0, groups, bias, dilation ?? 1, dtype)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.conv_transpose3d(x, Weight, Bias, Stride, Padding, OutputPadding, Groups, Dilation);
}
