namespace Brachy.NN;

/// <summary>What the pooling layers share: the checks of their windows.</summary>
internal static class PoolingLayer
{
    /// <summary>Throws unless there are such windows, whichever dim is the first that is wrong.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static void Check<TSize>(string layer, TSize kernelSize, TSize stride, TSize padding, TSize? dilation = null)
        where TSize : struct
    {
        var (kernels, strides, paddings) = (SpatialSize.Numbers(kernelSize), SpatialSize.Numbers(stride), SpatialSize.Numbers(padding));
        var dilations = dilation is { } given ? SpatialSize.Numbers(given) : null;
        for (var i = 0; i < kernels.Length; i++)
        {
            new Window(kernels[i], strides[i], paddings[i], dilations?[i] ?? 1).CheckPooling(layer);
        }
    }
}
