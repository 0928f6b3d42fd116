namespace Brachy.Compilation;

/// <summary>The sizes of a convolution over two dims; over one dim the height is 1.</summary>
/// <param name="Images">The images.</param>
/// <param name="Channels">The channels of an image, those of all groups.</param>
/// <param name="Outputs">The channels of a result, those of all groups.</param>
/// <param name="Groups">Groups of channels that do not see each other.</param>
/// <param name="Y">Rows.</param>
/// <param name="X">Columns.</param>
internal readonly record struct ConvolutionSize(int Images, int Channels, int Outputs, int Groups, ConvolvedDim Y, ConvolvedDim X)
{
    /// <summary>The channels that an output sees.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>The outputs of a group.</summary>
    public int GroupOutputs => Outputs / Groups;

    /// <summary>The elements of a kernel, over all dims but channels.</summary>
    public int Taps => Y.Kernel * X.Kernel;

    /// <summary>The pixels of the results of all images.</summary>
    public int Pixels => checked(Images * Y.Result * X.Result);
}

/// <summary>What a convolution does along one dim.</summary>
/// <param name="Size">The size of the image.</param>
/// <param name="Kernel">The size of the kernel.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">Zeros before and after.</param>
/// <param name="Dilation">From one element of a window to the next.</param>
/// <param name="Result">The size of the result.</param>
internal readonly record struct ConvolvedDim(int Size, int Kernel, int Stride, int Padding, int Dilation, int Result)
{
    /// <summary>Where an element of a window lies; outside of the image there are zeros.</summary>
    public int Position(int window, int element) => (window * Stride) - Padding + (element * Dilation);

    /// <summary>Whether a place lies in the image.</summary>
    public bool Contains(int position) => (uint)position < (uint)Size;
}

/// <summary>Images whose channels lie side by side.</summary>
/// <param name="start">The first element.</param>
/// <param name="image">From one image to the next, in elements.</param>
/// <param name="row">From one row to the next.</param>
/// <param name="pixel">From one pixel to the next.</param>
internal readonly unsafe struct Images<T>(T* start, nint image, nint row, nint pixel)
    where T : unmanaged
{
    public nint PixelStride { get; } = pixel;

    /// <summary>The channels of a pixel.</summary>
    public T* At(int n, int y, int x) => start + (n * image) + (y * row) + (x * PixelStride);
}
