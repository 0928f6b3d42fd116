using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Brachy.Compilation;

/// <summary>Where a matrix lies.</summary>
/// <param name="start">Its first element.</param>
/// <param name="rowStride">From one row to the next, in elements.</param>
/// <param name="columnStride">From one column to the next.</param>
internal readonly unsafe struct Matrix<T>(T* start, nint rowStride, nint columnStride)
    where T : unmanaged
{
    private const int Block = 4;
    private const int Wide = 8;

    public T* Start { get; } = start;

    public nint RowStride { get; } = rowStride;

    public nint ColumnStride { get; } = columnStride;

    /// <summary>The matrix without its first rows and columns.</summary>
    public Matrix<T> From(int row, int column) => new(Start + (row * RowStride) + (column * ColumnStride), RowStride, ColumnStride);

    /// <summary>Writes columns one after the other, each filled up with zeros.</summary>
    /// <param name="to">Where they go.</param>
    /// <param name="height">The length of a column there.</param>
    /// <param name="rows">The rows that are there.</param>
    /// <param name="columns">How many columns.</param>
    public void PackColumns(T* to, int height, int rows, int columns) =>
        new Matrix<T>(Start, ColumnStride, RowStride).PackRows(to, height, rows, columns);

    /// <summary>Writes rows one after the other, each filled up with zeros.</summary>
    /// <param name="to">Where they go.</param>
    /// <param name="width">The length of a row there.</param>
    /// <param name="columns">The columns that are there.</param>
    /// <param name="rows">How many rows.</param>
    public void PackRows(T* to, int width, int columns, int rows)
    {
        if (columns < width)
        {
            new Span<T>(to, width * rows).Clear();
        }

        if (ColumnStride == 1)
        {
            for (var row = 0; row < rows; row++)
            {
                new ReadOnlySpan<T>(Start + (row * RowStride), columns).CopyTo(new(to + (row * (nint)width), columns));
            }

            return;
        }

        // Elements of a column lie near each other: four or eight columns are turned at a time.
        var turned = 0;
        if (typeof(T) == typeof(float) && Avx.IsSupported && RowStride == 1)
        {
            turned = columns / Wide * Wide;
            TurnWide((float*)Start, ColumnStride, (float*)to, width, turned, rows);
        }
        else if (typeof(T) == typeof(float) && Sse.IsSupported && RowStride == 1)
        {
            for (; turned + Block <= columns; turned += Block)
            {
                Turn((float*)(Start + (turned * ColumnStride)), ColumnStride, (float*)(to + turned), width, rows);
            }
        }

        for (var column = turned; column < columns; column++)
        {
            var from = Start + (column * ColumnStride);
            for (var row = 0; row < rows; row++)
            {
                to[(row * (nint)width) + column] = from[row * RowStride];
            }
        }
    }

    // Whole lines of the cache are read and written before others are.
    private static void TurnWide(float* from, nint columnStride, float* to, nint width, int columns, int rows)
    {
        const int Line = 16;
        for (var row = 0; row < rows; row += Line)
        {
            var count = Math.Min(Line, rows - row);
            for (var column = 0; column < columns; column += Wide)
            {
                var source = from + (column * columnStride) + row;
                var target = to + (row * width) + column;
                var done = 0;
                for (; done + Wide <= count; done += Wide)
                {
                    TurnSquare(source + done, columnStride, target + (done * width), width);
                }

                for (; done < count; done++)
                {
                    for (var i = 0; i < Wide; i++)
                    {
                        target[(done * width) + i] = source[(i * columnStride) + done];
                    }
                }
            }
        }
    }

    private static void TurnSquare(float* from, nint columnStride, float* to, nint width)
    {
        var half = from + (4 * columnStride);
        var (a, b) = (Vector256.Load(from), Vector256.Load(from + columnStride));
        var (c, d) = (Vector256.Load(from + (2 * columnStride)), Vector256.Load(from + (3 * columnStride)));
        var (e, f) = (Vector256.Load(half), Vector256.Load(half + columnStride));
        var (g, h) = (Vector256.Load(half + (2 * columnStride)), Vector256.Load(half + (3 * columnStride)));
        var (ab, cd, ef, gh) = (Avx.UnpackLow(a, b), Avx.UnpackLow(c, d), Avx.UnpackLow(e, f), Avx.UnpackLow(g, h));
        StoreRows(Avx.Shuffle(ab, cd, 0x44), Avx.Shuffle(ef, gh, 0x44), to, width);
        StoreRows(Avx.Shuffle(ab, cd, 0xEE), Avx.Shuffle(ef, gh, 0xEE), to + width, width);
        (ab, cd, ef, gh) = (Avx.UnpackHigh(a, b), Avx.UnpackHigh(c, d), Avx.UnpackHigh(e, f), Avx.UnpackHigh(g, h));
        StoreRows(Avx.Shuffle(ab, cd, 0x44), Avx.Shuffle(ef, gh, 0x44), to + (2 * width), width);
        StoreRows(Avx.Shuffle(ab, cd, 0xEE), Avx.Shuffle(ef, gh, 0xEE), to + (3 * width), width);
    }

    // A row, and the one four rows below.
    private static void StoreRows(Vector256<float> left, Vector256<float> right, float* to, nint width)
    {
        Avx.Permute2x128(left, right, 0x20).Store(to);
        Avx.Permute2x128(left, right, 0x31).Store(to + (4 * width));
    }

    private static void Turn(float* from, nint columnStride, float* to, nint width, int rows)
    {
        var row = 0;
        for (; row + Block <= rows; row += Block, from += Block, to += Block * width)
        {
            var (a, b) = (Vector128.Load(from), Vector128.Load(from + columnStride));
            var (c, d) = (Vector128.Load(from + (2 * columnStride)), Vector128.Load(from + (3 * columnStride)));
            var (first, second) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d));
            var (third, fourth) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
            Sse.MoveLowToHigh(first, second).Store(to);
            Sse.MoveHighToLow(second, first).Store(to + width);
            Sse.MoveLowToHigh(third, fourth).Store(to + (2 * width));
            Sse.MoveHighToLow(fourth, third).Store(to + (3 * width));
        }

        for (; row < rows; row++, from++, to += width)
        {
            for (var column = 0; column < Block; column++)
            {
                to[column] = from[column * columnStride];
            }
        }
    }
}
