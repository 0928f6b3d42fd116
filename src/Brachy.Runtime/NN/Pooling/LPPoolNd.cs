namespace Brachy.NN;

/// <summary>What the power-average pooling layers share: the norm and their windows.</summary>
/// <typeparam name="TSize">
/// A number for each dim that is pooled: <see cref="long"/>, <see cref="Size2d"/> or <see cref="Size3d"/>.
/// </typeparam>
[Module]
public abstract partial class LPPoolNd<TSize>
    where TSize : struct
{
    /// <summary>p.</summary>
    [Static]
    public partial double NormType { get; set; }

    /// <summary>The size of the window.</summary>
    [Static]
    public partial TSize KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial TSize Stride { get; set; }

    /// <summary>Whether a last window may reach beyond the end.</summary>
    [Static]
    public partial bool CeilMode { get; set; }

    private protected LPPoolNd(string layer, double normType, TSize kernelSize, TSize stride, bool ceilMode)
    {
        NormType = double.IsFinite(normType) && normType != 0
            ? normType
            : throw new ArgumentOutOfRangeException(nameof(normType), normType, $"{layer}: normType must be finite and not 0.");
        PoolingLayer.Check(layer, kernelSize, stride, default);
        KernelSize = kernelSize;
        Stride = stride;
        CeilMode = ceilMode;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or the window does not fit.</exception>
    public abstract Tensor Forward(Tensor x);
}
