using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.ScatterReduceRules;

namespace Brachy;

/// <summary>How elements that meet are reduced.</summary>
internal sealed record ScatterReduceSettings(long Dim, string Reduce, bool IncludeSelf) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("dim", Dim), ("reduce", Reduce), ("include_self", IncludeSelf)];
}

// Elements that indices bring together are combined.
public static partial class F
{
    /// <summary>
    /// Combines each element of src with those that their indices bring to the same place: <c>y[index[i, j], j]</c> of all <c>src[i, j]</c>
    /// for dim 0. Shape and dtype: as x. Integer means are rounded down.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim that the indices count along.</param>
    /// <param name="index">int64, with as many dims as x, no larger than src, and no larger than x in the other dims.</param>
    /// <param name="src">What is combined, of x's element type.</param>
    /// <param name="reduce">"sum", "prod", "mean", "amax" or "amin". Equal extrema share the gradient evenly.</param>
    /// <param name="include_self">Whether the element of x at a place takes part; places that no index names keep it either way.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The index is not int64, src and x differ in type, or the mean is asked of bool.</exception>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor scatter_reduce(Tensor x, long dim, Tensor index, Tensor src, string reduce, bool include_self = true)
    {
        ScatteredOperands.RequireReduce("scatter_reduce", reduce, Reduces);
        var settings = new ScatterReduceSettings(dim, reduce, include_self);
        return ScatteredOperands.Scattered(x, index, src, (y, i, s) => ScatterReduce.Bind(settings, y, i, s));
    }

    internal static readonly Primitive<ScatterReduceSettings> ScatterReduce = new("scatter_reduce")
    {
        Abstract = x =>
        {
            var reduce = x.Settings.Reduce;
            ScatteredOperands.RequireReduce("scatter_reduce", reduce, Reduces);
            IndexOperands.RequireIndex(x, 1, "index");
            Shapes.RequireSameDType(x, 0, 2);
            if (reduce == "mean" && x[0].DType == DType.Bool)
            {
                throw new DTypeException($"scatter_reduce: x is {x[0]}, and truth values have no mean; cast it with x.to(DType.Float32).");
            }

            ScatteredOperands.RequireFits(
                x, "index", x[1].Shape, "x", x[0].Shape, Shapes.NormalizeDim("scatter_reduce", x.Settings.Dim, x[0].Rank));
            ScatteredOperands.RequireFits(x, "index", x[1].Shape, "src", x[2].Shape, -1);
            return new TensorType(x[0].Shape, x[0].DType, x.Device);
        },
        Eager = x => ScatterReduceKernels.Invoke(x.Settings.Reduce, x[0], x.Settings.Dim, x[1], x[2], x.Settings.IncludeSelf),
        Script = x => $"torch.scatter_reduce({x[0]}, {x.Settings.Dim}, {x[1]}, {x[2]}, '{x.Settings.Reduce}', "
            + $"include_self={Script.Flag(x.Settings.IncludeSelf)})",
        Batching = Batching.Dims<ScatterReduceSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<ScatterReduceSettings>((g, y, x) =>
        {
            // Only as much of src takes part as there are indices.
            var src = x[2];
            for (var d = 0; d < src.ndim; d++)
            {
                src = src.shape[d] == x[1].shape[d] ? src : slice(src, d, 0, x[1].shape[d]);
            }

            var (byX, bySrc) = ScatterReduceGradients(g, y, x, src);
            return [x.If(0, byX), null, x.If(2, () => ScatteredOperands.Enlarge(bySrc(), x[2].shape))];
        }),
    };

    /// <summary>
    /// x with slices of src combined with those that the indices name; see <see cref="scatter_reduce"/>. Shape and dtype: as x.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="index">int64 or int32, one dim.</param>
    /// <param name="source">As many slices as there are indices, of x's element type.</param>
    /// <param name="reduce">"prod", "mean", "amax" or "amin"; sums are <see cref="index_add"/>'s.</param>
    /// <param name="include_self">Whether the slice of x takes part; those that no index names stay either way.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">
    /// The index is neither int64 nor int32, source and x differ in type, or the mean is asked of bool.
    /// </exception>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    /// <exception cref="NativeOpException">An index lies outside the dim, or is negative.</exception>
    public static Tensor index_reduce(Tensor x, long dim, Tensor index, Tensor source, string reduce, bool include_self = true)
    {
        ScatteredOperands.RequireReduce("index_reduce", reduce, Reduces.AsSpan()[1..]);
        return ScatteredOperands.OnSlices("index_reduce", x, dim, index, source, (vector, at, along, part) =>
            scatter_reduce(vector, at, along, part, reduce, include_self));
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.scatter_reduce"/>
    public Tensor scatter_reduce(long dim, Tensor index, Tensor src, string reduce, bool include_self = true) =>
        F.scatter_reduce(this, dim, index, src, reduce, include_self);

    /// <inheritdoc cref="F.index_reduce"/>
    public Tensor index_reduce(long dim, Tensor index, Tensor source, string reduce, bool include_self = true) =>
        F.index_reduce(this, dim, index, source, reduce, include_self);
}

/// <summary>The rules of scattering with a reduction.</summary>
file static class ScatterReduceRules
{
    public static readonly string[] Reduces = ["sum", "prod", "mean", "amax", "amin"];

    public static readonly EagerScript ScatterReduceKernels = new(string.Concat(Reduces.Select(reduce =>
        $"""
        def {reduce}(x, dim: int, index, src, include_self: bool):
            return [torch.scatter_reduce(x, dim, index, src, '{reduce}', include_self=include_self)]


        """)));

    public static (Func<Tensor> ByX, Func<Tensor> BySrc) ScatterReduceGradients(
        Tensor g, Tensor y, VjpArgs<ScatterReduceSettings> x, Tensor src)
    {
        var (dim, index, includesSelf) = (x.Settings.Dim, x[1], x.Settings.IncludeSelf);
        Tensor At(Tensor t) => gather(t, dim, index);
        Tensor OfSelf(Tensor t) => includesSelf ? t : scatter(t, dim, index, 0);
        switch (x.Settings.Reduce)
        {
            case "sum":
                return (() => OfSelf(g), () => At(g));
            case "mean":
                var count = scatter_add(full_like(g, includesSelf ? 1 : 0), dim, index, ones_like(src));
                var part = g / (includesSelf ? count : clamp(count, min: 1));
                return (() => OfSelf(part), () => At(part));
            case "prod":
                Tensor Product(Tensor self, Tensor others) => scatter_reduce(self, dim, index, others, "prod", includesSelf);

                // At a zero the quotient of the product and the element is the product of the others, which the next zero makes 0.
                var isZero = eq(src, 0);
                var nonZero = where(isZero, 1, src);
                var isOnly = logical_and(isZero, eq(At(scatter_add(zeros_like(g), dim, index, to(isZero, g.dtype))), 1));
                var self = where(eq(x[0], 0), 1, x[0]);
                return (
                    () => OfSelf(g * Product(self, src) / self),
                    () => where(isOnly, At(g * Product(x[0], where(isOnly, 1, src))), At(g * y) / nonZero));
            default:
                var ownIsIt = OfSelf(to(eq(x[0], y), g.dtype));
                var isIt = to(eq(src, At(y)), g.dtype);
                var share = g / scatter_add(ownIsIt, dim, index, isIt);
                return (() => ownIsIt * share, () => isIt * At(share));
        }
    }
}
