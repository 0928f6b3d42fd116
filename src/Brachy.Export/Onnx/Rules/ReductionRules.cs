using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Reductions and running ones.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Reductions =>
    [
        (F.Sum, x => x.Return(Reduced(x, "ReduceSum", x.In(0, x.Exact)))),
        (F.Mean, x => x.Return(Mean(x))),
        (F.Prod, x => x.Return(Reduced(x, "ReduceProd", x.In(0, x.Exact)))),
        (F.Amax, x => x.Return(ReducedExtremum(x, "ReduceMax"))),
        (F.Amin, x => x.Return(ReducedExtremum(x, "ReduceMin"))),
        (F.MaxDim, x => x.Return(ReducedExtremum(x, "ReduceMax"), Place(x, isLargest: true))),
        (F.MinDim, x => x.Return(ReducedExtremum(x, "ReduceMin"), Place(x, isLargest: false))),
        (F.Argmax, x => x.Return(Place(x, isLargest: true))),
        (F.Argmin, x => x.Return(Place(x, isLargest: false))),
        (F.Any, x => x.Return(x.Compare(
            "Greater", Reduced(x, "ReduceSum", x.Cast(x.In(0, DType.Bool), DType.Int32)), x.Number(0, DType.Int32)))),
        (F.All, x => x.Return(x.Compare(
            "Equal", Reduced(x, "ReduceSum", x.Cast(x.Not(x.In(0, DType.Bool)), DType.Int32)), x.Number(0, DType.Int32)))),
        (F.Var, x => x.Return(Spread(x))),
        (F.Std, x => x.Return(x.Op("Sqrt", x.Exact, [Spread(x)]))),
        (F.Norm, x => x.Return(Norm(x))),
        (F.CumSum, x => x.Return(CumSum(x, x.In(0, x.Exact), x.Settings<CumulativeSettings>().Dim))),
        (F.CumProd, x => x.Return(Running(x, x.In(0, x.Exact), x.Settings<CumulativeSettings>().Dim, "ReduceProd", 1.0))),
        (F.CumMax, x => RunningExtremum(x, "ReduceMax")),
        (F.CumMin, x => RunningExtremum(x, "ReduceMin")),
        (F.LogCumSumExp, x => x.Return(Running(
            x, x.In(0, x.Exact), x.Settings<DimSettings>().Dim, "ReduceLogSumExp", double.NegativeInfinity))),
    ];

    private static Value Reduced(RuleArgs x, string op, Value value)
    {
        var settings = x.Settings<ReductionSettings>();
        return x.Type(0).Rank == 0 || settings.Dims.Rank == 0 ? value : x.Reduce(op, value, settings.Dims, settings.KeepDim);
    }

    private static Value Mean(RuleArgs x) => x.Type(0).Rank == 0 || x.Settings<ReductionSettings>().Dims.Rank == 0
        ? x.In(0, x.Exact) : MeanOf(x, x.In(0, x.Exact), x.Settings<ReductionSettings>().Dims, x.Settings<ReductionSettings>().KeepDim);

    /// <summary>The mean of a value of the first operand's shape over dims. ONNX Runtime's mean of nothing is 0.</summary>
    private static Value MeanOf(RuleArgs x, Value value, Shape dims, bool keepdim) => IsOpen(x, dims)
        ? x.Div(x.Reduce("ReduceSum", value, dims, keepdim), x.Number((double)Reached(x, dims), value.DType))
        : x.Reduce("ReduceMean", value, dims, keepdim);

    /// <summary>Whether dims of the first operand may be empty, or are.</summary>
    private static bool IsOpen(RuleArgs x, Shape dims) =>
        dims.Select(dim => (int)x.Dim(dim)).Any(dim => x.IsOpen(0, dim) || x.Type(0).Shape[dim] == 0);

    private static long Reached(RuleArgs x, Shape dims) =>
        dims.Aggregate(1L, (count, dim) => count * x.Type(0).Shape[(int)x.Dim(dim)]);

    /// <summary>How many elements a result is made of.</summary>
    private static long Reached(RuleArgs x) => x.Type(0).Rank == 0
        ? 1 : Reached(x, x.Settings<ReductionSettings>().Dims);

    /// <summary>NaN wins; truth values are numbers.</summary>
    private static Value ReducedExtremum(RuleArgs x, string op)
    {
        var value = x.In(0, x.Plain);
        var result = Reduced(x, op, value);
        if (!x.Plain.IsFloatingPoint())
        {
            return result;
        }

        var hasNaN = x.Compare(
            "Greater", Reduced(x, "ReduceSum", x.Cast(x.IsNaN(value), DType.Int32)), x.Number(0, DType.Int32));
        return x.Where(hasNaN, x.Number(double.NaN, x.Plain), result);
    }

    /// <summary>The place of the first extremum, or of the first NaN.</summary>
    private static Value Place(RuleArgs x, bool isLargest)
    {
        var (settings, type) = (x.Settings<ReductionSettings>(), ArithmeticSteps.Wide(x.Type(0).DType));
        if (x.Type(0).Rank == 0)
        {
            return x.Number(0, DType.Int64);
        }

        var (value, dim) = (x.In(0, type), settings.Dims[0]);
        if (type == DType.Int64)
        {
            // ArgMax has no kernel for it in many runtimes; of equals the first one comes first.
            var top = x.Ops(
                "TopK", [type, DType.Int64], [value, x.Ints(1)], ("axis", dim), ("largest", isLargest), ("sorted", 1L))[1];
            return settings.KeepDim ? top : x.Squeeze(top, dim);
        }

        var place = x.Op(isLargest ? "ArgMax" : "ArgMin", DType.Int64, [value], ("axis", dim), ("keepdims", settings.KeepDim));
        if (!type.IsFloatingPoint())
        {
            return place;
        }

        var isNaN = x.Cast(x.IsNaN(value), DType.Int32);
        var firstNaN = x.Op("ArgMax", DType.Int64, [isNaN], ("axis", dim), ("keepdims", settings.KeepDim));
        var hasNaN = x.Compare(
            "Greater", x.Reduce("ReduceSum", isNaN, [dim], settings.KeepDim), x.Number(0, DType.Int32));
        return x.Where(hasNaN, firstNaN, place);
    }

    private static Value Spread(RuleArgs x)
    {
        var (settings, value) = (x.Settings<SpreadSettings>(), x.In(0, x.Exact));
        var divisor = x.Number((double)Math.Max(0, Reached(x) - settings.Correction), x.Exact);
        divisor = x.Type(0).Rank > 0 && IsOpen(x, settings.Dims) ? x.Op("Max", x.Exact, [divisor, x.Number(0, x.Exact)]) : divisor;
        if (x.Type(0).Rank == 0)
        {
            return x.Div(x.Sub(value, value), divisor);
        }

        var mean = x.Div(x.Reduce("ReduceSum", value, settings.Dims, keepdim: true), x.Number((double)Reached(x), x.Exact));
        return x.Div(Reduced(x, "ReduceSum", x.Square(x.Sub(value, mean))), divisor);
    }

    private static Value Norm(RuleArgs x)
    {
        var (ord, size) = (x.Settings<NormSettings>().Ord, x.Abs(x.In(0, x.Exact)));
        switch (ord)
        {
            case double.PositiveInfinity:
                return Reduced(x, "ReduceMax", size);
            case double.NegativeInfinity:
                return Reduced(x, "ReduceMin", size);
            case 0:
                var zero = x.Number(0, x.Exact);
                return Reduced(x, "ReduceSum", x.Cast(x.Not(x.Compare("Equal", size, zero)), x.Exact));
            case 1:
                return Reduced(x, "ReduceSum", size);
            case 2:
                return x.Op("Sqrt", x.Exact, [Reduced(x, "ReduceSum", x.Square(size))]);
            default:
                var sum = Reduced(x, "ReduceSum", x.Op("Pow", x.Exact, [size, x.Number(ord, x.Exact)]));
                return x.Op("Pow", x.Exact, [sum, x.Number(1 / ord, x.Exact)]);
        }
    }

    private static Value CumSum(RuleArgs x, Value value, long dim) => x.Type(0).Rank == 0
        ? value : x.Op("CumSum", value.DType, [value, x.Number(x.Dim(dim), DType.Int64)]);

    /// <summary>The extremum of each element and those before it, and the last place where it is; NaN wins.</summary>
    private static void RunningExtremum(RuleArgs x, string op)
    {
        var value = x.In(0, x.Plain);
        if (x.Type(0).Rank == 0)
        {
            x.Return(value, x.Number(0, DType.Int64));
            return;
        }

        var at = x.Dim(x.Settings<DimSettings>().Dim);
        var (count, isAfter) = (x.Type(0).Shape[(int)at], IsAfter(x, at));
        var rows = x.Unsqueeze(value, at);

        // Those that come after count as the first one, which is before all.
        var first = x.Unsqueeze(x.Slice(value, at, 0, 1), at);
        var extremum = x.Reduce(op, x.Where(isAfter, first, rows), [at + 1], keepdim: true);
        var isPlace = x.Compare("Equal", rows, extremum);
        if (x.Plain.IsFloatingPoint())
        {
            var isNaN = x.And(x.IsNaN(rows), x.Not(isAfter));
            var hasNaN = x.Compare(
                "Greater", x.Reduce("ReduceSum", x.Cast(isNaN, DType.Int32), [at + 1], keepdim: true), x.Number(0, DType.Int32));
            extremum = x.Where(hasNaN, x.Number(double.NaN, x.Plain), extremum);
            isPlace = x.Or(isNaN, x.And(isPlace, x.Not(hasNaN)));
        }

        long[] others = [.. Enumerable.Range(0, x.Type(0).Rank + 1).Select(d => (long)d).Where(d => d != at + 1)];
        var numbers = x.Unsqueeze(x.Count(count), others);
        var places = x.Where(x.And(isPlace, x.Not(isAfter)), numbers, x.Number(-1, DType.Int64));
        x.Return(x.Squeeze(extremum, at + 1), x.Reduce("ReduceMax", places, [at + 1], keepdim: false));
    }

    /// <summary>Rows of whether an element stands after that of the row; a dim of rows comes before that of the elements.</summary>
    private static Value IsAfter(RuleArgs x, long at)
    {
        var count = x.Type(0).Shape[(int)at];
        var isAfter = x.Compare("Greater", x.Unsqueeze(x.Count(count), 0), x.Unsqueeze(x.Count(count), 1));
        long[] others = [.. Enumerable.Range(0, x.Type(0).Rank + 1).Select(d => (long)d).Where(d => d != at && d != at + 1)];
        return others.Length == 0 ? isAfter : x.Unsqueeze(isAfter, others);
    }

    /// <summary>A reduction of each element and those before it, of which there are as many as elements, squared.</summary>
    private static Value Running(RuleArgs x, Value value, long dim, string op, Scalar neutral)
    {
        if (x.Type(0).Rank == 0)
        {
            return value;
        }

        var at = x.Dim(dim);
        var rows = x.Where(IsAfter(x, at), x.Number(neutral, value.DType), x.Unsqueeze(value, at));
        return x.Reduce(op, rows, [at + 1], keepdim: false);
    }
}
