using Brachy.Extending;
using Brachy.Native;
using static Brachy.Bags;
using static Brachy.F;

namespace Brachy;

/// <summary>The number of bags.</summary>
internal sealed record BagMaxSettings(long Bags) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("bags", Bags)];
}

/// <summary>The number of indices, and whether the offsets end with it.</summary>
internal sealed record BagNumbersSettings(long Count, bool IncludesEnd) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("count", Count), ("includes_end", IncludesEnd)];
}

// Sums, means and largest elements of bags of rows of a table.
public static partial class F
{
    /// <summary>
    /// The rows of a table that each bag of numbers names, added up, averaged, or the largest element of each column. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html.
    /// </summary>
    /// <param name="input">int64 or int32 row numbers: [B, L], a bag in each row, or [L], all bags one after the other.</param>
    /// <param name="weight">The table, [rows, D], of a floating-point type.</param>
    /// <param name="offsets">Where each bag of an input [L] begins, int64 or int32 [B]: 0 first, never falling. None for [B, L].</param>
    /// <param name="mode"><c>"sum"</c>, <c>"mean"</c> or <c>"max"</c>. An empty bag gives 0.</param>
    /// <param name="per_sample_weights">
    /// A factor for each number, in the shape of the input and the type of the table; only for the sum.
    /// </param>
    /// <param name="include_last_offset">Whether the offsets end with where the last bag ends, so that they are [B + 1].</param>
    /// <param name="padding_idx">A row that does not count; negative numbers count from the end. None by default.</param>
    /// <returns>[B, D].</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or padding_idx is no row.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentException">There is no such mode, or it takes no weights.</exception>
    /// <exception cref="NativeOpException">A number is no row, or the offsets do not rise from 0 to at most L.</exception>
    public static Tensor embedding_bag(
        Tensor input, Tensor weight, Tensor? offsets = null, string mode = "mean", Tensor? per_sample_weights = null,
        bool include_last_offset = false, long? padding_idx = null)
    {
        const string Op = "embedding_bag";
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(mode);
        OperandChecks.RequireReal(Op, weight, nameof(weight));
        if (mode is not ("sum" or "mean" or "max"))
        {
            throw new ArgumentException($"{Op}: there is no mode \"{mode}\"; use \"sum\", \"mean\" or \"max\".", nameof(mode));
        }

        RequireBags(Op, input, weight, offsets, per_sample_weights, mode, include_last_offset);
        var padding = padding_idx < 0 ? padding_idx + weight.shape[0] : padding_idx;
        var rows = embedding(weight, input, padding);
        var counts = padding is { } row ? ne(input, row) : ones_like(input, DType.Bool);
        return input.ndim == 2
            ? OfBagRows(rows, counts, mode, per_sample_weights)
            : OfBags(
                rows, counts, BagNumbersOf(input, offsets!, include_last_offset), offsets!.shape[0] - (include_last_offset ? 1 : 0), mode,
                per_sample_weights);
    }

    // The bag of each of a number of elements, from where bags begin.
    internal static readonly Primitive<BagNumbersSettings> BagNumbers = new("bag_numbers")
    {
        Abstract = x =>
        {
            IndexOperands.RequireIndex(x, 0, "offsets");
            Shapes.RequireRank(x, 0, "offsets", 1);
            return x[0].Shape[0] > 0
                ? new TensorType([x.Settings.Count], DType.Int64, x.Device)
                : throw new ShapeException($"{x.Primitive.Name}: offsets {x[0]} must not be empty.");
        },
        Eager = x => BagNumbersKernel.Invoke([x[0]], [x.Settings.Count, x.Settings.IncludesEnd ? 1 : 0]),
        Script = x =>
        {
            Array.ForEach(BagGuards(x[0], $"{x.Settings.Count}", Script.Flag(x.Settings.IncludesEnd)), x.Statement);
            return BagNumbersScript(x[0], $"{x.Settings.Count}", Script.Flag(x.Settings.IncludesEnd));
        },
        Vjp = Vjp.Zero("its results are integers"),
        Batching = TableBatching.BagNumbers,
    };

    // Operands: rows, and the bag of each. An empty bag gives 0.
    internal static readonly Primitive<BagMaxSettings> BagMax = new("bag_max")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "rows");
            Shapes.RequireRank(x, 0, "rows", 2);
            IndexOperands.RequireIndex(x, 1, "bags");
            return x[1].Rank == 1 && x[1].Shape[0] == x[0].Shape[0]
                ? new TensorType([x.Settings.Bags, x[0].Shape[1]], x[0].DType, x.Device)
                : throw new ShapeException($"{x.Primitive.Name}: there must be a bag for each of the rows {x[0]}, but bags are {x[1]}.");
        },
        Eager = x => BagMaxKernel.Invoke([x[0], x[1]], [x.Settings.Bags]),
        Script = x => BagMaxScript(x[0], x[1], $"{x.Settings.Bags}"),

        // Largest elements share the gradient, as those of amax do.
        Vjp = Vjp.Rule((g, y, x) =>
        {
            var isLargest = eq(x[0], index_select(y, 0, x[1])).to(g.dtype);
            var shares = index_add(zeros(y.shape, g.dtype, g.device), 0, x[1], isLargest);
            return [isLargest * index_select(g / clamp(shares, min: 1), 0, x[1]), null];
        }),
        Batching = TableBatching.BagMax,
    };
}

/// <summary>Bags of rows: their checks, their numbers and their kernels.</summary>
file static class Bags
{
    public static void RequireBags(string op, Tensor input, Tensor weight, Tensor? offsets, Tensor? factors, string mode, bool includesEnd)
    {
        if (weight.ndim != 2 || input.ndim is not (1 or 2))
        {
            throw new ShapeException($"{op}: weight {weight.Type} must be [rows, D], and input {input.Type} [B, L] or [L].");
        }

        if (input.dtype is not (DType.Int64 or DType.Int32) || (offsets is not null && offsets.dtype is not (DType.Int64 or DType.Int32)))
        {
            throw new DTypeException(
                $"{op}: input {input.Type} and offsets {offsets?.Type} must be int64 or int32; cast them with x.to(DType.Int64).");
        }

        if (offsets is null != (input.ndim == 2))
        {
            throw new ShapeException($"{op}: offsets belong to an input [L], and only to that: input is {input.Type}, offsets are "
                + $"{offsets?.Type.ToString() ?? "not given"}.");
        }

        if (offsets is not null && (offsets.ndim != 1 || offsets.shape[0] == 0))
        {
            throw new ShapeException($"{op}: offsets {offsets.Type} must be {(includesEnd ? "[B + 1]" : "[B]")}, and not empty.");
        }

        if (factors is not null && mode != "sum")
        {
            throw new ArgumentException($"{op}: per_sample_weights go with mode \"sum\", not \"{mode}\".", nameof(mode));
        }

        if (factors is not null && (factors.shape != input.shape || factors.dtype != weight.dtype))
        {
            throw new ShapeException($"{op}: per_sample_weights {factors.Type} must have the shape of input {input.Type} and the element "
                + $"type of weight {weight.Type}.");
        }
    }

    /// <summary>Bags of one length, [B, L, D].</summary>
    public static Tensor OfBagRows(Tensor rows, Tensor counts, string mode, Tensor? factors)
    {
        var mask = unsqueeze(counts, 2);
        if (mode == "max")
        {
            return rows.shape[1] == 0
                ? zeros([rows.shape[0], rows.shape[2]], rows.dtype, rows.device)
                : where(any(mask, 1), amax(where(mask, rows, double.NegativeInfinity), 1), 0);
        }

        var total = sum(where(mask, factors is null ? rows : rows * unsqueeze(factors, 2), 0), 1);
        return mode == "sum" ? total : total / clamp(sum(mask, 1), min: 1).to(rows.dtype);
    }

    /// <summary>Bags one after the other, [L, D].</summary>
    public static Tensor OfBags(Tensor rows, Tensor counts, Tensor bags, long count, string mode, Tensor? factors)
    {
        var mask = unsqueeze(counts, 1);
        var sizes = index_add(zeros([count, 1], DType.Int64, rows.device), 0, bags, mask.to(DType.Int64));
        if (mode == "max")
        {
            return where(gt(sizes, 0), BagMax.Bind(new BagMaxSettings(count), where(mask, rows, double.NegativeInfinity), bags), 0);
        }

        var values = where(mask, factors is null ? rows : rows * unsqueeze(factors, 1), 0);
        var total = index_add(zeros([count, rows.shape[1]], rows.dtype, rows.device), 0, bags, values);
        return mode == "sum" ? total : total / clamp(sizes, min: 1).to(rows.dtype);
    }

    public static Tensor BagNumbersOf(Tensor input, Tensor offsets, bool includesEnd) =>
        BagNumbers.Bind(new BagNumbersSettings(input.shape[0], includesEnd), offsets.to(DType.Int64));

    public static readonly ScriptFunction BagNumbersKernel = new(
        $"""
        def main(offsets, count: int, flag: int):
            end = flag != 0
            {string.Join("\n    ", BagGuards("offsets", "count", "end"))}
            return ({BagNumbersScript("offsets", "count", "end")},)

        """,
        results: 1);

    public static readonly ScriptFunction BagMaxKernel = new(
        $"""
        def main(rows, bags, count: int):
            return ({BagMaxScript("rows", "bags", "count")},)

        """,
        results: 1);

    public static string[] BagGuards(string offsets, string count, string includesEnd) =>
    [
        $"assert int({offsets}[0]) == 0, 'the first offset must be 0'",
        $"assert not bool(torch.any({offsets}[1:] < {offsets}[:-1])), 'an offset is less than the one before it'",
        $"assert int({offsets}[-1]) <= {count}, 'an offset is more than there are elements'",
        $"assert not {includesEnd} or int({offsets}[-1]) == {count}, 'the last offset must be the number of elements'",
    ];

    public static string BagNumbersScript(string offsets, string count, string includesEnd) =>
        $"torch.sub(torch.searchsorted({offsets}[:{offsets}.size(0) - int({includesEnd})], torch.arange({count}), right=True), 1)";

    public static string BagMaxScript(string rows, string bags, string count) =>
        $"torch.scatter_reduce(torch.zeros([{count}, {rows}.size(1)], dtype={rows}.dtype, device={rows}.device), 0, "
        + $"{bags}.unsqueeze(1).expand({rows}.size()), {rows}, 'amax', include_self=False)";
}
