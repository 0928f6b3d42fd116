using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Dims that are reduced: as settings, in shapes, and back.</summary>
internal static class ReductionRules
{
    public static Shape NonEmptyReducedShape(IRuleArgs<ReductionSettings> x)
    {
        var shape = ReducedShape(x);
        return ReducedCount(x) > 0
            ? shape
            : throw new ShapeException($"{x.Primitive.Name}: x is {x.Types[0]}, so there is no element to choose over dims "
                + $"[{string.Join(", ", x.Settings.Dims)}].");
    }

    /// <summary>The settings of a reduction.</summary>
    public static ReductionSettings Reducing(string op, Tensor x, long[]? dims, bool keepdim) => new(ReducedDims(op, x, dims), keepdim);

    /// <summary>The dims of a reduction, counted from 0.</summary>
    public static Shape ReducedDims(string op, Tensor x, long[]? dims)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Shape.Own(Shapes.NormalizeDims(op, dims, x.ndim));
    }

    /// <summary>All elements in one dim, to reduce them all with a kernel that takes one dim.</summary>
    public static Tensor InOneDim(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim == 1 ? x : reshape(x, x.numel());
    }

    public static DType Widened(DType dtype) => dtype.IsFloatingPoint() ? dtype : DType.Int64;

    public static Shape ReducedShape(IRuleArgs<ReductionSettings> x)
    {
        foreach (var dim in x.Settings.Dims)
        {
            _ = Shapes.NormalizeDim(x.Primitive.Name, dim, x.Types[0].Rank);
        }

        return Shapes.Reduce(x.Types[0].Shape, x.Settings.Dims.Sizes, x.Settings.KeepDim);
    }

    /// <summary>How many elements make one element of the result.</summary>
    public static long ReducedCount(IRuleArgs<ReductionSettings> x) =>
        x.Settings.Dims.Aggregate(1L, (n, d) => n * (x.Types[0].Rank == 0 ? 1 : x.Types[0].Shape[(int)d]));

    public static string DimsAndFlag(IRuleArgs<ReductionSettings> x) =>
        $"{Script.Ints(x.Settings.Dims)}, {Script.Flag(x.Settings.KeepDim)}";

    /// <summary>Gives a result its reduced dims back, with size 1.</summary>
    public static Tensor Restore(Tensor reduced, IRuleArgs<ReductionSettings> x) =>
        x.Settings.KeepDim ? reduced : reshape(reduced, Shapes.Reduce(x.Types[0].Shape, x.Settings.Dims.Sizes, keepdim: true));
}
