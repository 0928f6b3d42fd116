namespace Brachy.Compilation;

/// <summary>Types of convolutions and pooling.</summary>
internal static class ImageTypes
{
    private const int MostDims = 3;

    public static TensorType[] Convolution(TypeArgs x, ConvolutionSettings settings)
    {
        x.RequireOneDType();
        Shape[] lists = [settings.Padding, settings.Dilation, settings.OutputPadding];
        x.Require(settings.Dims is >= 1 and <= MostDims && Array.TrueForAll(lists, list => list.Length == settings.Dims));
        var shape = settings.OutputShape(x[0].Shape, x[1].Shape);
        x.Require(x.Count == 2 || (x.Count == 3 && x[2].Shape == [shape[1]]));
        return [x[0].WithShape(shape)];
    }

    public static TensorType[] MaxPool(TypeArgs x, MaxPoolSettings settings)
    {
        var values = x[0].WithShape(Pooled(x, settings));
        return [values, values.WithDType(DType.Int64)];
    }

    public static TensorType[] AvgPool(TypeArgs x, AvgPoolSettings settings)
    {
        x.Require(settings.DivisorOverride is null or not 0);
        return [x[0].WithShape(Pooled(x, settings))];
    }

    public static TensorType[] AdaptivePool(TypeArgs x, AdaptivePoolSettings settings)
    {
        x.Require(x[0].Rank == 4 && settings.OutputSize.Rank == 2 && settings.OutputSize.All(size => size > 0 && size <= int.MaxValue)
            && x[0].Shape.All(size => size > 0));
        return [x[0].WithShape([x[0].Shape[0], x[0].Shape[1], .. settings.OutputSize])];
    }

    private static Shape Pooled(TypeArgs x, WindowSettings settings)
    {
        Shape[] lists = [settings.KernelSize, settings.Stride, settings.Padding, settings.Spread ?? settings.Stride];
        x.Require(x[0].Rank == 4 && Array.TrueForAll(lists, list => list.Rank == 2 && list.All(size => size is >= 0 and < int.MaxValue)));
        return
        [
            x[0].Shape[0], x[0].Shape[1],
            .. Enumerable.Range(0, 2).Select(i =>
                Window.Of(settings, i).CountPooled(x.Op, $"dim {i + 2}", x[0].Shape[i + 2], settings.ReachesOver)),
        ];
    }
}
