namespace Brachy.NN;

/// <summary>
/// The largest element of each window over depth, height and width; see <see cref="F.max_pool3d"/>. [N, C, D, H, W] or [C, D, H, W].
/// </summary>
[Module]
public partial class MaxPool3d : MaxPoolNd<Size3d>
{
    /// <summary>A max pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxPool3d(Size3d kernelSize, Size3d? stride = null, Size3d padding = default, Size3d? dilation = null, bool ceilMode = false)
        : base(nameof(MaxPool3d), kernelSize, stride ?? kernelSize, padding, dilation ?? 1, ceilMode)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.max_pool3d(x, KernelSize, Stride, Padding, Dilation, CeilMode);
}
