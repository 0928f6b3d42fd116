using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Elements and rows by their indices.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Indexing =>
    [
        (F.Gather, x => x.Return(x.Type(0).Rank == 0 ? x.Expand(x.In(0), x.Shape) : x.Op(
            "GatherElements", x.DType, [x.In(0), x.In(1, DType.Int64)], ("axis", x.Dim(x.Settings<DimSettings>().Dim))))),
        (F.IndexSelect, x => x.Return(IndexSelect(x))),
        (F.Embedding, x => x.Return(x.Op("Gather", x.DType, [x.In(0), x.In(1, DType.Int64)], ("axis", 0L)))),
        (F.EmbeddingDenseBackward, x => x.Return(EmbeddingBackward(x))),
        (F.OneHot, x => x.Return(x.Reshape(
            x.Op(
                "OneHot", DType.Int64,
                [
                    x.Type(0).Rank == 0 ? x.Reshape(x.In(0, DType.Int64), [1]) : x.In(0, DType.Int64),
                    x.Ints(x.Settings<OneHotSettings>().NumClasses), x.Ints(0, 1),
                ],
                ("axis", -1L)),
            x.Shape))),
        (F.ScatterAdd, x => x.Return(Scattered(x, x.In(0, x.Plain), x.In(2, x.Plain), x.Settings<DimSettings>().Dim, "add"))),
        (F.Scatter, x => x.Return(Scattered(x, x.In(0), Source(x), x.Settings<DimSettings>().Dim, null))),
        (F.ScatterReduce, x => x.Return(ScatterReduce(x))),
        (F.IndexAdd, x => x.Return(IndexAdd(x))),
        (F.Index, x => x.Return(x.Op("GatherND", x.DType, [x.In(0), Places(x, 1).Value]))),
        (F.IndexPut, x =>
        {
            var isAdded = x.Settings<IndexPutSettings>().Accumulate;
            var (places, outer) = Places(x, 2);
            var values = x.Expand(x.In(1, x.Plain), [.. outer, .. x.Shape.Skip(x.Count - 2)]);
            x.Return(x.Op(
                "ScatterND", x.Plain, [x.In(0, x.Plain), places, values], ("reduction", isAdded ? "add" : "none")));
        }),
        (F.NonzeroStatic, x => x.Return(Nonzero(x))),
        (F.BagNumbers, x =>
        {
            var settings = x.Settings<BagNumbersSettings>();
            var offsets = x.In(0, DType.Int64);
            offsets = settings.IncludesEnd ? x.Slice(offsets, 0, 0, x.Type(0).Shape[0] - 1) : offsets;
            var isBegun = x.Compare("LessOrEqual", x.Unsqueeze(offsets, 0), x.Unsqueeze(x.Count(settings.Count), 1));
            var begun = x.Reduce("ReduceSum", x.Cast(isBegun, DType.Int64), [1], keepdim: false);
            x.Return(x.Sub(begun, x.Number(1, DType.Int64)));
        }),
    ];

    private static Value IndexSelect(RuleArgs x)
    {
        if (x.Type(0).Rank == 0)
        {
            return x.Reshape(x.In(0), x.Shape);
        }

        var index = x.Type(1).Rank == 0 ? x.Reshape(x.In(1), [1]) : x.In(1);
        return x.Op("Gather", x.DType, [x.In(0), x.Cast(index, DType.Int64)], ("axis", x.Dim(x.Settings<DimSettings>().Dim)));
    }

    private static Value EmbeddingBackward(RuleArgs x)
    {
        var settings = x.Settings<EmbeddingBackwardSettings>();
        var count = x.Type(1).Shape.NumElements;
        var indices = x.Reshape(x.In(1, DType.Int64), [count]);
        var rows = x.Reshape(x.In(0, x.Exact), [count, x.Shape[1]]);
        if (settings.PaddingIdx >= 0)
        {
            var isPadding = x.Compare("Equal", indices, x.Number(settings.PaddingIdx, DType.Int64));
            rows = x.Where(x.Unsqueeze(isPadding, 1), x.Number(0, x.Exact), rows);
        }

        return x.Op(
            "ScatterND", x.Exact, [x.Full(0, x.Exact, x.Shape), x.Unsqueeze(indices, 1), rows], ("reduction", "add"));
    }

    /// <summary>What a scatter writes: elements, or one number everywhere.</summary>
    private static Value Source(RuleArgs x) =>
        x.Type(2).IsNumber ? x.Expand(x.In(2, x.DType), x.Type(1).Shape) : x.In(2, x.DType);

    private static Value Scattered(RuleArgs x, Value whole, Value source, long dim, string? reduction)
    {
        var index = x.In(1, DType.Int64);
        if (x.Type(0).Rank == 0)
        {
            var flat = x.Op(
                "ScatterElements", whole.DType, [x.Reshape(whole, [1]), x.Reshape(index, [-1]), x.Reshape(source, [-1])], ("axis", 0L),
                ("reduction", reduction));
            return x.Reshape(flat, []);
        }

        // Elements of the source beside the indices are not read.
        if (!x.Type(2).IsNumber && x.Type(2).Shape != x.Type(1).Shape)
        {
            long[] dims = [.. Enumerable.Range(0, x.Type(1).Rank).Select(d => (long)d)];
            source = x.Op(
                "Slice", source.DType, [source, x.Ints(new long[dims.Length]), x.Ints(x.Type(1).Shape), x.Ints(dims)]);
        }

        return x.Op(
            "ScatterElements", whole.DType, [whole, index, source], ("axis", x.Dim(dim)), ("reduction", reduction));
    }

    private static Value ScatterReduce(RuleArgs x)
    {
        var settings = x.Settings<ScatterReduceSettings>();
        var (whole, source, type) = (x.In(0, x.Exact), x.In(2, x.Exact), x.Exact);
        var (op, first) = settings.Reduce switch
        {
            "sum" or "mean" => ("add", (Scalar)0.0),
            "prod" => ("mul", 1.0),
            "amax" => ("max", type.IsFloatingPoint() ? double.NegativeInfinity : (type == DType.Int32 ? int.MinValue : long.MinValue)),
            _ => ("min", type.IsFloatingPoint() ? double.PositiveInfinity : (type == DType.Int32 ? int.MaxValue : long.MaxValue)),
        };
        var ones = x.Full(1, type, x.Type(2).Shape);
        if (!settings.IncludeSelf)
        {
            whole = Scattered(x, whole, x.Full(first, type, x.Type(2).Shape), settings.Dim, null);
        }

        var result = Scattered(x, whole, source, settings.Dim, op);
        if (settings.Reduce != "mean")
        {
            return result;
        }

        var counts = x.Full(settings.IncludeSelf ? 1 : 0, type, x.Shape);
        counts = Scattered(x, counts, ones, settings.Dim, "add");
        counts = x.Op("Max", type, [counts, x.Number(1, type)]);
        if (type.IsFloatingPoint())
        {
            return x.Div(result, counts);
        }

        var rest = x.Op("Mod", type, [result, counts]);
        return x.Div(x.Sub(result, rest), counts);
    }

    private static Value IndexAdd(RuleArgs x)
    {
        var (whole, source) = (x.In(0, x.Plain), x.In(2, x.Plain));
        if (x.Type(0).Rank == 0)
        {
            return x.Add(whole, x.Reduce("ReduceSum", x.Reshape(source, [-1]), [0], keepdim: false));
        }

        var dim = x.Dim(x.Settings<DimSettings>().Dim);
        var shape = x.Type(2).Rank == 0 ? Shape.Create([1]) : x.Type(2).Shape;
        source = x.Type(2).Rank == 0 ? x.Reshape(source, shape) : source;
        long[] sizes = [.. Enumerable.Range(0, shape.Rank).Select(d => d == dim ? shape[d] : 1)];
        var indices = x.Expand(x.Reshape(x.In(1, DType.Int64), sizes), shape);
        return x.Op("ScatterElements", x.Plain, [whole, indices, source], ("axis", dim), ("reduction", "add"));
    }

    /// <summary>Indices of the first dims, side by side in a last dim; and the shape that they broadcast to.</summary>
    private static (Value Value, Shape Outer) Places(RuleArgs x, int first)
    {
        var outer = Enumerable.Range(first, x.Count - first).Select(i => x.Type(i).Shape)
            .Aggregate((a, b) => Shapes.Broadcast("index", a, b));
        Value[] columns = [.. Enumerable.Range(first, x.Count - first).Select(
            i => x.Unsqueeze(x.Expand(x.In(i, DType.Int64), outer), outer.Rank))];
        return (columns.Length == 1 ? columns[0] : x.Concat(outer.Rank, columns), outer);
    }

    private static Value Nonzero(RuleArgs x)
    {
        var (settings, type) = (x.Settings<NonzeroSettings>(), ArithmeticSteps.Wide(x.Type(0).DType));
        var places = x.Permute(x.Op("NonZero", DType.Int64, [x.In(0, type)]), 1, 0);
        var filler = x.Full(settings.FillValue, DType.Int64, x.Shape);
        return x.Slice(x.Concat(0, places, filler), 0, 0, settings.Size);
    }
}
