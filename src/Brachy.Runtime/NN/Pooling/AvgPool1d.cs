namespace Brachy.NN;

/// <summary>The mean of each window over the last dim; see <see cref="F.avg_pool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class AvgPool1d
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial long KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial long Stride { get; set; }

    /// <summary>A border of zeros.</summary>
    [Static]
    public partial long Padding { get; set; }

    /// <summary>Whether a last window may reach beyond the border.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>Whether elements of the border count in the mean.</summary>
    [Static]
    public partial bool CountIncludePad { get; set; }

    /// <summary>An average pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border of zeros, at most half of the kernel.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <param name="countIncludePad">Whether elements of the border count in the mean.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public AvgPool1d(long kernelSize, long? stride = null, long padding = 0, bool ceilMode = false, bool countIncludePad = true)
    {
        new Window(kernelSize, stride ?? kernelSize, padding, 1).CheckPooling(nameof(AvgPool1d));
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        CeilMode = ceilMode;
        CountIncludePad = countIncludePad;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.avg_pool1d(x, KernelSize, Stride, Padding, CeilMode, CountIncludePad);
}
