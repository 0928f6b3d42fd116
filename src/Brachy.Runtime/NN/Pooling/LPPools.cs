namespace Brachy.NN;

/// <summary>The p-norm of each window over the last dim; see <see cref="F.lp_pool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class LPPool1d : LPPoolNd<long>
{
    /// <summary>A power-average pooling layer.</summary>
    /// <param name="normType">p: 1 sums, and large numbers come close to the maximum; finite and not 0.</param>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the end, as long as it starts inside.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public LPPool1d(double normType, long kernelSize, long? stride = null, bool ceilMode = false)
        : base(nameof(LPPool1d), normType, kernelSize, stride ?? kernelSize, ceilMode)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.lp_pool1d(x, NormType, KernelSize, Stride, CeilMode);
}

/// <summary>The p-norm of each window over height and width; see <see cref="F.lp_pool2d"/>. [N, C, H, W] or [C, H, W].</summary>
[Module]
public partial class LPPool2d : LPPoolNd<Size2d>
{
    /// <summary>A power-average pooling layer.</summary>
    /// <param name="normType">p: 1 sums, and large numbers come close to the maximum; finite and not 0.</param>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the end, as long as it starts inside.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public LPPool2d(double normType, Size2d kernelSize, Size2d? stride = null, bool ceilMode = false)
        : base(nameof(LPPool2d), normType, kernelSize, stride ?? kernelSize, ceilMode)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.lp_pool2d(x, NormType, KernelSize, Stride, CeilMode);
}

/// <summary>
/// The p-norm of each window over depth, height and width; see <see cref="F.lp_pool3d"/>. [N, C, D, H, W] or [C, D, H, W].
/// </summary>
[Module]
public partial class LPPool3d : LPPoolNd<Size3d>
{
    /// <summary>A power-average pooling layer.</summary>
    /// <param name="normType">p: 1 sums, and large numbers come close to the maximum; finite and not 0.</param>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="ceilMode">Whether a last window may reach beyond the end, as long as it starts inside.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public LPPool3d(double normType, Size3d kernelSize, Size3d? stride = null, bool ceilMode = false)
        : base(nameof(LPPool3d), normType, kernelSize, stride ?? kernelSize, ceilMode)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.lp_pool3d(x, NormType, KernelSize, Stride, CeilMode);
}
