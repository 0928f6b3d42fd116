using Brachy.Extending;
using TorchSharp;
using static Brachy.F;
using static Brachy.SortingRules;

namespace Brachy;

/// <summary>The type of the places, and the side that equal elements are on.</summary>
internal sealed record SearchSortedSettings(bool OutInt32, bool Right) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("out_int32", OutInt32), ("right", Right)];
}

/// <summary>The settings of a reduction to the k-th smallest element, from 1.</summary>
internal sealed record KthValueSettings(Shape Dims, bool KeepDim, long K) : ReductionSettings(Dims, KeepDim)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims), ("keepdim", KeepDim), ("k", K)];
}

// Order: sorting, the largest elements, and positions in sorted sequences.
public static partial class F
{
    /// <summary>
    /// The elements along a dim in order, and where they were. Equal elements keep their order; NaN counts as the largest.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">Along which dim; negative dims count from the end.</param>
    /// <param name="descending">Whether the largest comes first.</param>
    /// <param name="stable">As PyTorch's; equal elements keep their order either way.</param>
    /// <returns>The elements, with the dtype of x, and their int64 indices along the dim; both with the shape of x.</returns>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    public static (Tensor values, Tensor indices) sort(Tensor x, long dim = -1, bool descending = false, bool stable = true)
    {
        var results = Sort.BindAll(new SortSettings(dim, descending), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<SortSettings> Sort = new("sort")
    {
        Abstract = x =>
        {
            _ = Shapes.NormalizeDim("sort", x.Settings.Dim, x[0].Rank);
            return [x[0].WithShape(x[0].Shape), new TensorType(x[0].Shape, DType.Int64, x[0].Device)];
        },
        Eager = x =>
        {
            var (values, indices) = x[0].sort(x.Settings.Dim, x.Settings.Descending, stable: true);
            return [values, indices];
        },
        Script = x => $"torch.sort({x[0]}, stable=True, dim={x.Settings.Dim}, descending={Script.Flag(x.Settings.Descending)})",
        Batching = Batching.Dims<SortSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Multi<SortSettings>((g, y, x) => [PlacedGradient(g[0], y[1], x, x.Settings.Dim)]),
    };

    /// <summary>The indices that would put the elements along a dim in order, see <see cref="sort"/>. Shape: as x; dtype int64.</summary>
    /// <inheritdoc cref="sort"/>
    public static Tensor argsort(Tensor x, long dim = -1, bool descending = false, bool stable = true) =>
        sort(x, dim, descending, stable).indices;

    /// <summary>The k largest elements along a dim, and where they are.</summary>
    /// <param name="x">Any tensor that is not bool.</param>
    /// <param name="k">How many.</param>
    /// <param name="dim">Along which dim; negative dims count from the end.</param>
    /// <param name="largest">false for the smallest.</param>
    /// <param name="sorted">Whether they come in order.</param>
    /// <returns>The elements, with the dtype of x, and their int64 indices along the dim; both with size k there.</returns>
    /// <exception cref="ShapeException">There is no such dim, or it has fewer than k elements.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static (Tensor values, Tensor indices) topk(Tensor x, long k, long dim = -1, bool largest = true, bool sorted = true)
    {
        var results = TopK.BindAll(new TopKSettings(k, dim, largest, sorted), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<TopKSettings> TopK = new("topk")
    {
        Abstract = x =>
        {
            RequireNumbers(x);
            var dim = Shapes.NormalizeDim("topk", x.Settings.Dim, x[0].Rank);
            var size = x[0].Rank == 0 ? 1 : x[0].Shape[dim];
            if (x.Settings.K < 0 || x.Settings.K > Math.Min(size, int.MaxValue))
            {
                throw new ShapeException(
                    $"topk: k is {x.Settings.K}, but dim {dim} of {x[0]} has {size} elements; k must lie between 0 and that.");
            }

            var shape = x[0].Rank == 0 ? Shape.Scalar : Shapes.WithSize(x[0].Shape, dim, x.Settings.K);
            return [x[0].WithShape(shape), new TensorType(shape, DType.Int64, x[0].Device)];
        },
        Eager = x =>
        {
            var (values, indices) = x[0].topk((int)x.Settings.K, (int)x.Settings.Dim, x.Settings.Largest, x.Settings.Sorted);
            return [values, indices];
        },
        Script = x =>
            $"torch.topk({x[0]}, {x.Settings.K}, {x.Settings.Dim}, {Script.Flag(x.Settings.Largest)}, {Script.Flag(x.Settings.Sorted)})",
        Batching = Batching.Dims<TopKSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Multi<TopKSettings>((g, y, x) => [PlacedGradient(g[0], y[1], x, x.Settings.Dim)]),
    };

    /// <summary>The k-th smallest element over one dim, and its index.</summary>
    /// <param name="x">Any tensor that is not bool.</param>
    /// <param name="k">Which one, from 1 for the smallest.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <returns>The elements, with the dtype of x, and their int64 indices along the dim.</returns>
    /// <exception cref="ShapeException">There is no such dim, or it has no k-th element.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static (Tensor values, Tensor indices) kthvalue(Tensor x, long k, long dim = -1, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        var results = KthValue.BindAll(new KthValueSettings(ReductionRules.ReducedDims("kthvalue", x, [dim]), keepdim, k), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<KthValueSettings> KthValue = new("kthvalue")
    {
        Abstract = x =>
        {
            RequireNumbers(x);
            var shape = ReductionRules.NonEmptyReducedShape(x);
            return x.Settings.K >= 1 && x.Settings.K <= ReductionRules.ReducedCount(x)
                ? [x[0].WithShape(shape), new TensorType(shape, DType.Int64, x[0].Device)]
                : throw new ShapeException(
                    $"kthvalue: k is {x.Settings.K}, but dim {x.Settings.Dims[0]} of {x[0]} has {ReductionRules.ReducedCount(x)} "
                        + "elements; k must lie between 1 and that.");
        },
        Eager = x =>
        {
            var (values, indices) = x[0].kthvalue(x.Settings.K, x.Settings.Dims[0], x.Settings.KeepDim);
            return [values, indices];
        },
        Script = x => $"torch.kthvalue({x[0]}, {x.Settings.K}, {x.Settings.Dims[0]}, {Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Selection<KthValueSettings>(),
        Vjp = Vjp.Multi<KthValueSettings>(
            (gradients, results, x) => [gradients[0] is { } g ? SelectionGradients.SelectedGradient(g, results[1], x) : null]),
    };

    /// <summary>
    /// The median over one dim, the lower one of an even number of elements, and its index; the gradient goes to that
    /// element alone. NaN wins.
    /// </summary>
    /// <inheritdoc cref="max(Tensor, long, bool)"/>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static (Tensor values, Tensor indices) median(Tensor x, long dim, bool keepdim = false)
    {
        var results = MedianDim.BindAll(ReductionRules.Reducing("median", x, [dim], keepdim), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<ReductionSettings> MedianDim = new("median_dim")
    {
        Abstract = x =>
        {
            RequireNumbers(x);
            var shape = ReductionRules.NonEmptyReducedShape(x);
            return [x[0].WithShape(shape), new TensorType(shape, DType.Int64, x[0].Device)];
        },
        Eager = x => MedianKernels.Invoke("median_dim", x[0], x.Settings.Dims[0], x.Settings.KeepDim),
        Script = x => $"torch.median({x[0]}, {x.Settings.Dims[0]}, {Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Selection<ReductionSettings>(),
        Vjp = Vjp.Multi<ReductionSettings>(
            (gradients, results, x) => [gradients[0] is { } g ? SelectionGradients.SelectedGradient(g, results[1], x) : null]),
    };

    /// <summary>
    /// The median of all elements, the lower one of an even number; NaN wins, and is that of none. Elements that tie share the gradient
    /// evenly. Shape: []; dtype: as x.
    /// </summary>
    /// <exception cref="ShapeException">x is empty, and not of a floating-point type.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor median(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.numel() == 0 && x.dtype.IsFloatingPoint()
            ? full([], double.NaN, x.dtype, x.device)
            : Median.Bind(ReductionRules.Reducing("median", x, null, keepdim: false), x);
    }

    internal static readonly Primitive<ReductionSettings> Median = new("median")
    {
        Abstract = x =>
        {
            RequireNumbers(x);
            return x[0].WithShape(ReductionRules.NonEmptyReducedShape(x));
        },
        Eager = x => x[0].median(),
        Script = x => $"torch.median({x[0]})",
        Batching = Batching.Rule(x => median(reshape(x[0], [x.Size, x.Types[0].Shape.NumElements]), 1).values),
        Vjp = Vjp.Rule<ReductionSettings>((g, y, x) => [SelectionGradients.ExtremumGradient(g, y, x)]),
    };

    /// <summary>
    /// Where values would be inserted into sorted sequences: the number of elements below each value. Shape: as values; dtype int64.
    /// </summary>
    /// <param name="sorted_sequence">Ascending along its last dim; either of one dim, or with the leading dims of the values.</param>
    /// <param name="values">What to look for, of the same element type; or a number.</param>
    /// <param name="out_int32">Whether the result is int32.</param>
    /// <param name="right">Whether equal elements count as below.</param>
    /// <param name="side">"left", or "right" for the same as <paramref name="right"/>; null for what that says.</param>
    /// <param name="sorter">int64 indices that sort the sequence along its last dim, of its shape; null when it is sorted.</param>
    /// <exception cref="ShapeException">The leading dims differ, or the sorter has another shape than the sequence.</exception>
    /// <exception cref="DTypeException">The element types differ, or are bool, or the sorter is not int64.</exception>
    /// <exception cref="ArgumentException">There is no such side, or it contradicts <paramref name="right"/>.</exception>
    public static Tensor searchsorted(
        Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, string? side = null, Tensor? sorter = null)
    {
        ArgumentNullException.ThrowIfNull(sorted_sequence);
        ArgumentNullException.ThrowIfNull(values);
        if (side is not (null or "left" or "right") || (side == "left" && right))
        {
            throw new ArgumentException($"searchsorted: side is \"{side}\" and right {right}; use \"left\" or \"right\".");
        }

        if (sorter is not null)
        {
            sorted_sequence = sorter.shape == sorted_sequence.shape
                ? gather(sorted_sequence, -1, sorter)
                : throw new ShapeException(
                    $"searchsorted: the sorter is {sorter.Type}, but the sequence is {sorted_sequence.Type}; their shapes must be equal.");
        }

        right |= side == "right";
        return SearchSorted.Bind(
            new SearchSortedSettings(out_int32, right),
            sorted_sequence,
            values.Number is null ? values : to(values, sorted_sequence.dtype));
    }

    internal static readonly Primitive<SearchSortedSettings> SearchSorted = new("searchsorted")
    {
        Abstract = x =>
        {
            RequireNumbers(x);
            Shapes.RequireSameDType(x, 0, 1);
            var (sequence, values) = (x[0].Shape, x[1].Shape);
            if (sequence.Rank == 0
                || (sequence.Rank > 1 && !(values.Rank == sequence.Rank && sequence.AsSpan()[..^1].SequenceEqual(values.AsSpan()[..^1]))))
            {
                throw new ShapeException($"searchsorted: sorted_sequence is {x[0]} and values are {x[1]}; the sequence must have one dim, "
                    + "or all dims but the last must agree.");
            }

            return sequence[^1] <= int.MaxValue || !x.Settings.OutInt32
                ? new TensorType(values, x.Settings.OutInt32 ? DType.Int32 : DType.Int64, x.Device)
                : throw new ShapeException($"searchsorted: positions in {x[0]} do not fit an int32; leave out_int32 off.");
        },
        Eager = x =>
            torch.searchsorted(x.Temporary(x[0].contiguous()), x.Temporary(x[1].contiguous()), x.Settings.OutInt32, x.Settings.Right),
        Script = x => $"torch.searchsorted({x.Dense(0)}, {x.Dense(1)}, out_int32={Script.Flag(x.Settings.OutInt32)}, "
            + $"right={Script.Flag(x.Settings.Right)})",
        Batching = SearchSortedBatching,
        Vjp = Vjp.Zero("positions have no gradient"),
    };

    /// <summary>Which of the buckets between ascending boundaries each element falls into. Shape: as x; dtype int64.</summary>
    /// <param name="x">Any tensor that is not bool; or a number.</param>
    /// <param name="boundaries">One dim, ascending, of the same element type.</param>
    /// <param name="out_int32">Whether the result is int32.</param>
    /// <param name="right">Whether an element at a boundary falls into the bucket above it.</param>
    /// <exception cref="ShapeException">The boundaries have not one dim.</exception>
    /// <exception cref="DTypeException">The element types differ, or are bool.</exception>
    public static Tensor bucketize(Tensor x, Tensor boundaries, bool out_int32 = false, bool right = false)
    {
        ArgumentNullException.ThrowIfNull(boundaries);
        return boundaries.ndim == 1
            ? searchsorted(boundaries, x, out_int32, right)
            : throw new ShapeException($"bucketize: the boundaries must have 1 dim, but are {boundaries.Type}.");
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.sort"/>
    public (Tensor values, Tensor indices) sort(long dim = -1, bool descending = false, bool stable = true) =>
        F.sort(this, dim, descending, stable);

    /// <inheritdoc cref="F.argsort"/>
    public Tensor argsort(long dim = -1, bool descending = false, bool stable = true) => F.argsort(this, dim, descending, stable);

    /// <inheritdoc cref="F.topk"/>
    public (Tensor values, Tensor indices) topk(long k, long dim = -1, bool largest = true, bool sorted = true) =>
        F.topk(this, k, dim, largest, sorted);

    /// <inheritdoc cref="F.kthvalue"/>
    public (Tensor values, Tensor indices) kthvalue(long k, long dim = -1, bool keepdim = false) => F.kthvalue(this, k, dim, keepdim);

    /// <inheritdoc cref="F.median(Tensor, long, bool)"/>
    public (Tensor values, Tensor indices) median(long dim, bool keepdim = false) => F.median(this, dim, keepdim);

    /// <inheritdoc cref="F.median(Tensor)"/>
    public Tensor median() => F.median(this);

    /// <inheritdoc cref="F.bucketize"/>
    public Tensor bucketize(Tensor boundaries, bool out_int32 = false, bool right = false) =>
        F.bucketize(this, boundaries, out_int32, right);
}

/// <summary>The rules of sorting.</summary>
file static class SortingRules
{
    // TorchSharp has only the median of all elements.
    public static readonly Native.EagerScript MedianKernels = new(
        """
        def median_dim(x, dim: int, keepdim: bool):
            values, indices = torch.median(x, dim, keepdim)
            return [values, indices]

        """);

    /// <summary>One sequence for all samples takes what they look for side by side.</summary>
    public static readonly Batching<SearchSortedSettings> SearchSortedBatching = Batching.Rule<SearchSortedSettings>(x =>
    {
        var lead = x.Types[0].Rank - 1;
        var values = x.Expanded(1);
        if (x.IsBatched(0))
        {
            // A sequence of one dim goes with values of any shape.
            var rows = lead > 0 ? values : reshape(values, [x.Size, x.Types[1].Shape.NumElements]);
            return reshape(SearchSorted.Bind(x.Settings, x[0], rows), values.shape);
        }

        if (lead == 0)
        {
            return SearchSorted.Bind(x.Settings, x[0], values);
        }

        var beside = movedim(values, 0, lead);
        var sizes = beside.shape.AsSpan();
        var found = SearchSorted.Bind(x.Settings, x[0], reshape(beside, [.. sizes[..lead], sizes[lead] * sizes[lead + 1]]));
        return movedim(reshape(found, beside.shape), lead, 0);
    });

    /// <summary>Puts the gradient of elements that were picked back where they came from.</summary>
    public static Tensor? PlacedGradient(Tensor? g, Tensor indices, VjpArgs x, long dim) =>
        g is null || x[0].ndim == 0 ? g : scatter(zeros(x[0].shape, g.dtype, g.device), dim, indices, g);

    public static void RequireNumbers(AbstractArgs x)
    {
        if (x[0].DType == DType.Bool)
        {
            throw new DTypeException($"{x.Primitive.Name}: x must hold numbers, but is {x[0]}; cast it with x.to(DType.UInt8).");
        }
    }
}
