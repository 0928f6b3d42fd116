namespace Brachy.NN;

/// <summary>What the average pooling layers share: their windows.</summary>
/// <typeparam name="TSize">
/// A number for each dim that is pooled: <see cref="long"/>, <see cref="Size2d"/> or <see cref="Size3d"/>.
/// </typeparam>
[Module]
public abstract partial class AvgPoolNd<TSize>
    where TSize : struct
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial TSize KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial TSize Stride { get; set; }

    /// <summary>A border of zeros.</summary>
    [Static]
    public partial TSize Padding { get; set; }

    /// <summary>Whether a last window may reach beyond the border.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    /// <summary>Whether elements of the border count in the mean.</summary>
    [Static]
    public partial bool CountIncludePad { get; set; }

    private protected AvgPoolNd(
        string layer, TSize kernelSize, TSize stride, TSize padding, bool ceilMode, bool countIncludePad, long? divisorOverride = null)
    {
        if (divisorOverride == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(divisorOverride), divisorOverride, "A divisor is not 0.");
        }

        PoolingLayer.Check(layer, kernelSize, stride, padding);
        KernelSize = kernelSize;
        Stride = stride;
        Padding = padding;
        CeilMode = ceilMode;
        CountIncludePad = countIncludePad;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public abstract Tensor Forward(Tensor x);
}
