using System.Numerics;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// Sums over the rows of matrices. Rows are added up in blocks, which threads share, and blocks one after the other in float64: the result
/// does not depend on the number of threads.
/// </summary>
internal static unsafe class ColumnSums
{
    // A block is read a second time where it is still in the cache next to a core, and few rows lose few digits.
    private const int BytesOfBlock = 1 << 16;
    private const int MostRowsOfBlock = 256;

    /// <summary>Adds the steps.</summary>
    /// <param name="x">The input of the rule.</param>
    /// <param name="matrix">What is added up, without gaps: the last dim is the columns.</param>
    /// <param name="result">The sums.</param>
    public static void Add<T>(VectorArgs x, Layout matrix, Layout result)
        where T : unmanaged, INumber<T>
    {
        var columns = result.Count;
        var (rows, blocks) = (matrix.Count / columns, Blocks<T>(matrix.Count / columns, columns));
        var sums = x.Scratch(result.DType, [blocks, columns]);
        x.Add(TeamStep.Of(blocks, matrix.Count * (long)sizeof(T), (memory, first, count) =>
        {
            for (var block = first; block < first + count; block++)
            {
                var (start, end) = RowsOf<T>(block, rows, columns);
                Sum(matrix.At<T>(memory) + (start * (nint)columns), end - start, columns, sums.At<T>(memory) + (block * (nint)columns));
            }
        }));
        x.Add(memory =>
        {
            for (var column = 0; column < columns; column++)
            {
                result.At<T>(memory)[column] = T.CreateTruncating(Total(sums.At<T>(memory) + column, columns, blocks));
            }
        });
    }

    /// <summary>Into how many blocks rows are cut.</summary>
    public static int Blocks<T>(int rows, int columns)
        where T : unmanaged => (rows + Height<T>(columns) - 1) / Height<T>(columns);

    /// <summary>The rows of a block.</summary>
    public static (int Start, int End) RowsOf<T>(int block, int rows, int columns)
        where T : unmanaged => (block * Height<T>(columns), Math.Min(rows, (block + 1) * Height<T>(columns)));

    /// <summary>What all blocks have for a column.</summary>
    /// <param name="sums">That of the first block.</param>
    /// <param name="stride">From one block to the next.</param>
    /// <param name="blocks">How many.</param>
    public static double Total<T>(T* sums, nint stride, int blocks)
        where T : unmanaged, INumber<T>
    {
        var total = 0.0;
        for (var block = 0; block < blocks; block++)
        {
            total += double.CreateTruncating(sums[block * stride]);
        }

        return total;
    }

    /// <summary>Adds up rows.</summary>
    public static void Sum<T>(T* from, int rows, int columns, T* to)
        where T : unmanaged, INumber<T>
    {
        var column = 0;
        for (; column <= columns - Vector512<T>.Count; column += Vector512<T>.Count)
        {
            var sum = Vector512<T>.Zero;
            for (nint row = 0; row < rows; row++)
            {
                sum += Vector512.Load(from + (row * columns) + column);
            }

            sum.Store(to + column);
        }

        for (; column < columns; column++)
        {
            var sum = T.Zero;
            for (nint row = 0; row < rows; row++)
            {
                sum += from[(row * columns) + column];
            }

            to[column] = sum;
        }
    }

    /// <summary>Adds up the squares of what rows differ from one.</summary>
    public static void SumOfSquares<T>(T* from, T* origin, int rows, int columns, T* to)
        where T : unmanaged, INumber<T>
    {
        var column = 0;
        for (; column <= columns - Vector512<T>.Count; column += Vector512<T>.Count)
        {
            var (sum, zero) = (Vector512<T>.Zero, Vector512.Load(origin + column));
            for (nint row = 0; row < rows; row++)
            {
                var difference = Vector512.Load(from + (row * columns) + column) - zero;
                sum = PairMath.MultiplyAdd(difference, difference, sum);
            }

            sum.Store(to + column);
        }

        for (; column < columns; column++)
        {
            var sum = T.Zero;
            for (nint row = 0; row < rows; row++)
            {
                var difference = from[(row * columns) + column] - origin[column];
                sum += difference * difference;
            }

            to[column] = sum;
        }
    }

    /// <summary>Adds up the products of rows with what others differ from one.</summary>
    public static void SumOfProducts<T>(T* factors, T* from, T* origin, int rows, int columns, T* to)
        where T : unmanaged, INumber<T>
    {
        var column = 0;
        for (; column <= columns - Vector512<T>.Count; column += Vector512<T>.Count)
        {
            var (sum, zero) = (Vector512<T>.Zero, Vector512.Load(origin + column));
            for (nint row = 0; row < rows; row++)
            {
                var place = (row * columns) + column;
                sum = PairMath.MultiplyAdd(Vector512.Load(factors + place), Vector512.Load(from + place) - zero, sum);
            }

            sum.Store(to + column);
        }

        for (; column < columns; column++)
        {
            var sum = T.Zero;
            for (nint row = 0; row < rows; row++)
            {
                var place = (row * columns) + column;
                sum += factors[place] * (from[place] - origin[column]);
            }

            to[column] = sum;
        }
    }

    private static int Height<T>(int columns)
        where T : unmanaged => Math.Clamp(BytesOfBlock / (columns * sizeof(T)), 1, MostRowsOfBlock);
}
