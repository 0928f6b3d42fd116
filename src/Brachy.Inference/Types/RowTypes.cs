namespace Brachy.Compilation;

/// <summary>Types of products, norms, reductions and functions of rows.</summary>
internal static class RowTypes
{
    public static TensorType[] Linear(TypeArgs x)
    {
        x.RequireOneDType();
        x.Require(x[0].Rank > 0 && x[1].Rank == 2 && x[0].Shape[^1] == x[1].Shape[1]
            && (x.Count == 2 || (x.Count == 3 && x[2].Shape == [x[1].Shape[0]])));
        return [x[0].WithShape(ViewTypes.WithSize(x[0].Shape, x[0].Rank - 1, x[1].Shape[0]))];
    }

    /// <summary>Operands: rows, weights of 8 bits, the scale of each output, perhaps a bias.</summary>
    public static TensorType[] Int8Linear(TypeArgs x)
    {
        x.Require(x.Count is 3 or 4 && x[0].DType == DType.Float32 && x[0].Rank > 0 && x[1].DType == DType.Int8 && x[1].Rank == 2
            && x[0].Shape[^1] == x[1].Shape[1] && x[1].Shape[1] <= Int8Products.MostInputs
            && x.Inputs.Skip(2).All(ofOutput => ofOutput.DType == DType.Float32 && ofOutput.Shape == [x[1].Shape[0]]));
        return [x[0].WithShape(ViewTypes.WithSize(x[0].Shape, x[0].Rank - 1, x[1].Shape[0]))];
    }

    public static TensorType[] MatMul(TypeArgs x)
    {
        x.RequireOneDType();
        var (left, right) = (x[0].Shape, x[1].Shape);
        x.Require(left.Rank > 0 && right.Rank > 0 && x.Count == 2 && left[^1] == right[Math.Max(0, right.Rank - 2)]);
        var batch = Dims.Broadcast(
            x.Op, [.. left.Take(Math.Max(0, left.Rank - 2))], [.. right.Take(Math.Max(0, right.Rank - 2))]);
        long[] rows = left.Rank > 1 ? [left[^2]] : [];
        long[] columns = right.Rank > 1 ? [right[^1]] : [];
        return [x[0].WithShape([.. batch, .. rows, .. columns])];
    }

    public static TensorType[] AddMatMul(TypeArgs x)
    {
        x.RequireOneDType();
        var (left, right) = (x[1].Shape, x[2].Shape);
        x.Require(left.Rank == right.Rank && left.Rank is 2 or 3 && left[^1] == right[^2] && (left.Rank == 2 || left[0] == right[0]));
        var shape = ViewTypes.WithSize(left, left.Rank - 1, right[^1]);
        x.Require(Dims.Broadcast(x.Op, x[0].Shape, shape) == shape);
        return [x[1].WithShape(shape)];
    }

    public static TensorType[] LayerNorm(TypeArgs x, LayerNormSettings settings)
    {
        x.RequireOneDType();
        x.Require(settings.Dims > 0 && settings.Dims <= x[0].Rank);
        var outer = x[0].Rank - (int)settings.Dims;
        Shape last = [.. x[0].Shape.Skip(outer)];
        x.Require(x.Inputs.Skip(1).All(weight => weight.Shape == last));
        var statistics = x[0].WithShape([.. x[0].Shape.Take(outer), .. Enumerable.Repeat(1L, (int)settings.Dims)]);
        return [x[0], statistics, statistics];
    }

    public static TensorType[] Along(TypeArgs x, DimSettings settings)
    {
        x.Dim(settings.Dim);
        return [x[0]];
    }

    public static TensorType[] Sum(TypeArgs x, SumSettings settings) => [new(Reduced(x, settings), settings.DType)];

    public static TensorType[] Extremum(TypeArgs x, ReductionSettings settings) => [new(Reduced(x, settings), x[0].DType)];

    public static TensorType[] Position(TypeArgs x, ReductionSettings settings) => [new(Reduced(x, settings), DType.Int64)];

    public static TensorType[] Cumulative(TypeArgs x, CumulativeSettings settings)
    {
        x.Dim(settings.Dim);
        return [new(x[0].Shape, settings.DType)];
    }

    public static TensorType[] TopK(TypeArgs x, TopKSettings settings)
    {
        var dim = x.Dim(settings.Dim);
        if (x[0].Rank == 0)
        {
            x.Require(settings.K == 1);
            return [x[0], new(x[0].Shape, DType.Int64)];
        }

        x.Require(settings.K >= 0 && settings.K <= x[0].Shape[dim]);
        var shape = ViewTypes.WithSize(x[0].Shape, dim, settings.K);
        return [x[0].WithShape(shape), new(shape, DType.Int64)];
    }

    public static TensorType[] Sort(TypeArgs x, SortSettings settings)
    {
        x.Dim(settings.Dim);
        return [x[0], new(x[0].Shape, DType.Int64)];
    }

    /// <summary>Query, key and value [batch, heads, length, size], and perhaps a mask.</summary>
    public static TensorType[] FlashAttention(TypeArgs x)
    {
        x.RequireOneDType();
        var (query, key, value) = (x[0].Shape, x[1].Shape, x[2].Shape);
        x.Require(query.Rank == 4 && key.Rank == 4 && value == key && x.Count <= 4
            && query[0] == key[0] && query[1] == key[1] && query[3] == key[3]);
        Shape scores = [query[0], query[1], query[2], key[2]];
        x.Require(x.Count < 4 || Dims.Broadcast(x.Op, x[3].Shape, scores) == scores);
        return [x[0], new([.. query.Take(3)], x[0].DType == DType.Float64 ? DType.Float64 : DType.Float32)];
    }

    private static Shape Reduced(TypeArgs x, ReductionSettings settings)
    {
        var dims = x[0].Rank == 0 ? [] : Dims.Normalize(x.Op, settings.Dims.AsSpan(), x[0].Rank);
        return Dims.Reduce(x[0].Shape, dims, settings.KeepDim);
    }
}
