using System.Numerics;
using System.Numerics.Tensors;

namespace Brachy.Compilation;

/// <summary>Sums and means over the first dims: whole rows are added up.</summary>
internal static class RowSum
{
    // One sum after the other would lose digits of many rows.
    private const int Block = 128;

    public static unsafe void Add<T>(VectorArgs x, Layout source, bool isMean)
        where T : unmanaged, INumber<T>
    {
        var target = x.Result();
        var width = target.Count;
        var rows = source.Count / width;
        var ofBlock = rows > Block ? x.Scratch(target.DType, [width]) : null;
        var divisor = T.CreateTruncating(isMean ? rows : 1);
        x.Add(memory =>
        {
            var from = source.Span<T>(memory);
            var sum = target.Span<T>(memory);
            AddUp(from[..(Math.Min(rows, Block) * width)], sum);
            for (var row = Block; row < rows; row += Block)
            {
                var block = ofBlock!.Span<T>(memory);
                AddUp(from.Slice(row * width, Math.Min(Block, rows - row) * width), block);
                TensorPrimitives.Add(sum, block, sum);
            }

            if (isMean)
            {
                TensorPrimitives.Divide(sum, divisor, sum);
            }
        });
    }

    private static void AddUp<T>(ReadOnlySpan<T> rows, Span<T> sum)
        where T : INumber<T>
    {
        rows[..sum.Length].CopyTo(sum);
        for (var start = sum.Length; start < rows.Length; start += sum.Length)
        {
            TensorPrimitives.Add(sum, rows.Slice(start, sum.Length), sum);
        }
    }
}
