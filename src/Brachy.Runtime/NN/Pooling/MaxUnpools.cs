namespace Brachy.NN;

/// <summary>Elements in the places that max pooling took them from; see <see cref="F.max_unpool1d"/>. [N, C, L] or [C, L].</summary>
[Module]
public partial class MaxUnpool1d
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial long KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial long Stride { get; set; }

    /// <summary>The border that the windows saw.</summary>
    [Static]
    public partial long Padding { get; set; }

    /// <summary>An unpooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw, at most half of the kernel.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxUnpool1d(long kernelSize, long? stride = null, long padding = 0)
    {
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        new Window(KernelSize, Stride, Padding, 1).CheckPooling(nameof(MaxUnpool1d));
    }

    /// <summary>Puts elements to the places that the indices of a pooling of the same settings name.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="indices">Their places.</param>
    /// <param name="outputSize">The sizes of what was pooled, where several are possible.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor indices, Shape? outputSize = null) => F.max_unpool1d(x, indices, KernelSize, Stride, Padding, outputSize);
}

/// <summary>Elements in the places that max pooling took them from; see <see cref="F.max_unpool2d"/>. [N, C, H, W] or [C, H, W].</summary>
[Module]
public partial class MaxUnpool2d
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size2d KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size2d Stride { get; set; }

    /// <summary>The border that the windows saw.</summary>
    [Static]
    public partial Size2d Padding { get; set; }

    /// <summary>An unpooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw, at most half of the kernel.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxUnpool2d(Size2d kernelSize, Size2d? stride = null, Size2d padding = default)
    {
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        new Window(KernelSize.Height, Stride.Height, Padding.Height, 1).CheckPooling(nameof(MaxUnpool2d));
        new Window(KernelSize.Width, Stride.Width, Padding.Width, 1).CheckPooling(nameof(MaxUnpool2d));
    }

    /// <summary>Puts elements to the places that the indices of a pooling of the same settings name.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="indices">Their places.</param>
    /// <param name="outputSize">The sizes of what was pooled, where several are possible.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor indices, Shape? outputSize = null) => F.max_unpool2d(x, indices, KernelSize, Stride, Padding, outputSize);
}

/// <summary>Elements in the places that max pooling took them from; see <see cref="F.max_unpool3d"/>. [N, C, D, H, W] or [C, D, H, W].</summary>
[Module]
public partial class MaxUnpool3d
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size3d KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size3d Stride { get; set; }

    /// <summary>The border that the windows saw.</summary>
    [Static]
    public partial Size3d Padding { get; set; }

    /// <summary>An unpooling layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="stride">From one window to the next; by default the size of the window.</param>
    /// <param name="padding">The border that the windows saw, at most half of the kernel.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MaxUnpool3d(Size3d kernelSize, Size3d? stride = null, Size3d padding = default)
    {
        KernelSize = kernelSize;
        Stride = stride ?? kernelSize;
        Padding = padding;
        new Window(KernelSize.Depth, Stride.Depth, Padding.Depth, 1).CheckPooling(nameof(MaxUnpool3d));
        new Window(KernelSize.Height, Stride.Height, Padding.Height, 1).CheckPooling(nameof(MaxUnpool3d));
        new Window(KernelSize.Width, Stride.Width, Padding.Width, 1).CheckPooling(nameof(MaxUnpool3d));
    }

    /// <summary>Puts elements to the places that the indices of a pooling of the same settings name.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="indices">Their places.</param>
    /// <param name="outputSize">The sizes of what was pooled, where several are possible.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor indices, Shape? outputSize = null) => F.max_unpool3d(x, indices, KernelSize, Stride, Padding, outputSize);
}
