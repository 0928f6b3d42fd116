using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Primitives that only name memory anew; most need no step.</summary>
internal static class ViewRules
{
    public static bool Reshape(VectorArgs x) => Named(x, () => x[0].IsDense ? x[0].Reshaped(x.Output().Shape) : null);

    public static bool Contiguous(VectorArgs x) => Named(x, () => x[0].IsDense ? x[0] : null);

    public static bool Alias(VectorArgs x) => Named(x, () => x[0]);

    public static bool Barrier(VectorArgs x, BarrierSettings settings)
    {
        for (var i = 0; i < x.Count; i++)
        {
            if (x.IsNumber(i))
            {
                return false;
            }

            x.Alias(x[i], i);
        }

        return true;
    }

    public static bool Expand(VectorArgs x) => Named(x, () => x[0].Broadcast(x.Output().Shape));

    public static bool Permute(VectorArgs x, DimsSettings settings) =>
        Named(x, () => x[0].Permuted(Dims.Normalize("permute", settings.Dims.AsSpan(), x[0].Shape.Rank)));

    public static bool Slice(VectorArgs x, SliceSettings settings) => Named(x, () =>
    {
        var (layout, dim) = (x[0], Dims.Normalize("slice", settings.Dim, x[0].Shape.Rank));
        var strides = (long[])layout.Strides.Clone();
        strides[dim] *= settings.Step;
        return layout.Part(settings.Start * layout.Strides[dim], x.Output().Shape, strides);
    });

    public static bool Select(VectorArgs x, SelectSettings settings) => Named(x, () =>
    {
        var (layout, dim) = (x[0], Dims.Normalize("select", settings.Dim, x[0].Shape.Rank));
        var index = settings.Index < 0 ? settings.Index + layout.Shape[dim] : settings.Index;
        return layout.Part(index * layout.Strides[dim], x.Output().Shape, [.. layout.Strides.Where((_, d) => d != dim)]);
    });

    public static bool Split(VectorArgs x, SplitSettings settings)
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        var (layout, dim, start) = (x[0], Dims.Normalize("split", settings.Dim, x[0].Shape.Rank), 0L);
        for (var i = 0; i < settings.Sizes.Length; i++)
        {
            x.Alias(layout.Part(start * layout.Strides[dim], x.Output(i).Shape, layout.Strides), i);
            start += settings.Sizes[i];
        }

        return true;
    }

    /// <summary>Takes the layout that is found, or copies the operand when there is none.</summary>
    private static bool Named(VectorArgs x, Func<Layout?> find)
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        if (find() is { } layout)
        {
            x.Alias(layout);
        }
        else
        {
            CopyKernels.AddCopy(x, x[0], x.Result().Reshaped(x[0].Shape));
        }

        return true;
    }
}
