namespace Brachy.NN;

/// <summary>What the max pooling layers share: their windows.</summary>
/// <typeparam name="TSize">
/// A number for each dim that is pooled: <see cref="long"/>, <see cref="Size2d"/> or <see cref="Size3d"/>.
/// </typeparam>
[Module]
public abstract partial class MaxPoolNd<TSize>
    where TSize : struct
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial TSize KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial TSize Stride { get; set; }

    /// <summary>A border that never holds the largest element.</summary>
    [Static]
    public partial TSize Padding { get; set; }

    /// <summary>From one element of a window to the next.</summary>
    [Static]
    public partial TSize Dilation { get; set; }

    /// <summary>Whether a last window may reach beyond the border.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    private protected MaxPoolNd(string layer, TSize kernelSize, TSize stride, TSize padding, TSize dilation, bool ceilMode)
    {
        PoolingLayer.Check(layer, kernelSize, stride, padding, dilation);
        KernelSize = kernelSize;
        Stride = stride;
        Padding = padding;
        Dilation = dilation;
        CeilMode = ceilMode;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public abstract Tensor Forward(Tensor x);
}
