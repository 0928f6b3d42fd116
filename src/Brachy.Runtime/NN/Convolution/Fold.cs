namespace Brachy.NN;

/// <summary>Adds columns back into the images that <see cref="Unfold"/> took them from; see <see cref="F.fold"/>.</summary>
[Module]
public partial class Fold
{
    /// <summary>Height and width of the images.</summary>
    [Static]
    public partial Size2d OutputSize { get; set; }

    /// <summary>The size of the window.</summary>
    [Static]
    public partial Size2d KernelSize { get; set; }

    /// <summary>From one element of a window to the next.</summary>
    [Static]
    public partial Size2d Dilation { get; set; }

    /// <summary>The border that the windows saw.</summary>
    [Static]
    public partial Size2d Padding { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial Size2d Stride { get; set; }

    /// <summary>A folding layer.</summary>
    /// <param name="outputSize">Height and width of the images.</param>
    /// <param name="kernelSize">The size of the window.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="padding">The border that the windows saw.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Fold(Size2d outputSize, Size2d kernelSize, Size2d? dilation = null, Size2d padding = default, Size2d? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize.Height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize.Width);
        (OutputSize, KernelSize, Dilation, Padding, Stride) = (outputSize, kernelSize, dilation ?? 1, padding, stride ?? 1);
        new Window(KernelSize.Height, Stride.Height, Padding.Height, Dilation.Height).Check(nameof(Fold));
        new Window(KernelSize.Width, Stride.Width, Padding.Width, Dilation.Width).Check(nameof(Fold));
    }

    /// <summary>Applies the layer. [N, C · kernel elements, windows] or the same without N.</summary>
    /// <returns>[N, C, H, W] or [C, H, W].</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> does not have the shape that unfolding gives.</exception>
    public Tensor Forward(Tensor x) => F.fold(x, OutputSize, KernelSize, Dilation, Padding, Stride);
}
