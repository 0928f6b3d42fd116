namespace Brachy.NN;

/// <summary>The mean of each window over height and width; see <see cref="F.avg_pool2d"/>. [N, C, H, W] or [C, H, W].</summary>
[Module]
public partial class AvgPool2d : AvgPoolNd<Size2d>
{
    /// <summary>What to divide the sum of a window by; null for the number of its elements.</summary>
    [Static]
    public partial long? DivisorOverride { get; set; }

    /// <summary>An average pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border of zeros, at most half of the kernel.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <param name="countIncludePad">Whether elements of the border count in the mean.</param>
    /// <param name="divisorOverride">What to divide the sum of a window by; by default the number of its elements.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public AvgPool2d(
        Size2d kernelSize, Size2d? stride = null, Size2d padding = default, bool ceilMode = false, bool countIncludePad = true,
        long? divisorOverride = null)
        : base(nameof(AvgPool2d), kernelSize, stride ?? kernelSize, padding, ceilMode, countIncludePad, divisorOverride) =>
        DivisorOverride = divisorOverride;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.avg_pool2d(x, KernelSize, Stride, Padding, CeilMode, CountIncludePad, DivisorOverride);
}
