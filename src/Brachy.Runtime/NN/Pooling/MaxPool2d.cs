namespace Brachy.NN;

/// <summary>The largest element of each window over height and width; see <see cref="F.max_pool2d"/>. [N, C, H, W] or [C, H, W].</summary>
[Module]
public partial class MaxPool2d : MaxPoolNd<Size2d>
{
    /// <summary>A max pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxPool2d(Size2d kernelSize, Size2d? stride = null, Size2d padding = default, Size2d? dilation = null, bool ceilMode = false)
        : base(nameof(MaxPool2d), kernelSize, stride ?? kernelSize, padding, dilation ?? 1, ceilMode)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.max_pool2d(x, KernelSize, Stride, Padding, Dilation, CeilMode);
}
