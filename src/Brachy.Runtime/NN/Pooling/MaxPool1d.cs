namespace Brachy.NN;

/// <summary>The largest element of each window over the last dim; see <see cref="F.max_pool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class MaxPool1d
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial long KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial long Stride { get; set; }

    /// <summary>A border that never holds the largest element.</summary>
    [Static]
    public partial long Padding { get; set; }

    /// <summary>From one element of a window to the next.</summary>
    [Static]
    public partial long Dilation { get; set; }

    /// <summary>Whether a last window may reach beyond the border.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>A max pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxPool1d(long kernelSize, long? stride = null, long padding = 0, long dilation = 1, bool ceilMode = false)
    {
        new Window(kernelSize, stride ?? kernelSize, padding, dilation).CheckPooling(nameof(MaxPool1d));
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        Dilation = dilation;
        CeilMode = ceilMode;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.max_pool1d(x, KernelSize, Stride, Padding, Dilation, CeilMode);
}
