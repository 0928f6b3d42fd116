namespace Brachy.NN;

/// <summary>The mean of each window over depth, height and width; see <see cref="F.avg_pool3d"/>. [N, C, D, H, W] or [C, D, H, W].</summary>
[Module]
public partial class AvgPool3d
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size3d KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size3d Stride { get; set; }

    /// <summary>A border of zeros.</summary>
    [Static]
    public partial Size3d Padding { get; set; }

    /// <summary>Whether a last window may reach beyond the border.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>Whether elements of the border count in the mean.</summary>
    [Static]
    public partial bool CountIncludePad { get; set; }

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
    public AvgPool3d(
        Size3d kernelSize, Size3d? stride = null, Size3d padding = default, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null)
    {
        if (divisorOverride == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(divisorOverride), divisorOverride, "A divisor is not 0.");
        }

        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        CeilMode = ceilMode;
        CountIncludePad = countIncludePad;
        DivisorOverride = divisorOverride;
        new Window(KernelSize.Depth, Stride.Depth, Padding.Depth, 1).CheckPooling(nameof(AvgPool3d));
        new Window(KernelSize.Height, Stride.Height, Padding.Height, 1).CheckPooling(nameof(AvgPool3d));
        new Window(KernelSize.Width, Stride.Width, Padding.Width, 1).CheckPooling(nameof(AvgPool3d));
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.avg_pool3d(x, KernelSize, Stride, Padding, CeilMode, CountIncludePad, DivisorOverride);
}
