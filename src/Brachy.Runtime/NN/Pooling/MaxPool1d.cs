namespace Brachy.NN;

/// <summary>The largest element of each window over the last dim; see <see cref="F.max_pool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class MaxPool1d : MaxPoolNd<long>
{
    /// <summary>A max pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxPool1d(long kernelSize, long? stride = null, long padding = 0, long dilation = 1, bool ceilMode = false)
        : base(nameof(MaxPool1d), kernelSize, stride ?? kernelSize, padding, dilation, ceilMode)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.max_pool1d(x, KernelSize, Stride, Padding, Dilation, CeilMode);
}
