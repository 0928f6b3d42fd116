using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Rows of a tensor of four dims whose last dim lies without gaps.</summary>
/// <param name="start">The first element.</param>
/// <param name="batch">From one element of the first dim to the next.</param>
/// <param name="head">From one element of the second dim to the next.</param>
/// <param name="row">From one row to the next.</param>
internal readonly unsafe struct HeadRows(nint start, nint batch, nint head, nint row)
{
    /// <summary>The rows of a head, from one on.</summary>
    public Matrix<float> Of(int b, int h, int first) => new((float*)start + (b * batch) + (h * head) + (first * row), row, 1);

    /// <summary>Where an operand lies, copied if it must be.</summary>
    public static Layout LayoutOf(VectorArgs x, int index) =>
        x[index].Strides[3] == 1 || x[index].Shape[3] == 1 ? x[index] : x.Dense(index);

    /// <summary>The rows of a layout.</summary>
    public static HeadRows Of(Layout layout, nint* memory) =>
        new(layout.Address(memory), (nint)layout.Strides[0], (nint)layout.Strides[1], (nint)layout.Strides[2]);
}

/// <summary>What is added to the scores.</summary>
/// <param name="start">The first element; 0 for nothing.</param>
/// <param name="batch">From one element of the first dim to the next.</param>
/// <param name="head">From one element of the second dim to the next.</param>
/// <param name="row">From one row to the next.</param>
/// <param name="column">From one column to the next.</param>
internal readonly unsafe struct ScoreMask(nint start, nint batch, nint head, nint row, nint column)
{
    public void Add(int b, int h, int l, Span<float> scores)
    {
        if (start == 0)
        {
            return;
        }

        var from = (float*)start + (b * batch) + (h * head) + (l * row);
        if (column == 1)
        {
            TensorPrimitives.Add(scores, new ReadOnlySpan<float>(from, scores.Length), scores);
            return;
        }

        for (var s = 0; s < scores.Length; s++)
        {
            scores[s] += from[s * column];
        }
    }
}

/// <summary>The sizes of attention.</summary>
internal readonly record struct AttentionSize(int Heads, int Queries, int Keys, int Width, int ValueWidth, bool IsCausal, float Scale)
{
    /// <summary>The queries of a part, so that their scores stay in the cache.</summary>
    public const int Block = 64;

    /// <summary>The blocks of a head.</summary>
    public int Blocks => (Queries + Block - 1) / Block;

    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public int ScratchLength => checked((Block * Keys)
        + Math.Max(MatrixProduct.ScratchLength<float>(Width), MatrixProduct.ScratchLength<float>(Keys)));
}

/// <summary>Attention of many queries: products of tiles, a block of queries of one head after the other.</summary>
internal readonly unsafe struct TiledAttention(
    AttentionSize size, HeadRows query, HeadRows key, HeadRows value, ScoreMask mask, nint output, nint logarithm, nint scratch) : ITeamWork
{
    public void Run(int part, int member)
    {
        var (b, h) = (part / size.Blocks / size.Heads, part / size.Blocks % size.Heads);
        var first = part % size.Blocks * AttentionSize.Block;
        var rows = Math.Min(AttentionSize.Block, size.Queries - first);

        // Later keys than the last query are not seen by any of the block.
        var keys = size.IsCausal ? Math.Min(size.Keys, first + rows) : size.Keys;
        var scores = (float*)scratch + (member * (nint)size.ScratchLength);
        var rest = scores + (AttentionSize.Block * size.Keys);
        var turned = key.Of(b, h, 0);
        MatrixProduct.Run(
            new(rows, keys, size.Width), query.Of(b, h, first), new Matrix<float>(turned.Start, 1, turned.RowStride), scores, keys, false,
            rest);
        var place = ((((nint)b * size.Heads) + h) * size.Queries) + first;
        for (var l = 0; l < rows; l++)
        {
            var row = new Span<float>(scores + (l * keys), keys);
            var seen = size.IsCausal ? row[..Math.Min(keys, first + l + 1)] : row;
            row[seen.Length..].Clear();
            TensorPrimitives.Multiply(seen, size.Scale, seen);
            mask.Add(b, h, first + l, seen);
            ((float*)logarithm)[place + l] = Normalize(seen);
        }

        MatrixProduct.Run(
            new(rows, size.ValueWidth, keys), new Matrix<float>(scores, keys, 1), value.Of(b, h, 0),
            (float*)output + (place * size.ValueWidth), size.ValueWidth, false, rest);
    }

    /// <summary>Turns scores into weights that sum to 1, or to 0 where nothing is seen.</summary>
    /// <returns>The logarithm of the sum of the exponential scores; 0 where nothing is seen.</returns>
    private static float Normalize(Span<float> scores)
    {
        var largest = TensorPrimitives.Max<float>(scores);
        if (float.IsNegativeInfinity(largest))
        {
            scores.Clear();
            return 0;
        }

        VectorMath.Map(scores, scores, new ExpOfDifference(Vector512.Create(largest)));
        var sum = TensorPrimitives.Sum<float>(scores);
        TensorPrimitives.Multiply(scores, 1 / sum, scores);
        return largest + MathF.Log(sum);
    }
}
