namespace Brachy.IO.Onnx;

/// <summary>Steps over dims and shapes that rules are made of.</summary>
internal static class ShapeSteps
{
    /// <summary>A dim of the first operand, counted from 0.</summary>
    public static long Dim(this RuleArgs x, long dim) => Dim(x, dim, Math.Max(1, x.Type(0).Rank));

    /// <summary>A dim of so many, counted from 0.</summary>
    public static long Dim(this RuleArgs x, long dim, int rank)
    {
        _ = x;
        return dim < 0 ? dim + rank : dim;
    }

    public static Value Unsqueeze(this RuleArgs x, Value a, params ReadOnlySpan<long> dims) =>
        x.Op("Unsqueeze", a.DType, [a, x.Ints(dims)]);

    public static Value Squeeze(this RuleArgs x, Value a, params ReadOnlySpan<long> dims) => x.Op("Squeeze", a.DType, [a, x.Ints(dims)]);

    public static Value Expand(this RuleArgs x, Value a, Shape shape) => x.Op("Expand", a.DType, [a, x.Ints(shape)]);

    public static Value Permute(this RuleArgs x, Value a, params long[] dims) => x.Op("Transpose", a.DType, [a], ("perm", dims));

    public static Value Concat(this RuleArgs x, long dim, params ReadOnlySpan<Value> parts)
    {
        var all = new Value?[parts.Length];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = parts[i];
        }

        return x.Op("Concat", parts[0].DType, all, ("axis", dim));
    }

    /// <summary>Part of a dim.</summary>
    public static Value Slice(this RuleArgs x, Value a, long dim, long start, long end, long step = 1) =>
        x.Op("Slice", a.DType, [a, x.Ints(start), x.Ints(end), x.Ints(dim), x.Ints(step)]);

    /// <summary>A dim the other way round.</summary>
    public static Value Flip(this RuleArgs x, Value a, long dim) => x.Slice(a, dim, -1, long.MinValue + 1, -1);

    /// <summary>Indices from 0, int64.</summary>
    public static Value Count(this RuleArgs x, long count) =>
        x.Op("Range", DType.Int64, [x.Number(0, DType.Int64), x.Number(count, DType.Int64), x.Number(1, DType.Int64)]);

    /// <summary>A tensor full of a number.</summary>
    public static Value Full(this RuleArgs x, Scalar value, DType dtype, Shape shape) => x.Expand(x.Number(value, dtype), shape);

    /// <summary>A reduction over dims, which count from the first one: ONNX Runtime is wrong for others of empty tensors.</summary>
    public static Value Reduce(this RuleArgs x, string op, Value a, Shape dims, bool keepdim) =>
        x.Op(op, a.DType, [a, x.Ints(dims)], ("keepdims", keepdim));

    /// <summary>The softmax over the last dim, which is 0 where all is minus infinity.</summary>
    public static Value SafeSoftmax(this RuleArgs x, Value scores, int rank)
    {
        var isSeen = x.Not(x.Compare("Equal", scores, x.Number(double.NegativeInfinity, scores.DType)));
        var count = x.Reduce("ReduceSum", x.Cast(isSeen, DType.Int32), [rank - 1], keepdim: true);
        var isHidden = x.Compare("Equal", count, x.Number(0, DType.Int32));
        var zero = x.Number(0, scores.DType);
        var softmax = x.Op("Softmax", scores.DType, [x.Where(isHidden, zero, scores)], ("axis", -1L));
        return x.Where(isHidden, zero, softmax);
    }
}
