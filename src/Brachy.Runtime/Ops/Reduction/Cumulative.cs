using Brachy.Extending;
using static Brachy.CumulativeRules;
using static Brachy.F;

namespace Brachy;

// Running products, extrema and logarithms of sums, and differences.
public static partial class F
{
    /// <summary>Running product along a dim. Shape: as x; dtype: as x (integers and bool become int64), or the one asked for.</summary>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    public static Tensor cumprod(Tensor x, long dim, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return CumProd.Bind(
            new CumulativeSettings(Shapes.NormalizeDim("cumprod", dim, x.ndim), dtype ?? ReductionRules.Widened(x.dtype)), x);
    }

    internal static readonly Primitive<CumulativeSettings> CumProd = new("cumprod")
    {
        Abstract = x =>
        {
            _ = Shapes.NormalizeDim("cumprod", x.Settings.Dim, x[0].Rank);
            return x.Settings.DType == DType.Bool
                ? throw new DTypeException($"cumprod: bool holds no products of {x[0]}; use DType.Int64.")
                : new TensorType(x[0].Shape, x.Settings.DType, x[0].Device);
        },
        Eager = x => x[0].cumprod(x.Settings.Dim, x.Settings.DType.ToTorch()),
        Script = x => $"torch.cumprod({x[0]}, {x.Settings.Dim}, dtype={Script.Type(x.Settings.DType)})",
        Batching = Batching.Dims<CumulativeSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<CumulativeSettings>((g, y, x) => [CumulativeProductGradient(g, y, x)]),
    };

    /// <summary>Running log(sum(e^x)) along a dim, computed without overflow. Shape and dtype: as x.</summary>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static Tensor logcumsumexp(Tensor x, long dim)
    {
        ArgumentNullException.ThrowIfNull(x);
        return LogCumSumExp.Bind(new DimSettings(Shapes.NormalizeDim("logcumsumexp", dim, x.ndim)), x);
    }

    internal static readonly Primitive<DimSettings> LogCumSumExp = new("logcumsumexp")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "x");
            _ = Shapes.NormalizeDim("logcumsumexp", x.Settings.Dim, x[0].Rank);
            return x[0].WithShape(x[0].Shape);
        },
        Eager = x => x[0].logcumsumexp(x.Settings.Dim),
        Script = x => $"torch.logcumsumexp({x[0]}, {x.Settings.Dim})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) => [x[0].ndim == 0 ? g : LogCumSumExpGradient(g, y, x)]),
    };

    /// <summary>
    /// Running maximum along a dim, and where it is; the gradient goes to that element alone. NaN wins; of equal elements the last counts.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">Along which dim; negative dims count from the end.</param>
    /// <returns>The elements, with the dtype of x, and their int64 indices along the dim; both with the shape of x.</returns>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    public static (Tensor values, Tensor indices) cummax(Tensor x, long dim)
    {
        var results = CumMax.BindAll(new DimSettings(dim), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<DimSettings> CumMax = new("cummax")
    {
        Abstract = RunningExtremum,
        Eager = x =>
        {
            var (values, indices) = x[0].cummax(x.Settings.Dim);
            return [values, indices];
        },
        Script = x => $"torch.cummax({x[0]}, {x.Settings.Dim})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Multi<DimSettings>((g, y, x) => [RunningExtremumGradient(g[0], y[1], x)]),
    };

    /// <summary>
    /// Running minimum along a dim, and where it is; the gradient goes to that element alone. NaN wins; of equal elements the last counts.
    /// </summary>
    /// <inheritdoc cref="cummax"/>
    public static (Tensor values, Tensor indices) cummin(Tensor x, long dim)
    {
        var results = CumMin.BindAll(new DimSettings(dim), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<DimSettings> CumMin = new("cummin")
    {
        Abstract = RunningExtremum,
        Eager = x =>
        {
            var (values, indices) = x[0].cummin(x.Settings.Dim);
            return [values, indices];
        },
        Script = x => $"torch.cummin({x[0]}, {x.Settings.Dim})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Multi<DimSettings>((g, y, x) => [RunningExtremumGradient(g[0], y[1], x)]),
    };

    /// <summary>
    /// The difference between each element along a dim and the one before it, n times. Element type: as x; of bool, whether they differ.
    /// </summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="n">How often; each time takes one element off. 0 gives x itself, without what is joined, as in PyTorch.</param>
    /// <param name="dim">Along which dim; negative dims count from the end.</param>
    /// <param name="prepend">Joined before x along the dim; null for nothing.</param>
    /// <param name="append">Joined after x along the dim; null for nothing.</param>
    /// <exception cref="ShapeException">The dim does not exist, or what is joined does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n is negative.</exception>
    public static Tensor diff(Tensor x, long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        OperandChecks.RequireDims("diff", x);
        if (n < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n, "diff: the number of differences must be 0 or more.");
        }

        var at = Shapes.NormalizeDim("diff", dim, x.ndim);
        if (n == 0)
        {
            return x;
        }

        Tensor[] parts = [.. prepend is null ? [] : new[] { prepend }, x, .. append is null ? [] : new[] { append }];
        var y = parts.Length == 1 ? x : cat(parts, at);
        for (n = Math.Min(n, y.shape[at]); n > 0; n--)
        {
            var (after, before) = (slice(y, at, 1), slice(y, at, 0, Math.Max(0, y.shape[at] - 1)));
            y = y.dtype == DType.Bool ? logical_xor(after, before) : after - before;
        }

        return y;
    }

    /// <summary>Running sum along a dim. Shape: as x; dtype: as x (integers and bool become int64), or the one asked for.</summary>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    public static Tensor cumsum(Tensor x, long dim, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return CumSum.Bind(new CumulativeSettings(Shapes.NormalizeDim("cumsum", dim, x.ndim), dtype ?? ReductionRules.Widened(x.dtype)), x);
    }

    internal static readonly Primitive<CumulativeSettings> CumSum = new("cumsum")
    {
        Abstract = x =>
        {
            _ = Shapes.NormalizeDim("cumsum", x.Settings.Dim, x[0].Rank);
            if (x.Settings.DType == DType.Bool)
            {
                throw new DTypeException($"cumsum: bool holds no sums of {x[0]}; use DType.Int64.");
            }

            return new TensorType(x[0].Shape, x.Settings.DType, x[0].Device);
        },
        Eager = x => x[0].cumsum(x.Settings.Dim, x.Settings.DType.ToTorch()),
        Script = x => $"torch.cumsum({x[0]}, {x.Settings.Dim}, dtype={Script.Type(x.Settings.DType)})",
        Batching = Batching.Dims<CumulativeSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<CumulativeSettings>(
            (g, y, x) => [x[0].ndim == 0 ? g : flip(cumsum(flip(g, x.Settings.Dim), x.Settings.Dim), x.Settings.Dim)]),
        Jvp = Jvp.Linear(),
    };

    /// <summary>
    /// Central differences of neighbours along dims, one-sided ones at the ends: the gradient of a sampled function.
    /// Integers become float32.
    /// </summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="spacing">The distance between two samples.</param>
    /// <param name="dim">Along which dims; null for all.</param>
    /// <param name="edge_order">1 or 2: of what order the differences at the ends are. A dim needs one element more than that.</param>
    /// <returns>One tensor for each dim, with the shape of x.</returns>
    /// <exception cref="ShapeException">A dim does not exist, is named twice or is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is another.</exception>
    public static Tensor[] gradient(Tensor x, double spacing = 1, long[]? dim = null, long edge_order = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (edge_order is not (1 or 2))
        {
            throw new ArgumentOutOfRangeException(nameof(edge_order), edge_order, "gradient: the order at the ends must be 1 or 2.");
        }

        OperandChecks.RequireDims("gradient", x);
        var real = to(x, Promotion.ToFloat(x.dtype));
        return [.. Shapes.NormalizeDims("gradient", dim, x.ndim).Select(d =>
        {
            var n = x.shape[(int)d];
            if (n <= edge_order)
            {
                throw new ShapeException($"gradient: dim {d} of {x.shape} must have at least {edge_order + 1} elements.");
            }

            Tensor At(long i) => slice(real, d, i, i + 1);
            var first = edge_order == 1 ? At(1) - At(0) : At(0) * -1.5 + At(1) * 2 - At(2) * 0.5;
            var last = edge_order == 1 ? At(n - 1) - At(n - 2) : At(n - 1) * 1.5 - At(n - 2) * 2 + At(n - 3) * 0.5;
            return cat([first, (slice(real, d, 2) - slice(real, d, 0, n - 2)) / 2, last], d) / spacing;
        })];
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.cumprod"/>
    public Tensor cumprod(long dim, DType? dtype = null) => F.cumprod(this, dim, dtype);

    /// <inheritdoc cref="F.logcumsumexp"/>
    public Tensor logcumsumexp(long dim) => F.logcumsumexp(this, dim);

    /// <inheritdoc cref="F.cummax"/>
    public (Tensor values, Tensor indices) cummax(long dim) => F.cummax(this, dim);

    /// <inheritdoc cref="F.cummin"/>
    public (Tensor values, Tensor indices) cummin(long dim) => F.cummin(this, dim);

    /// <inheritdoc cref="F.diff"/>
    public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => F.diff(this, n, dim, prepend, append);

    /// <inheritdoc cref="F.cumsum"/>
    public Tensor cumsum(long dim, DType? dtype = null) => F.cumsum(this, dim, dtype);
}

/// <summary>The rules of running reductions.</summary>
file static class CumulativeRules
{
    public static TensorTypes RunningExtremum(AbstractArgs<DimSettings> x)
    {
        _ = Shapes.NormalizeDim(x.Primitive.Name, x.Settings.Dim, x[0].Rank);
        return [x[0].WithShape(x[0].Shape), new TensorType(x[0].Shape, DType.Int64, x[0].Device)];
    }

    // An element may be the extremum of several places, whose gradients add up.
    public static Tensor? RunningExtremumGradient(Tensor? g, Tensor indices, VjpArgs<DimSettings> x) =>
        g is null || x[0].ndim == 0 ? g : scatter_add(zeros(x[0].shape, g.dtype, g.device), x.Settings.Dim, indices, g);

    /// <summary>The sum of each element along a dim and all after it.</summary>
    private static Tensor SumFromEnd(Tensor x, long dim) => flip(cumsum(flip(x, dim), dim, x.dtype), dim);

    /// <summary>
    /// What depends on an element is all from it on, divided by it. At the first zero that would be 0 / 0: there the products are taken
    /// without that zero; after it nothing depends on anything. Not exact in second order at zeros.
    /// </summary>
    public static Tensor CumulativeProductGradient(Tensor g, Tensor y, VjpArgs<CumulativeSettings> x)
    {
        if (x[0].ndim == 0)
        {
            return g;
        }

        var dim = x.Settings.Dim;
        var isZero = eq(x[0], 0);
        var isFirst = logical_and(isZero, eq(cumsum(isZero, dim), 1));
        var withoutFirst = cumprod(where(isFirst, 1, x[0]), dim, y.dtype);
        return where(isFirst, SumFromEnd(g * withoutFirst, dim), SumFromEnd(g * y, dim) / where(isZero, 1, x[0]));
    }

    /// <summary>
    /// The sum of g e^(x - y) over all from each element on; nothing comes from where y, the logarithm of a sum of nothing, is -infinity.
    /// </summary>
    public static Tensor LogCumSumExpGradient(Tensor g, Tensor y, VjpArgs<DimSettings> x) =>
        exp_weighted_cumsum(g, where(isneginf(y), double.NegativeInfinity, -y), x[0], x.Settings.Dim, reverse: true);
}
