namespace Brachy.NN;

/// <summary>What the max unpooling layers share: the windows of the pooling that they undo.</summary>
/// <typeparam name="TSize">
/// A number for each dim that was pooled: <see cref="long"/>, <see cref="Size2d"/> or <see cref="Size3d"/>.
/// </typeparam>
[Module]
public abstract partial class MaxUnpoolNd<TSize>
    where TSize : struct
{
    /// <summary>The size of the window.</summary>
    [Static]
    public partial TSize KernelSize { get; set; }

    /// <summary>From one window to the next.</summary>
    [Static]
    public partial TSize Stride { get; set; }

    /// <summary>The border that the windows saw.</summary>
    [Static]
    public partial TSize Padding { get; set; }

    private protected MaxUnpoolNd(string layer, TSize kernelSize, TSize stride, TSize padding)
    {
        PoolingLayer.Check(layer, kernelSize, stride, padding);
        KernelSize = kernelSize;
        Stride = stride;
        Padding = padding;
    }

    /// <summary>Puts elements to the places that the indices of a pooling of the same settings name.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="indices">Their places.</param>
    /// <param name="outputSize">The sizes of what was pooled, where several are possible.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public abstract Tensor Forward(Tensor x, Tensor indices, Shape? outputSize = null);
}
