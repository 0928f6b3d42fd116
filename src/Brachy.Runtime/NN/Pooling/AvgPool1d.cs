namespace Brachy.NN;

/// <summary>The mean of each window over the last dim; see <see cref="F.avg_pool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class AvgPool1d : AvgPoolNd<long>
{
    /// <summary>An average pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border of zeros, at most half of the kernel.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <param name="countIncludePad">Whether elements of the border count in the mean.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public AvgPool1d(long kernelSize, long? stride = null, long padding = 0, bool ceilMode = false, bool countIncludePad = true)
        : base(nameof(AvgPool1d), kernelSize, stride ?? kernelSize, padding, ceilMode, countIncludePad)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.avg_pool1d(x, KernelSize, Stride, Padding, CeilMode, CountIncludePad);
}
