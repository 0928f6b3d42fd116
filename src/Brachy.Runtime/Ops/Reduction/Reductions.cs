using System.Runtime.CompilerServices;
using Brachy.Extending;
using static Brachy.F;
using static Brachy.ProductRules;

namespace Brachy;

// Sums, means and products over dims.
public static partial class F
{
    /// <summary>Sum over dims. Dtype: as x (integers and bool become int64), or the one asked for, in which the sum is computed.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static Tensor sum(Tensor x, long[]? dims = null, bool keepdim = false, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Sum.Bind(new SumSettings(ReductionRules.ReducedDims("sum", x, dims), keepdim, dtype ?? ReductionRules.Widened(x.dtype)), x);
    }

    /// <inheritdoc cref="sum(Tensor, long[], bool, DType?)"/>
    public static Tensor sum(Tensor x, long dim, bool keepdim = false, DType? dtype = null) => sum(x, [dim], keepdim, dtype);

    internal static readonly Primitive<SumSettings> Sum = new("sum")
    {
        Abstract = x => new TensorType(ReductionRules.ReducedShape(x), x.Settings.DType, x[0].Device),
        Eager = x => x[0].sum(x.Settings.Dims.Sizes, x.Settings.KeepDim, x.Settings.DType.ToTorch()),
        Script = x => $"torch.sum({x[0]}, {ReductionRules.DimsAndFlag(x)}, dtype={Script.Type(x.Settings.DType)})",
        Batching = BatchedReductions.Reduction<SumSettings>(),
        Vjp = Vjp.Rule<SumSettings>((g, y, x) => [Spread(g, x)]),
        Jvp = Jvp.Linear(),
    };

    /// <summary>Mean over dims. Dtype: as x, which must be of a floating-point type, or the one asked for. An empty mean is NaN.</summary>
    /// <param name="x">A tensor of a floating-point type, or any when a dtype is given.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    /// <exception cref="DTypeException">The result would not be of a floating-point type.</exception>
    public static Tensor mean(Tensor x, long[]? dims = null, bool keepdim = false, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Mean.Bind(new SumSettings(ReductionRules.ReducedDims("mean", x, dims), keepdim, dtype ?? x.dtype), x);
    }

    /// <inheritdoc cref="mean(Tensor, long[], bool, DType?)"/>
    public static Tensor mean(Tensor x, long dim, bool keepdim = false, DType? dtype = null) => mean(x, [dim], keepdim, dtype);

    internal static readonly Primitive<SumSettings> Mean = new("mean")
    {
        Abstract = x => x.Settings.DType.IsFloatingPoint()
            ? new TensorType(ReductionRules.ReducedShape(x), x.Settings.DType, x[0].Device)
            : throw new DTypeException(
                $"mean: the mean of {x[0]} as {x.Settings.DType.Name()} is not defined; cast it with x.to(DType.Float32) or give dtype."),
        Eager = x => x[0].mean(x.Settings.Dims.Sizes, x.Settings.KeepDim, x.Settings.DType.ToTorch()),
        Script = x => $"torch.mean({x[0]}, {ReductionRules.DimsAndFlag(x)}, dtype={Script.Type(x.Settings.DType)})",
        Batching = BatchedReductions.Reduction<SumSettings>(),
        Vjp = Vjp.Rule<SumSettings>((g, y, x) => [Spread(g / Math.Max(1, ReductionRules.ReducedCount(x)), x)]),
        Jvp = Jvp.Linear(),
    };

    /// <summary>Product of all elements. Dtype: as x (integers and bool become int64).</summary>
    public static Tensor prod(Tensor x, DType? dtype = null) => ProductOver(ReductionRules.InOneDim(x), 0, false, dtype);

    /// <summary>Product over one dim. Dtype: as x (integers and bool become int64), or the one asked for.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    [OverloadResolutionPriority(1)] // A literal 0 is a number here, not an element type.
    public static Tensor prod(Tensor x, long dim, bool keepdim = false, DType? dtype = null) => ProductOver(x, dim, keepdim, dtype);

    internal static readonly Primitive<SumSettings> Prod = new("prod")
    {
        Abstract = x => new TensorType(ReductionRules.ReducedShape(x), x.Settings.DType, x[0].Device),
        Eager = x => x[0].prod(x.Settings.Dims[0], x.Settings.KeepDim, x.Settings.DType.ToTorch()),
        Script = x => $"torch.prod({x[0]}, {x.Settings.Dims[0]}, {Script.Flag(x.Settings.KeepDim)}, dtype={Script.Type(x.Settings.DType)})",
        Batching = BatchedReductions.Reduction<SumSettings>(),
        Vjp = Vjp.Rule<SumSettings>((g, y, x) => [ProductGradient(g, y, x)]),
    };

    /// <summary>
    /// Sums the dims that broadcasting from a shape to that of x has added or enlarged. The reverse of <see cref="expand"/>.
    /// </summary>
    /// <exception cref="ShapeException">The shape does not broadcast to that of x.</exception>
    internal static Tensor sum_to(Tensor x, Shape shape)
    {
        var added = x.ndim - shape.Rank;
        var dims = new List<long>();
        for (var i = 0; i < x.ndim; i++)
        {
            if (added < 0 || (i >= added && shape[i - added] != 1 && shape[i - added] != x.shape[i]))
            {
                throw new ShapeException($"sum_to: {shape} does not broadcast to {x.shape}.");
            }

            if (x.shape[i] != 1 && (i < added || shape[i - added] == 1))
            {
                dims.Add(i);
            }
        }

        if (dims.Count > 0)
        {
            var keepdim = dims[^1] >= added || dims.Count < added;
            x = sum(x, [.. dims], keepdim, x.dtype);
        }

        return x.shape == shape ? x : reshape(x, shape);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.sum(Tensor, long[], bool, DType?)"/>
    public Tensor sum(long[]? dims = null, bool keepdim = false, DType? dtype = null) => F.sum(this, dims, keepdim, dtype);

    /// <inheritdoc cref="F.sum(Tensor, long, bool, DType?)"/>
    public Tensor sum(long dim, bool keepdim = false, DType? dtype = null) => F.sum(this, dim, keepdim, dtype);

    /// <inheritdoc cref="F.mean(Tensor, long[], bool, DType?)"/>
    public Tensor mean(long[]? dims = null, bool keepdim = false, DType? dtype = null) => F.mean(this, dims, keepdim, dtype);

    /// <inheritdoc cref="F.mean(Tensor, long, bool, DType?)"/>
    public Tensor mean(long dim, bool keepdim = false, DType? dtype = null) => F.mean(this, dim, keepdim, dtype);

    /// <inheritdoc cref="F.prod(Tensor, DType?)"/>
    public Tensor prod(DType? dtype = null) => F.prod(this, dtype);

    /// <inheritdoc cref="F.prod(Tensor, long, bool, DType?)"/>
    [OverloadResolutionPriority(1)] // A literal 0 is a number here, not an element type.
    public Tensor prod(long dim, bool keepdim = false, DType? dtype = null) => F.prod(this, dim, keepdim, dtype);

    /// <summary>
    /// This tensor summed over what broadcasting from a shape has added or enlarged. Shape: the one given; dtype: as this, int64 for bool.
    /// </summary>
    /// <exception cref="ShapeException">The shape does not broadcast to that of this tensor.</exception>
    public Tensor sum_to_size(params Shape size) => F.sum_to(dtype == DType.Bool ? to(DType.Int64) : this, size);
}

/// <summary>The rules of sums and products.</summary>
file static class ProductRules
{
    /// <summary>Gives every element that was reduced the value of its result.</summary>
    public static Tensor Spread(Tensor reduced, IRuleArgs<ReductionSettings> x) =>
        expand(ReductionRules.Restore(reduced, x), x.Types[0].Shape);

    public static Tensor ProductOver(Tensor x, long dim, bool keepdim, DType? dtype)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Prod.Bind(
            new SumSettings(ReductionRules.ReducedDims("prod", x, [dim]), keepdim, dtype ?? ReductionRules.Widened(x.dtype)), x);
    }

    /// <summary>
    /// The product of the other elements: y / x, except at zeros, where it is the product of all that are not zero, if there is no other
    /// zero. Not exact in second order where two zeros meet.
    /// </summary>
    public static Tensor ProductGradient(Tensor g, Tensor y, VjpArgs<SumSettings> x)
    {
        var dim = x.Settings.Dims[0];
        var isZero = eq(x[0], 0);
        var nonZero = where(isZero, 1, x[0]);
        var single = eq(sum(isZero, dim, keepdim: true), 1);
        var rest = where(single, prod(nonZero, dim, keepdim: true, y.dtype), 0);
        return ReductionRules.Restore(g, x) * where(isZero, rest, ReductionRules.Restore(y, x) / nonZero);
    }
}
