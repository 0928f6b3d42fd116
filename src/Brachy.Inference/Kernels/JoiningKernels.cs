using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Puts tensors side by side.</summary>
internal static class JoiningKernels
{
    public static bool Cat(VectorArgs x, DimSettings settings) => Join(x, settings, "cat", (part, _, strides) => (part.Shape, strides));

    public static bool Stack(VectorArgs x, DimSettings settings) =>
        Join(x, settings, "stack", (part, dim, strides) => (part.Shape, [.. strides.Where((_, d) => d != dim)]));

    private static bool Join(VectorArgs x, DimSettings settings, string op, Func<Layout, int, long[], (Shape Shape, long[] Strides)> partOf)
    {
        for (var i = 0; i < x.Count; i++)
        {
            if (x.IsNumber(i) || x[i].DType != x.Output().DType)
            {
                return false;
            }
        }

        var target = x.Result();
        var dim = Dims.Normalize(op, settings.Dim, target.Shape.Rank);
        var start = 0L;
        for (var i = 0; i < x.Count; i++)
        {
            var source = x[i];
            var (shape, strides) = partOf(source, dim, target.Strides);
            CopyKernels.AddCopy(x, source, target.Part(start * target.Strides[dim], shape, strides));
            start += op == "cat" ? source.Shape[dim] : 1;
        }

        return true;
    }
}
