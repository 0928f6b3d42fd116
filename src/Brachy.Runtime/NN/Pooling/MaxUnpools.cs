namespace Brachy.NN;

/// <summary>Elements in the places that max pooling took them from; see <see cref="F.max_unpool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class MaxUnpool1d : MaxUnpoolNd<long>
{
    /// <summary>An unpooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw, at most half of the kernel.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxUnpool1d(long kernelSize, long? stride = null, long padding = 0)
        : base(nameof(MaxUnpool1d), kernelSize, stride ?? kernelSize, padding)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor indices, Shape? outputSize = null) =>
        F.max_unpool1d(x, indices, KernelSize, Stride, Padding, outputSize);
}

/// <summary>Elements in the places that max pooling took them from; see <see cref="F.max_unpool2d"/>. [N, C, H, W] or [C, H, W].</summary>
[Module]
public partial class MaxUnpool2d : MaxUnpoolNd<Size2d>
{
    /// <summary>An unpooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw, at most half of the kernel.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxUnpool2d(Size2d kernelSize, Size2d? stride = null, Size2d padding = default)
        : base(nameof(MaxUnpool2d), kernelSize, stride ?? kernelSize, padding)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor indices, Shape? outputSize = null) =>
        F.max_unpool2d(x, indices, KernelSize, Stride, Padding, outputSize);
}

/// <summary>
/// Elements in the places that max pooling took them from; see <see cref="F.max_unpool3d"/>. [N, C, D, H, W] or [C, D, H, W].
/// </summary>
[Module]
public partial class MaxUnpool3d : MaxUnpoolNd<Size3d>
{
    /// <summary>An unpooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw, at most half of the kernel.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxUnpool3d(Size3d kernelSize, Size3d? stride = null, Size3d padding = default)
        : base(nameof(MaxUnpool3d), kernelSize, stride ?? kernelSize, padding)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor indices, Shape? outputSize = null) =>
        F.max_unpool3d(x, indices, KernelSize, Stride, Padding, outputSize);
}
