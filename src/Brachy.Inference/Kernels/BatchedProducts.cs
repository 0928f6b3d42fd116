namespace Brachy.Compilation;

/// <summary>Products of matrices in batches, and with vectors.</summary>
internal static unsafe class BatchedProducts
{
    public static bool MatMul(VectorArgs x) => x.OfType(x.Output().DType, MatMul<float>, MatMul<double>);

    private static bool MatMul<T>(VectorArgs x)
        where T : unmanaged
    {
        // A vector is a matrix of one row, or of one column.
        var left = x[0].Shape.Rank == 1 ? x[0].Part(0, [1, x[0].Shape[0]], [0, x[0].Strides[0]]) : x[0];
        var right = x[1].Shape.Rank == 1 ? x[1].Part(0, [x[1].Shape[0], 1], [x[1].Strides[0], 0]) : x[1];
        if (right.Shape.Rank == 2 && left.Shape.Rank > 2)
        {
            // The rows of all matrices are rows of one.
            var dense = x.Dense(left);
            left = dense.Reshaped([dense.Count / left.Shape[^1], left.Shape[^1]]);
        }

        var (rows, inner, columns) = (left.Shape[^2], left.Shape[^1], right.Shape[^1]);
        Shape batch = [.. Dims.Broadcast(x.Op, [.. left.Shape.SkipLast(2)], [.. right.Shape.SkipLast(2)])];
        var (lefts, rights) = (left.Broadcast([.. batch, rows, inner]), right.Broadcast([.. batch, inner, columns]));
        var (leftStarts, rightStarts) = (Starts(lefts, batch), Starts(rights, batch));
        var parts = ProductParts.Of(new((int)rows, (int)columns, (int)inner));
        var length = (nint)(rows * columns);
        var scratch = x.Scratch(x.Output().DType, [parts.ScratchLength<T>()]);
        var target = x.Result();
        x.Add(memory =>
        {
            var from = lefts.At<T>(memory);
            var by = rights.At<T>(memory);
            var to = target.At<T>(memory);
            for (var i = 0; i < leftStarts.Length; i++, to += length)
            {
                parts.Run<T>(
                    new(from + leftStarts[i], (nint)lefts.Strides[^2], (nint)lefts.Strides[^1]),
                    new(by + rightStarts[i], (nint)rights.Strides[^2], (nint)rights.Strides[^1]), to, adds: false,
                    scratch.At<T>(memory));
            }
        });
        return true;
    }

    /// <summary>For each matrix of a batch where it begins.</summary>
    private static long[] Starts(Layout layout, Shape batch)
    {
        var starts = new long[batch.NumElements];
        for (var i = 0; i < starts.Length; i++)
        {
            var rest = (long)i;
            for (var dim = batch.Rank - 1; dim >= 0; dim--)
            {
                starts[i] += rest % batch[dim] * layout.Strides[dim];
                rest /= batch[dim];
            }
        }

        return starts;
    }
}
