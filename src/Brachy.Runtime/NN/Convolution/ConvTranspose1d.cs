namespace Brachy.NN;

/// <summary>
/// Transposed convolution over one dim, which undoes the shape of a <see cref="Conv1d"/>. Input [N, in_channels, L], or without N;
/// output with out_channels. The weight is [in_channels, out_channels / groups, k].
/// </summary>
[Module]
public partial class ConvTranspose1d : ConvTransposeNd<long>
{
    /// <summary>
    /// A transposed convolution. Both params are drawn from U(-k, k) with k = 1/√(out_channels / groups · kernel size), as in PyTorch.
    /// </summary>
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
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of range, or groups does not divide both numbers of channels.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public ConvTranspose1d(
        long inChannels, long outChannels, long kernelSize, long stride = 1, long padding = 0, long outputPadding = 0,
        long groups = 1, bool bias = true, long dilation = 1, DType dtype = DType.Float32)
        : base(inChannels, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, dtype)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.conv_transpose1d(x, Weight, Bias, Stride, Padding, OutputPadding, Groups, Dilation);
}
