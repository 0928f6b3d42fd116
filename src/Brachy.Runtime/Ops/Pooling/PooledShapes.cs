using Brachy.Extending;

namespace Brachy;

/// <summary>Shapes of what pooling gives.</summary>
internal static class PooledShapes
{
    public static Shape AdaptiveShape(AbstractArgs<AdaptivePoolSettings> x)
    {
        Shapes.RequireFloat(x, 0, "x");
        ImageLayout.RequireImages(x, 0, "x", x.Settings.OutputSize.Length);
        SpatialSizes.RequireOutputSize(x.Primitive.Name, x.Settings.OutputSize.Sizes);
        return [.. x[0].Shape.AsSpan()[..2], .. x.Settings.OutputSize];
    }

    /// <summary>The shape of the results of windows over images or volumes.</summary>
    public static Shape PooledShape(AbstractArgs x, WindowSettings settings, int input)
    {
        var dims = settings.KernelSize.Length;
        ImageLayout.RequireImages(x, input, "x", dims);
        var sizes = x[input].Shape.ToArray();
        for (var i = 0; i < dims; i++)
        {
            var name = new[] { "depth", "height", "width" }[i + 3 - dims];
            sizes[2 + i] = Window.Of(settings, i).CountPooled(x.Primitive.Name, name, sizes[2 + i], settings.ReachesOver);
        }

        return Shape.Own(sizes);
    }
}
