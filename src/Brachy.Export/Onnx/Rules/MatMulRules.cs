using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Matrix products.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> MatMul =>
    [
        (F.MatMul, x => x.Return(Product(x, 0))),
        (F.AddMatMul, x => x.Return(x.Add(x.In(0, x.Plain), Product(x, 1)))),
        (F.Linear, x => x.Return(Linear(x))),
        (F.ChannelsLastLayout, x => x.Return(x.In(0))),
    ];

    /// <summary>The product of two operands. ONNX Runtime is wrong for vectors and for batches to broadcast where a size is 0.</summary>
    private static Value Product(RuleArgs x, int left)
    {
        var (a, b) = (x.In(left, x.Plain), x.In(left + 1, x.Plain));
        var (shape, other) = (x.Type(left).Shape, x.Type(left + 1).Shape);
        a = shape.Rank == 1 ? x.Unsqueeze(a, 0) : a;
        b = other.Rank == 1 ? x.Unsqueeze(b, 1) : b;
        var isSumOpen = shape[shape.Rank - 1] == 0 || x.IsOpen(left, shape.Rank - 1);
        a = WithBatchOf(x, a, shape.Rank == 1 ? [1, .. shape] : shape, left + 1, isSumOpen);
        b = other.Rank <= 2 ? b : WithBatchOf(x, b, other, left, isSumOpen);
        var product = x.Op("MatMul", x.Plain, [a, b]);
        return (shape.Rank == 1, other.Rank == 1) switch
        {
            (true, true) => x.Squeeze(product, 0, 1),
            (true, false) => x.Squeeze(product, -2),
            (false, true) => x.Squeeze(product, -1),
            _ => product,
        };
    }

    /// <summary>An operand with the batch of another where it has less of it, if something may be empty.</summary>
    private static Value WithBatchOf(RuleArgs x, Value value, Shape own, int other, bool isSumOpen)
    {
        var wide = x.Type(other).Shape;
        var isNarrow = false;
        var batch = new long[Math.Max(Math.Max(own.Rank, wide.Rank) - 2, 0)];
        for (var i = 0; i < batch.Length; i++)
        {
            // Counted from the last one.
            var (ownDim, wideDim) = (own.Rank - 3 - i, wide.Rank - 3 - i);
            var (size, wideSize) = (ownDim >= 0 ? own[ownDim] : 1, wideDim >= 0 ? wide[wideDim] : 1);
            batch[^(i + 1)] = size == 1 ? wideSize : size;
            isNarrow |= size == 1 && wideSize != 1 && (isSumOpen || wideSize == 0 || x.IsOpen(other, wideDim));
        }

        return isNarrow ? x.Expand(value, [.. batch, own[own.Rank - 2], own[own.Rank - 1]]) : value;
    }

    private static Value Linear(RuleArgs x)
    {
        // The weight keeps its layout [out, in] and with that its name.
        var (input, weight, bias) = (x.In(0, x.Plain), x.In(1, x.Plain), x.Count == 3 ? x.In(2, x.Plain) : null);
        if (x.Type(0).Rank == 2 && x.Plain.IsFloatingPoint())
        {
            return x.Op("Gemm", x.Plain, [input, weight, bias], ("transB", 1L));
        }

        var product = x.Op("MatMul", x.Plain, [input, x.Op("Transpose", x.Plain, [weight], ("perm", new long[] { 1, 0 }))]);
        return bias is null ? product : x.Add(product, bias);
    }
}
