namespace Brachy.Compilation;

/// <summary>The windows of a pooling along one dim.</summary>
/// <param name="Size">The size of the image.</param>
/// <param name="Kernel">The size of a window; 0 where windows divide the image into as many as there are results.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">How far the first window begins before the image.</param>
/// <param name="Dilation">From one element of a window to the next.</param>
/// <param name="Result">The number of windows.</param>
internal readonly record struct PooledDim(int Size, int Kernel, int Stride, int Padding, int Dilation, int Result)
{
    /// <summary>Windows that divide the image.</summary>
    public static PooledDim Divided(long size, long result) => new((int)size, 0, 0, 0, 1, (int)result);

    /// <summary>The first element of a window that lies in the image.</summary>
    public int First(int window)
    {
        if (Kernel == 0)
        {
            return (int)((long)window * Size / Result);
        }

        var start = Start(window);
        return start >= 0 ? start : start + ((-start + Dilation - 1) / Dilation * Dilation);
    }

    /// <summary>Where a window ends in the image.</summary>
    public int End(int window) => Kernel == 0
        ? (int)((((window + 1L) * Size) + Result - 1) / Result)
        : Math.Min(Start(window) + (Dilation * (Kernel - 1)) + 1, Size);

    /// <summary>The elements of a window, with those of the padding.</summary>
    public int Padded(int window) => Math.Min(Start(window) + Kernel, Size + Padding) - Start(window);

    private int Start(int window) => (window * Stride) - Padding;
}
