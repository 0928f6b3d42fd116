namespace Brachy.NN;

/// <summary>The largest element of each window over depth, height and width; see <see cref="F.max_pool3d"/>. [N, C, D, H, W] or [C, D, H, W].</summary>
[Module]
public partial class MaxPool3d
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size3d KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size3d Stride { get; set; }

    /// <summary>A border that never holds the largest element.</summary>
    [Static]
    public partial Size3d Padding { get; set; }

    /// <summary>From one element of a window to the next.</summary>
    [Static]
    public partial Size3d Dilation { get; set; }

    /// <summary>Whether a last window may reach beyond the border.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>A max pooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">A border that never holds the largest element, at most half of the kernel.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the border, as long as it starts before its end.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxPool3d(Size3d kernelSize, Size3d? stride = null, Size3d padding = default, Size3d? dilation = null, bool ceilMode = false)
    {
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        Dilation = dilation ?? 1;
        CeilMode = ceilMode;
        new Window(KernelSize.Depth, Stride.Depth, Padding.Depth, Dilation.Depth).CheckPooling(nameof(MaxPool3d));
        new Window(KernelSize.Height, Stride.Height, Padding.Height, Dilation.Height).CheckPooling(nameof(MaxPool3d));
        new Window(KernelSize.Width, Stride.Width, Padding.Width, Dilation.Width).CheckPooling(nameof(MaxPool3d));
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.max_pool3d(x, KernelSize, Stride, Padding, Dilation, CeilMode);
}
