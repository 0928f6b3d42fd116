using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Shapes, parts of tensors, and what puts them together.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Shaping =>
    [
        (F.Reshape, x => x.Return(x.Reshape(x.In(0), x.Shape))),
        (F.Expand, x => x.Return(x.Expand(x.In(0), x.Shape))),
        (F.Permute, x => x.Return(
            x.Type(0).Rank == 0 ? x.In(0) : x.Permute(x.In(0), [.. x.Settings<DimsSettings>().Dims.Select(dim => x.Dim(dim))]))),
        (F.Flip, x => x.Return(x.Type(0).Rank == 0 ? x.In(0) : x.Settings<DimsSettings>().Dims.Aggregate(
            x.In(0), (value, dim) => x.Flip(value, x.Dim(dim))))),
        (F.Roll, x => x.Return(Roll(x))),
        (F.Diagonal, x => x.Return(Diagonal(x))),
        (F.DiagonalScatter, x => x.Return(DiagonalScatter(x))),
        (F.Cat, x => x.Return(Cat(x))),
        (F.Stack, x =>
        {
            var dim = x.Dim(x.Settings<DimSettings>().Dim, x.Shape.Rank);
            Value[] parts = [.. Enumerable.Range(0, x.Count).Select(i => x.Unsqueeze(x.In(i, x.DType), dim))];
            x.Return(x.Concat(dim, parts));
        }),
        (F.Split, x =>
        {
            var settings = x.Settings<SplitSettings>();
            var types = Enumerable.Repeat(x.DType, x.Equation.Outputs.Count).ToArray();
            x.Return(x.Ops("Split", types, [x.In(0), x.Ints(settings.Sizes)], ("axis", x.Dim(settings.Dim))));
        }),
        (F.Slice, x =>
        {
            var settings = x.Settings<SliceSettings>();
            x.Return(x.Slice(x.In(0), x.Dim(settings.Dim), settings.Start, settings.End, settings.Step));
        }),
        (F.SliceBackward, x =>
        {
            var settings = x.Settings<SliceBackwardSettings>();
            x.Return(Placed(x, x.Full(0, x.DType, x.Shape), x.In(0), settings));
        }),
        (F.SliceScatter, x => x.Return(Placed(x, x.In(0), x.In(1, x.DType), x.Settings<SliceSettings>()))),
        (F.Select, x =>
        {
            var settings = x.Settings<SelectSettings>();
            var (dim, size) = (x.Dim(settings.Dim), x.Type(0).Shape[(int)x.Dim(settings.Dim)]);
            var index = settings.Index < 0 ? settings.Index + size : settings.Index;
            x.Return(x.Op("Gather", x.DType, [x.In(0), x.Number(index, DType.Int64)], ("axis", dim)));
        }),
        (F.Pad, x => x.Return(Pad(x, x.In(0), x.Settings<PadSettings>().Pad, "constant", x.Settings<PadSettings>().Value))),
        (F.PadBorder, x =>
        {
            var settings = x.Settings<PadBorderSettings>();
            x.Return(Pad(x, x.In(0), settings.Pad, settings.Mode == "reflect" ? "reflect" : "edge", null));
        }),
        (F.Tril, x => x.Return(Triangle(x, isUpper: false))),
        (F.Triu, x => x.Return(Triangle(x, isUpper: true))),
    ];

    private static Value Roll(RuleArgs x)
    {
        var settings = x.Settings<RollSettings>();
        var value = x.In(0);
        foreach (var (shift, dim) in settings.Shifts.Zip(settings.Dims))
        {
            var size = x.Type(0).Shape[(int)x.Dim(dim)];
            if (size == 0)
            {
                continue;
            }

            var start = size - (((shift % size) + size) % size);
            var at = x.Dim(dim);
            value = x.Concat(at, x.Slice(value, at, start, long.MaxValue), x.Slice(value, at, 0, start));
        }

        return value;
    }

    /// <summary>Indices of a diagonal in the rows of a matrix one behind the other.</summary>
    private static long[] DiagonalPlaces(Shape shape, DiagonalSettings settings, int row, int column)
    {
        var (rows, columns) = (shape[row], shape[column]);
        var (firstRow, firstColumn) = (Math.Max(0, -settings.Offset), Math.Max(0, settings.Offset));
        var count = Math.Max(0, Math.Min(rows - firstRow, columns - firstColumn));
        var places = new long[count];
        for (var i = 0; i < count; i++)
        {
            places[i] = ((firstRow + i) * columns) + firstColumn + i;
        }

        return places;
    }

    /// <summary>The matrices in the last dim, row behind row, and how their dims were ordered.</summary>
    private static (Value Flat, long[] Order, long[] Places) Flattened(RuleArgs x, DiagonalSettings settings)
    {
        var shape = x.Type(0).Shape;
        var (row, column) = (x.Dim(settings.Dim1), x.Dim(settings.Dim2));
        long[] order = [.. Enumerable.Range(0, shape.Rank).Select(d => (long)d).Where(d => d != row && d != column), row, column];
        Shape outer = [.. order[..^2].Select(d => shape[(int)d])];
        var flat = x.Reshape(x.Permute(x.In(0), order), [.. outer, shape[(int)row] * shape[(int)column]]);
        return (flat, order, DiagonalPlaces(shape, settings, (int)row, (int)column));
    }

    private static Value Diagonal(RuleArgs x)
    {
        var (flat, _, places) = Flattened(x, x.Settings<DiagonalSettings>());
        return x.Op("Gather", x.DType, [flat, x.Ints(places)], ("axis", x.Type(0).Rank - 2L));
    }

    private static Value DiagonalScatter(RuleArgs x)
    {
        var (flat, order, places) = Flattened(x, x.Settings<DiagonalSettings>());
        var indices = x.Expand(x.Ints(places), x.Type(1).Shape);
        var result = x.Op(
            "ScatterElements", x.DType, [flat, indices, x.In(1, x.DType)], ("axis", x.Type(0).Rank - 2L));
        var back = new long[order.Length];
        for (var i = 0; i < back.Length; i++)
        {
            back[order[i]] = i;
        }

        return x.Permute(x.Reshape(result, [.. order.Select(d => x.Shape[(int)d])]), back);
    }

    private static Value Cat(RuleArgs x)
    {
        // An empty list of PyTorch's fits beside anything.
        int[] parts = [.. Enumerable.Range(0, x.Count).Where(i => x.Type(i).Shape != Shape.Create([0]) || x.Shape.Rank == 1)];
        return x.Concat(x.Dim(x.Settings<DimSettings>().Dim, x.Shape.Rank), Array.ConvertAll(parts, i => x.In(i, x.DType)));
    }

    /// <summary>A part of a tensor replaced.</summary>
    private static Value Placed(RuleArgs x, Value whole, Value part, SliceSettings settings)
    {
        var (shape, dim) = (x.Shape, x.Dim(settings.Dim, x.Shape.Rank));
        var count = shape[(int)dim];
        var start = Math.Clamp(settings.Start < 0 ? settings.Start + count : settings.Start, 0, count);
        var end = Math.Clamp(settings.End < 0 ? settings.End + count : settings.End, start, count);
        if (settings.Step == 1)
        {
            var before = x.Slice(whole, dim, 0, start);
            return x.Concat(dim, before, part, x.Slice(whole, dim, end, long.MaxValue));
        }

        var places = x.Op(
            "Range", DType.Int64,
            [x.Number(start, DType.Int64), x.Number(end, DType.Int64), x.Number(settings.Step, DType.Int64)]);
        long[] other = [.. Enumerable.Range(0, shape.Rank).Select(d => (long)d).Where(d => d != dim)];
        var indices = other.Length == 0 ? places : x.Unsqueeze(places, other);
        var partShape = x.Op("Shape", DType.Int64, [part]);
        return x.Op(
            "ScatterElements", part.DType, [whole, x.Op("Expand", DType.Int64, [indices, partShape]), part], ("axis", dim));
    }

    /// <summary>Numbers before and after dims, the last one first.</summary>
    private static Value Pad(RuleArgs x, Value value, Shape pad, string mode, double? number)
    {
        var (rank, type) = (x.Type(0).Rank, x.Plain);
        var widths = new long[2 * rank];
        var cuts = new List<(long Dim, long Start, long End)>();
        for (var i = 0; i < pad.Rank / 2; i++)
        {
            var (dim, before, after) = (rank - 1 - i, pad[2 * i], pad[(2 * i) + 1]);
            (widths[dim], widths[rank + dim]) = (Math.Max(0, before), Math.Max(0, after));
            if (before < 0 || after < 0)
            {
                // What is repeated may be cut off.
                cuts.Add((dim, Math.Max(0, -before), after < 0 ? after : long.MaxValue));
            }
        }

        var filler = number is { } filled ? x.Number(filled, type) : null;
        var padded = rank == 0 ? value : x.Op("Pad", type, [x.Cast(value, type), x.Ints(widths), filler], ("mode", mode));
        return cuts.Aggregate(padded, (part, cut) => x.Slice(part, cut.Dim, cut.Start, cut.End));
    }

    private static Value Triangle(RuleArgs x, bool isUpper)
    {
        var type = x.DType == DType.Bool ? DType.Bool : x.Plain == DType.Int32 ? DType.Int64 : x.Plain;
        return x.Op(
            "Trilu", type, [x.In(0, type), x.Number(x.Settings<TriangleSettings>().Diagonal, DType.Int64)], ("upper", isUpper));
    }
}
