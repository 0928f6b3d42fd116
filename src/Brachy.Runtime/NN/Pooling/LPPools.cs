namespace Brachy.NN;

/// <summary>The p-norm of each window over the last dim; see <see cref="F.lp_pool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class LPPool1d
{
    /// <summary>p.</summary>
    [Static]
    public partial double NormType { get; set; }

    /// <summary>The size of the window.</summary>
    [Static]
    public partial long KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial long Stride { get; set; }

    /// <summary>Whether a last window may reach beyond the end.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>A power-average pooling layer.</summary>
    /// <param name="normType">p: 1 sums, and large numbers come close to the maximum; finite and not 0.</param>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the end, as long as it starts inside.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public LPPool1d(double normType, long kernelSize, long? stride = null, bool ceilMode = false)
    {
        NormType = double.IsFinite(normType) && normType != 0
            ? normType
            : throw new ArgumentOutOfRangeException(nameof(normType), normType, "LPPool1d: normType must be finite and not 0.");
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        CeilMode = ceilMode;
        new Window(kernelSize, Stride, 0, 1).CheckPooling(nameof(LPPool1d));
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.lp_pool1d(x, NormType, KernelSize, Stride, CeilMode);
}

/// <summary>The p-norm of each window over height and width; see <see cref="F.lp_pool2d"/>. [N, C, H, W] or [C, H, W].</summary>
[Module]
public partial class LPPool2d
{
    /// <summary>p.</summary>
    [Static]
    public partial double NormType { get; set; }

    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size2d KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size2d Stride { get; set; }

    /// <summary>Whether a last window may reach beyond the end.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>A power-average pooling layer.</summary>
    /// <param name="normType">p: 1 sums, and large numbers come close to the maximum; finite and not 0.</param>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the end, as long as it starts inside.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public LPPool2d(double normType, Size2d kernelSize, Size2d? stride = null, bool ceilMode = false)
    {
        NormType = double.IsFinite(normType) && normType != 0
            ? normType
            : throw new ArgumentOutOfRangeException(nameof(normType), normType, "LPPool2d: normType must be finite and not 0.");
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        CeilMode = ceilMode;
        new Window(kernelSize.Height, Stride.Height, 0, 1).CheckPooling(nameof(LPPool2d));
        new Window(kernelSize.Width, Stride.Width, 0, 1).CheckPooling(nameof(LPPool2d));
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.lp_pool2d(x, NormType, KernelSize, Stride, CeilMode);
}

/// <summary>The p-norm of each window over depth, height and width; see <see cref="F.lp_pool3d"/>. [N, C, D, H, W] or [C, D, H, W].</summary>
[Module]
public partial class LPPool3d
{
    /// <summary>p.</summary>
    [Static]
    public partial double NormType { get; set; }

    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size3d KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size3d Stride { get; set; }

    /// <summary>Whether a last window may reach beyond the end.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>A power-average pooling layer.</summary>
    /// <param name="normType">p: 1 sums, and large numbers come close to the maximum; finite and not 0.</param>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the end, as long as it starts inside.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public LPPool3d(double normType, Size3d kernelSize, Size3d? stride = null, bool ceilMode = false)
    {
        NormType = double.IsFinite(normType) && normType != 0
            ? normType
            : throw new ArgumentOutOfRangeException(nameof(normType), normType, "LPPool3d: normType must be finite and not 0.");
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        CeilMode = ceilMode;
        new Window(kernelSize.Depth, Stride.Depth, 0, 1).CheckPooling(nameof(LPPool3d));
        new Window(kernelSize.Height, Stride.Height, 0, 1).CheckPooling(nameof(LPPool3d));
        new Window(kernelSize.Width, Stride.Width, 0, 1).CheckPooling(nameof(LPPool3d));
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.lp_pool3d(x, NormType, KernelSize, Stride, CeilMode);
}
