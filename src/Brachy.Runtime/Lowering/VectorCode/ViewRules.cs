using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Primitives that only name memory anew; most need no step.</summary>
internal static class ViewRules
{
    public static bool Reshape(VectorArgs x) => Named(x, () => x[0].IsDense ? x[0].Reshaped(x.Output().Shape) : null);

    public static bool Contiguous(VectorArgs x) => Named(x, () => x[0].IsDense ? x[0] : null);

    public static bool Alias(VectorArgs x) => Named(x, () => x[0]);

    public static bool Expand(VectorArgs x) => Named(x, () => x[0].Broadcast(x.Output().Shape));

    public static bool Permute(VectorArgs x) => Named(x, () => x[0].Permuted(Shapes.NormalizeDims("permute", x.Ints("dims"), x[0].Shape.Rank)));

    public static bool Slice(VectorArgs x) => Named(x, () =>
    {
        var (place, dim) = (x[0], Shapes.NormalizeDim("slice", x.Int("dim"), x[0].Shape.Rank));
        var strides = (long[])place.Strides.Clone();
        strides[dim] *= x.Int("step");
        return place.Part(x.Int("start") * place.Strides[dim], x.Output().Shape, strides);
    });

    public static bool Select(VectorArgs x) => Named(x, () =>
    {
        var (place, dim) = (x[0], Shapes.NormalizeDim("select", x.Int("dim"), x[0].Shape.Rank));
        var index = x.Int("index") < 0 ? x.Int("index") + place.Shape[dim] : x.Int("index");
        return place.Part(index * place.Strides[dim], x.Output().Shape, [.. place.Strides.Where((_, d) => d != dim)]);
    });

    /// <summary>Takes the place that is found, or copies the operand when there is none.</summary>
    private static bool Named(VectorArgs x, Func<Place?> find)
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        if (find() is { } place)
        {
            x.Alias(place);
        }
        else
        {
            x.Add(CopyKernels.Copy(x[0], x.Result().Reshaped(x[0].Shape)));
        }

        return true;
    }
}
