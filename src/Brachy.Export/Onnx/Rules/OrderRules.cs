using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Order.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Order =>
    [
        (F.Sort, x =>
        {
            var settings = x.Settings<SortSettings>();
            Selected(x, settings.Dim, x.Type(0).Rank == 0 ? 1 : x.Type(0).Shape[(int)x.Dim(settings.Dim)], settings.Descending);
        }),
        (F.TopK, x =>
        {
            var settings = x.Settings<TopKSettings>();
            Selected(x, settings.Dim, settings.K, settings.Largest);
        }),
        (F.KthValue, x => One(x, x.Settings<KthValueSettings>().K)),
        (F.MedianDim, x => One(x, ((x.Type(0).Rank == 0 ? 1 : x.Type(0).Shape[(int)x.Settings<ReductionSettings>().Dims[0]]) + 1) / 2)),
        (F.Median, x => x.Return(Median(x))),
        (F.SearchSorted, x =>
        {
            var (settings, type) = (x.Settings<SearchSortedSettings>(), ArithmeticSteps.Wide(Promotion.ResultType([x.Type(0), x.Type(1)])));
            var sorted = x.Unsqueeze(x.In(0, type), -2);
            var value = x.Unsqueeze(x.In(1, type), -1);
            var isBefore = x.Compare(settings.Right ? "LessOrEqual" : "Less", sorted, value);
            var last = Math.Max(x.Type(0).Rank, x.Type(1).Rank);
            x.Return(x.Reshape(x.Reduce("ReduceSum", x.Cast(isBefore, DType.Int64), [last], keepdim: false), x.Shape));
        }),
    ];

    /// <summary>The largest or smallest elements in order; of equals the first one comes first.</summary>
    private static (Value Values, Value Places) Top(RuleArgs x, Value value, long dim, long count, bool isLargest)
    {
        var results = x.Ops(
            "TopK", [value.DType, DType.Int64], [value, x.Ints(count)], ("axis", dim), ("largest", isLargest), ("sorted", 1L));
        return (results[0], results[1]);
    }

    /// <summary>The middle one of all elements, of two the smaller one; NaN wins.</summary>
    private static Value Median(RuleArgs x)
    {
        var (value, count) = (x.In(0, x.Plain), x.Type(0).Shape.NumElements);
        var flat = x.Reshape(value, [count]);
        var half = (count + 1) / 2;
        var middle = x.Squeeze(x.Slice(Top(x, flat, 0, half, isLargest: false).Values, 0, half - 1, half), 0);
        if (!x.Plain.IsFloatingPoint())
        {
            return middle;
        }

        var hasNaN = x.Compare(
            "Greater", x.Reduce("ReduceSum", x.Cast(x.IsNaN(flat), DType.Int32), [0], keepdim: false), x.Number(0, DType.Int32));
        return x.Where(hasNaN, x.Number(double.NaN, x.Plain), middle);
    }

    private static void Selected(RuleArgs x, long dim, long count, bool isLargest)
    {
        var value = x.In(0, x.Plain);
        if (x.Type(0).Rank == 0)
        {
            x.Return(value, x.Number(0, DType.Int64));
            return;
        }

        var (values, places) = Top(x, value, x.Dim(dim), count, isLargest);
        x.Return(values, places);
    }

    /// <summary>The last of so many smallest elements.</summary>
    private static void One(RuleArgs x, long count)
    {
        var (settings, value) = (x.Settings<ReductionSettings>(), x.In(0, x.Plain));
        if (x.Type(0).Rank == 0)
        {
            x.Return(value, x.Number(0, DType.Int64));
            return;
        }

        var dim = settings.Dims[0];
        var (values, places) = Top(x, value, dim, count, isLargest: false);
        values = x.Slice(values, dim, count - 1, count);
        places = x.Slice(places, dim, count - 1, count);
        x.Return(settings.KeepDim ? values : x.Squeeze(values, dim), settings.KeepDim ? places : x.Squeeze(places, dim));
    }
}
