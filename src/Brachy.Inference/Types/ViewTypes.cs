namespace Brachy.Compilation;

/// <summary>Types of what only names, moves or joins elements.</summary>
internal static class ViewTypes
{
    public static TensorType[] All(TypeArgs x) => [.. x.Inputs];

    public static TensorType[] Reshape(TypeArgs x, ShapeSettings settings)
    {
        var sizes = settings.Shape.ToArray();
        var open = Array.IndexOf(sizes, -1);
        if (open >= 0)
        {
            sizes[open] = 1;
            x.Require(Array.TrueForAll(sizes, size => size > 0));
            var known = Shape.Own(sizes).NumElements;
            sizes[open] = x[0].Shape.NumElements / known;
        }

        x.Require(Array.TrueForAll(sizes, size => size >= 0) && Shape.Own(sizes).NumElements == x[0].Shape.NumElements);
        return [x[0].WithShape(Shape.Own(sizes))];
    }

    public static TensorType[] Expand(TypeArgs x, ShapeSettings settings)
    {
        var (from, to) = (x[0].Shape, settings.Shape.ToArray());
        x.Require(to.Length >= from.Rank);
        for (var i = 0; i < to.Length; i++)
        {
            var size = i < to.Length - from.Rank ? 1 : from[i - to.Length + from.Rank];
            to[i] = to[i] == -1 ? size : to[i];
            x.Require(to[i] >= 0 && (size == 1 || size == to[i]));
        }

        return [x[0].WithShape(Shape.Own(to))];
    }

    public static TensorType[] Permute(TypeArgs x, DimsSettings settings)
    {
        var dims = Dims.Normalize(x.Op, settings.Dims.AsSpan(), x[0].Rank);
        x.Require(dims.Length == x[0].Rank);
        return [x[0].WithShape(Shape.Own(Array.ConvertAll(dims, dim => x[0].Shape[(int)dim])))];
    }

    public static TensorType[] Flip(TypeArgs x, DimsSettings settings)
    {
        Dims.Normalize(x.Op, settings.Dims.AsSpan(), x[0].Rank);
        return [x[0]];
    }

    public static TensorType[] Slice(TypeArgs x, SliceSettings settings) => [x[0].WithShape(Sliced(x, settings, x[0].Shape))];

    public static TensorType[] SliceBackward(TypeArgs x, SliceBackwardSettings settings)
    {
        x.Require(Sliced(x, settings, settings.Shape) == x[0].Shape);
        return [x[0].WithShape(settings.Shape)];
    }

    public static TensorType[] Select(TypeArgs x, SelectSettings settings)
    {
        x.Require(x[0].Rank > 0);
        var dim = x.Dim(settings.Dim);
        x.Require(settings.Index >= -x[0].Shape[dim] && settings.Index < x[0].Shape[dim]);
        return [x[0].WithShape([.. x[0].Shape.Where((_, d) => d != dim)])];
    }

    public static TensorType[] Split(TypeArgs x, SplitSettings settings)
    {
        x.Require(x[0].Rank > 0);
        var dim = x.Dim(settings.Dim);
        x.Require(settings.Sizes.All(size => size >= 0 && size <= x[0].Shape[dim]) && settings.Sizes.Sum() == x[0].Shape[dim]);
        return [.. settings.Sizes.Select(size => x[0].WithShape(WithSize(x[0].Shape, dim, size)))];
    }

    public static TensorType[] Cat(TypeArgs x, DimSettings settings)
    {
        x.Require(x[0].Rank > 0);
        var dim = x.Dim(settings.Dim);
        var total = 0L;
        foreach (var type in x.Inputs)
        {
            x.Require(type.DType == x[0].DType && type.Rank == x[0].Rank
                && WithSize(type.Shape, dim, 0) == WithSize(x[0].Shape, dim, 0));
            total += type.Shape[dim];
        }

        return [x[0].WithShape(WithSize(x[0].Shape, dim, total))];
    }

    public static TensorType[] Stack(TypeArgs x, DimSettings settings)
    {
        var dim = Dims.Normalize(x.Op, settings.Dim, x[0].Rank + 1);
        x.Require(x.Inputs.All(x[0].Equals));
        return [x[0].WithShape([.. x[0].Shape.Take(dim), x.Count, .. x[0].Shape.Skip(dim)])];
    }

    public static Shape WithSize(Shape shape, int dim, long size)
    {
        var sizes = shape.ToArray();
        sizes[dim] = size;
        return Shape.Own(sizes);
    }

    private static Shape Sliced(TypeArgs x, SliceSettings settings, Shape shape)
    {
        var dim = Dims.Normalize(x.Op, settings.Dim, shape.Rank);
        x.Require(
            shape.Rank > 0 && settings.Step > 0 && settings.Start >= 0 && settings.Start <= settings.End && settings.End <= shape[dim]);
        var size = settings.End - settings.Start;
        return WithSize(shape, dim, (size / settings.Step) + (size % settings.Step == 0 ? 0 : 1));
    }
}
