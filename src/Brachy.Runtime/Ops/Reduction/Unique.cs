using System.Runtime.CompilerServices;
using Brachy.Extending;
using Brachy.Native;
using static Brachy.DistinctSlices;
using static Brachy.F;

namespace Brachy;

// Distinct elements and slices, by their order: equal neighbours form groups, and the first of each stands for it.
public static partial class F
{
    /// <summary>The distinct elements in ascending order, or the distinct slices along a dim. Every NaN is distinct.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="sorted">PyTorch's; false allows any order. Here they are sorted either way.</param>
    /// <param name="dim">The dim that slices lie along, compared element by element; null for single elements.</param>
    /// <param name="size">
    /// The number of results, for traced functions, where it must not depend on values; null to count. Those beyond it are left out.
    /// </param>
    /// <param name="fill_value">With a size, fills the results that do not exist; null to repeat the first.</param>
    /// <returns>Dtype: as x; one dim, or the dims of x. The gradient goes to the first of equal elements.</returns>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    /// <exception cref="DTypeException">The fill value does not fit x's element type.</exception>
    /// <exception cref="ConcretizationException">x is traced and no size is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    [OverloadResolutionPriority(1)]
    public static Tensor unique(Tensor x, bool sorted = true, long? dim = null, long? size = null, Scalar? fill_value = null) =>
        unique(x, sorted, false, false, dim, size, fill_value).output;

    /// <inheritdoc cref="unique(Tensor, bool, long?, long?, Scalar?)"/>
    /// <param name="x">Any tensor.</param>
    /// <param name="sorted">PyTorch's; false allows any order. Here they are sorted either way.</param>
    /// <param name="return_inverse">Whether to say for each element (shape of x) or slice (one dim) which result it equals. int64.</param>
    /// <param name="return_counts">Whether to say how often each result occurs. One dim, int64.</param>
    /// <param name="dim">The dim that slices lie along, compared element by element; null for single elements.</param>
    /// <param name="size">
    /// The number of results, for traced functions, where it must not depend on values; null to count. Those beyond it are left out; their
    /// numbers in the inverse lie beyond it, too.
    /// </param>
    /// <param name="fill_value">With a size, fills the results that do not exist; null to repeat the first.</param>
    /// <returns>The distinct elements or slices; the inverse and the counts, or null where they were not asked for.</returns>
    public static (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(
        Tensor x, bool sorted = true, bool return_inverse = false, bool return_counts = false, long? dim = null, long? size = null,
        Scalar? fill_value = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        UniqueRequest wanted = new UniqueRequest("unique", return_inverse, return_counts, size, fill_value);
        if (dim is null)
        {
            var flat = ravel(x);
            var (values, order) = sort(flat, 0);
            return Distinct(wanted, flat, 0, StartsGroup(values), order, x.shape);
        }

        var (at, slices) = SlicesAlong("unique", x, dim.Value);
        var group = slices.numel() == 0 ? zeros([slices.shape[0]], DType.Int64, x.device) : UniqueSlices.Bind(RanksOf(slices));
        var (sortedGroup, sliceOrder) = sort(group, 0);
        return Distinct(wanted, x, at, StartsGroup(sortedGroup), sliceOrder, [x.shape[at]]);
    }

    /// <summary>The elements, or slices along a dim, without those that equal the one before. Every NaN is distinct.</summary>
    /// <inheritdoc cref="unique(Tensor, bool, long?, long?, Scalar?)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor unique_consecutive(Tensor x, long? dim = null, long? size = null, Scalar? fill_value = null) =>
        unique_consecutive(x, false, false, dim, size, fill_value).output;

    /// <summary>The elements, or slices along a dim, without those that equal the one before. Every NaN is distinct.</summary>
    /// <inheritdoc cref="unique(Tensor, bool, bool, bool, long?, long?, Scalar?)"/>
    public static (Tensor output, Tensor? inverse_indices, Tensor? counts) unique_consecutive(
        Tensor x, bool return_inverse = false, bool return_counts = false, long? dim = null, long? size = null, Scalar? fill_value = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        UniqueRequest wanted = new UniqueRequest("unique_consecutive", return_inverse, return_counts, size, fill_value);
        if (dim is null)
        {
            var flat = ravel(x);
            return Distinct(wanted, flat, 0, StartsGroup(flat), null, x.shape);
        }

        var (at, slices) = SlicesAlong("unique_consecutive", x, dim.Value);
        return Distinct(wanted, x, at, StartsGroup(slices), null, [x.shape[at]]);
    }

    /// <summary>For each row of a matrix of integers, the number of its value among the distinct rows in order.</summary>
    internal static readonly Primitive<NoSettings> UniqueSlices = new("unique_slices")
    {
        Abstract = x =>
        {
            Shapes.RequireRank(x, 0, "x", 2);
            Shapes.RequireInteger(x, 0, "x");
            return x[0].Shape.NumElements > 0
                ? new TensorType([x[0].Shape[0]], DType.Int64, x[0].Device)
                : throw new ShapeException($"unique_slices: x is {x[0]}, which has no elements.");
        },
        Eager = x => UniqueSlicesKernels.Invoke("inverse", x[0]),
        Script = x => $"torch.unique_dim({x[0]}, 0, True, True, False)[1]",
        Batching = BatchedUniqueSlices,
        Vjp = Vjp.Zero("numbers of groups have no gradient"),
    };
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.unique(Tensor, bool, long?, long?, Scalar?)"/>
    [OverloadResolutionPriority(1)]
    public Tensor unique(bool sorted = true, long? dim = null, long? size = null, Scalar? fill_value = null) =>
        F.unique(this, sorted, dim, size, fill_value);

    /// <inheritdoc cref="F.unique(Tensor, bool, bool, bool, long?, long?, Scalar?)"/>
    public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(
        bool sorted = true, bool return_inverse = false, bool return_counts = false, long? dim = null, long? size = null,
        Scalar? fill_value = null) =>
        F.unique(this, sorted, return_inverse, return_counts, dim, size, fill_value);

    /// <inheritdoc cref="F.unique_consecutive(Tensor, long?, long?, Scalar?)"/>
    [OverloadResolutionPriority(1)]
    public Tensor unique_consecutive(long? dim = null, long? size = null, Scalar? fill_value = null) =>
        F.unique_consecutive(this, dim, size, fill_value);

    /// <inheritdoc cref="F.unique_consecutive(Tensor, bool, bool, long?, long?, Scalar?)"/>
    public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique_consecutive(
        bool return_inverse = false, bool return_counts = false, long? dim = null, long? size = null, Scalar? fill_value = null) =>
        F.unique_consecutive(this, return_inverse, return_counts, dim, size, fill_value);
}

/// <summary>The search for distinct slices.</summary>
file static class DistinctSlices
{
    private const string UniqueInstead = "Say how many results there are to be: size: n";

    public static readonly EagerScript UniqueSlicesKernels = new(
        """
        def inverse(x):
            return [torch.unique_dim(x, 0, True, True, False)[1]]

        """);

    /// <summary>Rows that begin with the number of their sample: those of each are numbered in turn.</summary>
    public static readonly Batching BatchedUniqueSlices = Batching.Rule(x =>
    {
        var (rows, columns) = (x.Types[0].Shape[0], x.Types[0].Shape[1]);
        if (x.Size == 0)
        {
            return zeros([0, rows], DType.Int64, x[0].device);
        }

        var sample = expand(reshape(arange(x.Size, device: x[0].device), [x.Size, 1, 1]), [x.Size, rows, 1]);
        var numbered = reshape(cat([sample, x[0].to(DType.Int64)], 2), [x.Size * rows, columns + 1]);
        var group = reshape(UniqueSlices.Bind(numbered), [x.Size, rows]);
        return group - amin(group, 1, keepdim: true);
    });

    public readonly record struct UniqueRequest(string Op, bool Inverse, bool Counts, long? Size, Scalar? Fill);

    /// <summary>The first element of each group along a dim.</summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="x">Holds the elements or slices.</param>
    /// <param name="at">The dim they lie along.</param>
    /// <param name="starts">Whether an element is the first of its group, in the order in which groups lie together.</param>
    /// <param name="order">Where the elements of that order are; null for where they stand.</param>
    /// <param name="inverseShape">The shape of the inverse.</param>
    public static (Tensor, Tensor?, Tensor?) Distinct(
        UniqueRequest wanted, Tensor x, int at, Tensor starts, Tensor? order, Shape inverseShape)
    {
        var size = wanted.Size ?? starts.ReadSize(wanted.Op, UniqueInstead, v => count_nonzero(v));
        var firsts = select(nonzero_static(starts, size), 1, 0);
        Tensor values;
        if (starts.numel() == 0)
        {
            values = full(
                Shapes.WithSize(x.shape, at, size), wanted.Fill is { } number ? FilledSlices.Filling(wanted.Op, x, number) : 0, x.dtype,
                x.device);
        }
        else
        {
            var exists = wanted.Size is null ? null : firsts >= 0;
            var places = exists is null ? firsts : where(exists, firsts, 0);
            places = order is null ? places : F.Index.Bind(order, places);
            values = exists is null || wanted.Fill is not { } fill
                ? index_select(x, at, places)
                : FilledSlices.TakeOrFill(x, at, where(exists, places, -1), FilledSlices.Filling(wanted.Op, x, fill));
        }

        if (!wanted.Inverse && !wanted.Counts)
        {
            return (values, null, null);
        }

        var group = cumsum(starts, 0) - 1;
        var inverse = order is null ? group : scatter(zeros_like(group), 0, order, group);
        var counts = wanted.Counts ? ValueCounts.Of(wanted.Size is null ? group : clamp(group, max: size), size, null) : null;
        return (values, wanted.Inverse ? reshape(inverse, inverseShape) : null, counts);
    }

    /// <summary>Whether each slice of the first dim differs from the one before.</summary>
    public static Tensor StartsGroup(Tensor slices)
    {
        var n = slices.shape[0];
        var first = ones([Math.Min(n, 1)], DType.Bool, slices.device);
        if (n < 2)
        {
            return first;
        }

        var differs = ne(slice(slices, 0, 1), slice(slices, 0, 0, n - 1));
        return cat([first, differs.ndim == 1 ? differs : any(differs, 1)]);
    }

    /// <summary>The slices along a dim as rows.</summary>
    public static (int At, Tensor Slices) SlicesAlong(string op, Tensor x, long dim)
    {
        OperandChecks.RequireDims(op, x);
        var at = Shapes.NormalizeDim(op, dim, x.ndim);
        var n = x.shape[at];
        return (
            at, reshape(movedim(x, at, 0), n, n == 0 ? x.shape.Where((_, d) => d != at).Aggregate(1L, (a, b) => a * b) : x.numel() / n));
    }

    /// <summary>
    /// Integers in the order of the elements. libtorch compares slices element by element, which has no order where there is NaN.
    /// </summary>
    public static Tensor RanksOf(Tensor x)
    {
        if (!x.dtype.IsFloatingPoint())
        {
            return x.dtype == DType.Bool ? to(x, DType.UInt8) : x;
        }

        var (values, order) = sort(ravel(x), 0);
        var group = cumsum(StartsGroup(values), 0);
        return reshape(scatter(zeros_like(group), 0, order, group), x.shape);
    }
}
