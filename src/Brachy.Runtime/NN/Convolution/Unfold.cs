namespace Brachy.NN;

/// <summary>The blocks of images that a window sees, as columns; see <see cref="F.unfold"/>. [N, C, H, W] or [C, H, W].</summary>
[Module]
public partial class Unfold
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size2d KernelSize { get; set; }

    /// <summary>From one element of a window to the next.</summary>
    [Static]
    public partial Size2d Dilation { get; set; }

    /// <summary>A border of zeros.</summary>
    [Static]
    public partial Size2d Padding { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size2d Stride { get; set; }

    /// <summary>An unfolding layer.</summary>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="padding">A border of zeros.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Unfold(Size2d kernelSize, Size2d? dilation = null, Size2d padding = default, Size2d? stride = null)
    {
        (KernelSize, Dilation, Padding, Stride) = (kernelSize, dilation ?? 1, padding, stride ?? 1);
        new Window(KernelSize.Height, Stride.Height, Padding.Height, Dilation.Height).Check(nameof(Unfold));
        new Window(KernelSize.Width, Stride.Width, Padding.Width, Dilation.Width).Check(nameof(Unfold));
    }

    /// <summary>Applies the layer.</summary>
    /// <returns>[N, C · kernel elements, windows] or the same without N.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public Tensor Forward(Tensor x) => F.unfold(x, KernelSize, Dilation, Padding, Stride);
}
