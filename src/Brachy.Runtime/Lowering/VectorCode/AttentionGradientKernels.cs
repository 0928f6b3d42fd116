using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Gradients of attention.</summary>
internal static unsafe class AttentionGradientKernels
{
    // Operands: gradient of the output, query, key, value, output, logarithm and perhaps a mask.
    public static bool FlashAttention(VectorArgs x, FlashAttentionSettings settings)
    {
        if (x.Types.Any(type => type.DType != DType.Float32))
        {
            return false;
        }

        Layout gradient = HeadRows.LayoutOf(x, 0), output = HeadRows.LayoutOf(x, 4);
        var (query, key, value) = (HeadRows.LayoutOf(x, 1), HeadRows.LayoutOf(x, 2), HeadRows.LayoutOf(x, 3));
        var logarithm = x.Dense(5);
        var mask = x.Count > 6 ? x[6].Broadcast([.. query.Shape.Take(3), key.Shape[2]]) : null;
        var size = new AttentionSize(
            (int)query.Shape[1], (int)query.Shape[2], (int)key.Shape[2], (int)query.Shape[3], (int)value.Shape[3], settings.Causal,
            (float)settings.Scale);
        var heads = checked((int)query.Shape[0] * size.Heads);
        var threads = (double)heads * size.Queries * size.Keys * size.Width < KnownProducts.FewestMultiplyAddsOfThreads
            ? 1 : Math.Min(heads, Environment.ProcessorCount);
        var scratch = x.Scratch(DType.Float32, [threads, TiledAttentionGradient.ScratchLength(size)]);
        var (byQuery, byKey, byValue) = (x.Result(0), x.Result(1), x.Result(2));
        x.Add(memory => ThreadTeam.Shared.Run(
            Math.Min(threads, ThreadTeam.ThreadsOfCaller), heads, new TiledAttentionGradient(
                size, HeadRows.Of(gradient, memory), HeadRows.Of(query, memory), HeadRows.Of(key, memory), HeadRows.Of(value, memory),
                HeadRows.Of(output, memory),
                mask is null ? default : new(
                    mask.Address(memory), (nint)mask.Strides[0], (nint)mask.Strides[1], (nint)mask.Strides[2], (nint)mask.Strides[3]),
                logarithm.Address(memory), byQuery.Address(memory), byKey.Address(memory), byValue.Address(memory),
                scratch.Address(memory))));
        return true;
    }

}

/// <summary>
/// The gradients of attention, head by head: a block of queries at a time, the weights are restored from the logarithm of their sum.
/// </summary>
internal readonly unsafe struct TiledAttentionGradient(
    AttentionSize size, HeadRows gradient, HeadRows query, HeadRows key, HeadRows value, HeadRows output, ScoreMask mask, nint logarithm,
    nint byQuery, nint byKey, nint byValue, nint scratch) : ITeamWork
{
    /// <summary>Elements of scratch memory that a thread needs: weights, their gradients, and what products need.</summary>
    public static int ScratchLength(AttentionSize size) => checked(
        (2 * AttentionSize.Block * size.Keys)
        + Math.Max(
            MatrixProduct.ScratchLength<float>(Math.Max(size.Width, size.ValueWidth)),
            MatrixProduct.ScratchLength<float>(Math.Max(size.Keys, AttentionSize.Block))));

    public void Run(int part, int member)
    {
        var (b, h) = (part / size.Heads, part % size.Heads);
        var weights = (float*)scratch + (member * (nint)ScratchLength(size));
        var byWeights = weights + (AttentionSize.Block * (nint)size.Keys);
        var rest = byWeights + (AttentionSize.Block * (nint)size.Keys);
        var ofQuery = (float*)byQuery + ((nint)part * size.Queries * size.Width);
        var ofKey = (float*)byKey + ((nint)part * size.Keys * size.Width);
        var ofValue = (float*)byValue + ((nint)part * size.Keys * size.ValueWidth);
        new Span<float>(ofKey, size.Keys * size.Width).Clear();
        new Span<float>(ofValue, size.Keys * size.ValueWidth).Clear();
        var (keys, values) = (key.Of(b, h, 0), value.Of(b, h, 0));
        for (var first = 0; first < size.Queries; first += AttentionSize.Block)
        {
            var rows = Math.Min(AttentionSize.Block, size.Queries - first);

            // Later keys than the last query are not seen by any of the block.
            var seen = size.IsCausal ? Math.Min(size.Keys, first + rows) : size.Keys;
            var (queries, gradients) = (query.Of(b, h, first), gradient.Of(b, h, first));
            MatrixProduct.Run(new(rows, seen, size.Width), queries, Turned(keys), weights, seen, false, rest);
            MatrixProduct.Run(new(rows, seen, size.ValueWidth), gradients, Turned(values), byWeights, seen, false, rest);
            var outputs = output.Of(b, h, first);
            var sums = (float*)logarithm + ((nint)part * size.Queries) + first;
            for (var l = 0; l < rows; l++)
            {
                var shift = TensorPrimitives.Dot(Row(gradients, l, size.ValueWidth), Row(outputs, l, size.ValueWidth));
                OfRow(b, h, first + l, new(weights + (l * seen), seen), new(byWeights + (l * seen), seen), sums[l], shift);
            }

            var (ofRows, ofScores) = (new Matrix<float>(weights, seen, 1), new Matrix<float>(byWeights, seen, 1));
            MatrixProduct.Run(new(seen, size.ValueWidth, rows), Turned(ofRows), gradients, ofValue, size.ValueWidth, true, rest);
            MatrixProduct.Run(
                new(rows, size.Width, seen), ofScores, keys, ofQuery + ((nint)first * size.Width), size.Width, false, rest);
            MatrixProduct.Run(new(seen, size.Width, rows), Turned(ofScores), queries, ofKey, size.Width, true, rest);
        }
    }

    /// <summary>From scores to weights, and from their gradients to those of the products of queries and keys.</summary>
    private void OfRow(int b, int h, int l, Span<float> weights, Span<float> byWeights, float sum, float shift)
    {
        var seen = size.IsCausal ? Math.Min(weights.Length, l + 1) : weights.Length;
        weights[seen..].Clear();
        byWeights[seen..].Clear();
        var row = weights[..seen];
        var byRow = byWeights[..seen];
        TensorPrimitives.Multiply(row, size.Scale, row);
        mask.Add(b, h, l, row);
        VectorMath.Map(row, row, new ExpOfDifference(Vector512.Create(sum)));
        TensorPrimitives.Subtract(byRow, shift, byRow);
        TensorPrimitives.Multiply(byRow, row, byRow);
        TensorPrimitives.Multiply(byRow, size.Scale, byRow);
    }

    private static ReadOnlySpan<float> Row(Matrix<float> matrix, int row, int width) => new(matrix.Start + (row * matrix.RowStride), width);

    private static Matrix<float> Turned(Matrix<float> matrix) => new(matrix.Start, matrix.ColumnStride, matrix.RowStride);
}
