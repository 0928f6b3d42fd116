using Brachy.Extending;
using Brachy.Native;
using static Brachy.CountingKernels;
using static Brachy.F;

namespace Brachy;

/// <summary>Ranges of equal width.</summary>
internal sealed record HistcSettings(long Bins, double Min, double Max) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("bins", Bins), ("min", Min), ("max", Max)];
}

// How many elements have a value, or lie in a range of them.
public static partial class F
{
    /// <summary>How often each number occurs: element n counts the elements equal to n, or sums their weights.</summary>
    /// <param name="x">Integers that are not negative, one dim.</param>
    /// <param name="weights">One for each element; null to count.</param>
    /// <param name="minlength">The result has at least so many elements.</param>
    /// <param name="size">
    /// The number of elements of the result, for traced functions, where it must not depend on values; null for one more than the largest
    /// number. Numbers that are not below it, and negative ones, are not counted then.
    /// </param>
    /// <returns>One dim; int64, or as the weights: float32, otherwise float64.</returns>
    /// <exception cref="ShapeException">x has not one dim, or the weights another shape.</exception>
    /// <exception cref="DTypeException">x does not hold integers.</exception>
    /// <exception cref="ArgumentException">A number is negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">minlength or size is negative.</exception>
    /// <exception cref="ConcretizationException">x is traced and no size is given.</exception>
    public static Tensor bincount(Tensor x, Tensor? weights = null, long minlength = 0, long? size = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.dtype.IsInteger())
        {
            throw new DTypeException($"bincount: x must have an integer type, but is {x.Type}; cast it with x.to(DType.Int64).");
        }

        if (x.ndim != 1 || (weights is not null && weights.shape != x.shape))
        {
            throw new ShapeException($"bincount: x is {x.Type}{(weights is null ? "" : $" and weights are {weights.Type}")}; x must have 1 "
                + "dim, and the weights its shape.");
        }

        OperandChecks.RequireNotNegative("bincount", nameof(minlength), minlength);
        OperandChecks.RequireNotNegative("bincount", nameof(size), size ?? 0);
        if (weights is not null)
        {
            weights = to(weights, weights.dtype == DType.Float32 ? DType.Float32 : DType.Float64);
        }

        var numbers = to(x, DType.Int64);
        if (size is { } given)
        {
            return ValueCounts.Of(where(logical_and(numbers >= 0, numbers < given), numbers, given), given, weights);
        }

        const string Instead = "Say how many numbers there are: F.bincount(x, size: n)";
        var (least, most) = x.numel() == 0
            ? (0, -1)
            : (x.ReadSize("bincount", Instead, v => amin(v)), x.ReadSize("bincount", Instead, v => amax(v)));
        return least >= 0 && most < long.MaxValue
            ? ValueCounts.Of(numbers, Math.Max(most + 1, minlength), weights)
            : throw new ArgumentException(
                $"bincount: x holds numbers from {least} to {most}; they must not be negative, and below 2^63 - 1.");
    }

    /// <summary>
    /// How many elements lie in each of several ranges of equal width. Elements outside of all do not count. Shape: [bins]; dtype: as x.
    /// </summary>
    /// <param name="x">float32 or float64.</param>
    /// <param name="bins">How many ranges.</param>
    /// <param name="min">Where the first begins.</param>
    /// <param name="max">
    /// Where the last ends, which it includes. Where min and max are equal, the smallest and the largest element take their places.
    /// </param>
    /// <exception cref="ArgumentException">There is no range, max lies below min, or one is not finite.</exception>
    /// <exception cref="DTypeException">x has another element type.</exception>
    /// <exception cref="NativeOpException">The smallest or largest element is not finite, where they are asked for.</exception>
    public static Tensor histc(Tensor x, long bins = 100, double min = 0, double max = 0) =>
        Histc.Bind(new HistcSettings(bins, min, max), x);

    internal static readonly Primitive<HistcSettings> Histc = new("histc")
    {
        Abstract = x =>
        {
            if (x[0].DType is not (DType.Float32 or DType.Float64))
            {
                throw new DTypeException($"histc: x must be float32 or float64, but is {x[0]}; cast it with x.to(DType.Float32).");
            }

            return x.Settings.Bins > 0 && double.IsFinite(x.Settings.Min) && double.IsFinite(x.Settings.Max)
                && x.Settings.Min <= x.Settings.Max
                ? new TensorType([x.Settings.Bins], x[0].DType, x[0].Device)
                : throw new ArgumentException($"histc: there are {x.Settings.Bins} bins from {x.Settings.Min} to {x.Settings.Max}; there "
                    + "must be one at least, between finite numbers in ascending order.");
        },
        Eager = x => HistcKernels.Invoke("histc", x[0], x.Settings.Bins, x.Settings.Min, x.Settings.Max),
        Script = x => $"torch.histc({x[0]}, {x.Settings.Bins}, {Script.Real(x.Settings.Min)}, {Script.Real(x.Settings.Max)})",
        Batching = Batching.Rule<HistcSettings>(BatchedHistc),
        Vjp = Vjp.Zero("numbers of elements have no gradient"),
    };

    /// <summary>
    /// How many elements, or the sum of their weights, lie between neighbouring edges of equal distance; the last range includes its end.
    /// </summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="bins">How many ranges.</param>
    /// <param name="min">The first edge; null for the smallest element.</param>
    /// <param name="max">The last edge; null for the largest element. Edges that would be equal move apart by 1.</param>
    /// <param name="weight">One for each element, of x's shape and type; null for ones.</param>
    /// <param name="density">Whether the integral over all ranges is to be 1.</param>
    /// <returns>[bins] and [bins + 1], of x's element type.</returns>
    /// <exception cref="ArgumentException">There is no range, max lies below min, or one is not finite.</exception>
    /// <exception cref="ShapeException">The weights have another shape than x.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type, or the weights of another.</exception>
    public static (Tensor hist, Tensor bin_edges) histogram(
        Tensor x, long bins, double? min = null, double? max = null, Tensor? weight = null, bool density = false)
    {
        OperandChecks.RequireReal("histogram", x);
        if (bins is <= 0 or long.MaxValue || !double.IsFinite((max ?? 0) - (min ?? 0)) || min > max)
        {
            throw new ArgumentException($"histogram: there are {bins} bins from {min} to {max}; there must be one at least, between finite "
                + "numbers in ascending order.");
        }

        // As libtorch does: 0 to 1 when there is nothing to go by, and some width where there is none.
        Tensor Limit(double? given, double without, Func<Tensor, Tensor> of) =>
            given is { } number ? tensor(number, x.dtype, x.device)
                : x.numel() == 0 ? tensor(without, x.dtype, x.device)
                : stop_gradient(of(x));
        var (low, high) = (Limit(min, 0, v => amin(v)), Limit(max, 1, v => amax(v)));
        var isPoint = eq(low, high);
        (low, high) = (where(isPoint, low - 0.5, low), where(isPoint, high + 0.5, high));
        var (step, i) = ((high - low) / bins, arange(bins + 1, x.dtype, x.device));
        var edges = where(i < (bins + 1) / 2, low + (step * i), high - (step * (bins - i)));
        return histogram(x, edges, weight, density);
    }

    /// <summary>How many elements, or the sum of their weights, lie between neighbouring edges; the last range includes its end.</summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="bins">The edges in ascending order: one dim, of x's element type.</param>
    /// <param name="weight">One for each element, of x's shape and type; null for ones.</param>
    /// <param name="density">Whether the integral over all ranges is to be 1.</param>
    /// <returns>One element less than there are edges, and the edges; of x's element type.</returns>
    /// <exception cref="ShapeException">There are not two edges, or the weights have another shape than x.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type, or the others of another.</exception>
    public static (Tensor hist, Tensor bin_edges) histogram(Tensor x, Tensor bins, Tensor? weight = null, bool density = false)
    {
        OperandChecks.RequireReal("histogram", x);
        ArgumentNullException.ThrowIfNull(bins);
        if (bins.ndim != 1 || bins.shape[0] < 2 || (weight is not null && weight.shape != x.shape))
        {
            throw new ShapeException($"histogram: the edges are {bins.Type}{(weight is null ? "" : $", the weights {weight.Type}")} and x "
                + $"is {x.Type}; there must be two edges in one dim, and a weight for each element.");
        }

        if (bins.dtype != x.dtype || (weight is not null && weight.dtype != x.dtype))
        {
            throw new DTypeException($"histogram: x is {x.Type}, but the edges are "
                + $"{bins.Type}{(weight is null ? "" : $" and the weights {weight.Type}")}; cast them with x.to(dtype).");
        }

        var (flat, count) = (ravel(x), bins.shape[0] - 1);
        var isInside = logical_and(flat >= bins[0], flat <= bins[-1]);
        var place = where(isInside, clamp(searchsorted(bins, flat, right: true) - 1, 0, count - 1), count);
        var hist = ValueCounts.Of(place, count, weight is null ? ones_like(flat) : ravel(weight));
        return (density ? hist / (sum(hist) * (bins[1..] - bins[..^1])) : hist, bins);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.bincount"/>
    public Tensor bincount(Tensor? weights = null, long minlength = 0, long? size = null) => F.bincount(this, weights, minlength, size);

    /// <inheritdoc cref="F.histc"/>
    public Tensor histc(long bins = 100, double min = 0, double max = 0) => F.histc(this, bins, min, max);

    /// <inheritdoc cref="F.histogram(Tensor, long, double?, double?, Tensor?, bool)"/>
    public (Tensor hist, Tensor bin_edges) histogram(
        long bins, double? min = null, double? max = null, Tensor? weight = null, bool density = false) =>
        F.histogram(this, bins, min, max, weight, density);

    /// <inheritdoc cref="F.histogram(Tensor, Tensor, Tensor?, bool)"/>
    public (Tensor hist, Tensor bin_edges) histogram(Tensor bins, Tensor? weight = null, bool density = false) =>
        F.histogram(this, bins, weight, density);
}

/// <summary>Kernels of libtorch that TorchSharp has no function for.</summary>
file static class CountingKernels
{
    public static readonly EagerScript HistcKernels = new(
        """
        def histc(x, bins: int, min: float, max: float):
            return [torch.histc(x, bins, min, max)]

        """);

    /// <summary>The number of its range for each element, found as libtorch's kernel finds it, and how often each occurs.</summary>
    public static Tensor BatchedHistc(BatchArgs<HistcSettings> x)
    {
        var (bins, min, max) = (x.Settings.Bins, x.Settings.Min, x.Settings.Max);
        var count = x.Types[0].Shape.NumElements;
        var values = reshape(x[0], [x.Size, count]);
        Tensor Edge(double edge) => full([1, 1], edge, x.Types[0].DType, x[0].device);
        var (low, high) = (Edge(min), Edge(max));
        Tensor? isFinite = null;
        if (min == max)
        {
            if (count > 0 && x.Size > 0)
            {
                (low, high) = (amin(values, 1, keepdim: true), amax(values, 1, keepdim: true));

                // The kernel refuses what is not finite; it is asked about all, for that alone.
                isFinite = histc(x[0], 1) * 0;
            }

            var isPoint = eq(low, high);
            (low, high) = (where(isPoint, low - 1, low), where(isPoint, high + 1, high));
        }

        var isInside = logical_and(values >= low, values <= high);
        var place = where(isInside, (values - low) * bins / (high - low), bins).to(DType.Int64);
        var numbers = where(isInside, clamp(place, 0, bins - 1), bins);
        var counts = scatter_add(zeros([x.Size, bins + 1], values.dtype, values.device), 1, numbers, ones_like(values));
        var hist = slice(counts, 1, 0, bins);
        return isFinite is null ? hist : hist + isFinite;
    }
}
