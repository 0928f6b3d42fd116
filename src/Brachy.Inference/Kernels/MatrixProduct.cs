namespace Brachy.Compilation;

/// <summary>
/// Products of two matrices that lie in memory in any way. A tile of the result stays in registers while the inner dim is gone through, so
/// that each element is one sum in the order of that dim, whatever the tile: the result does not depend on the processor's vectors, if it
/// multiplies and adds at once.
/// </summary>
internal static unsafe class MatrixProduct
{
    // From so many rows on, those of a strip lie better one after the other than a row's length apart.
    private const int RowsWorthPacking = 256;

    /// <summary>Elements of scratch memory that a product needs.</summary>
    /// <param name="inner">The inner dim.</param>
    public static int ScratchLength<T>(int inner)
        where T : unmanaged => Tiles.Select<ScratchLengthOf<T>, int>(new(inner));

    /// <summary>Computes a product.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="left">The left matrix, [rows, inner].</param>
    /// <param name="right">The right one, [inner, columns].</param>
    /// <param name="result">The result, [rows, columns], each row in order, apart from both.</param>
    /// <param name="resultStride">From one row of it to the next, in elements.</param>
    /// <param name="adds">Whether it is added to what is there.</param>
    /// <param name="scratch">Memory of <see cref="ScratchLength{T}(int)"/> elements.</param>
    public static void Run<T>(
        ProductSize size, Matrix<T> left, Matrix<T> right, T* result, nint resultStride, bool adds, T* scratch)
        where T : unmanaged => Tiles.Select<Product<T>, int>(new(size, left, right, result, resultStride, adds, scratch));

    /// <summary>Computes a product by tiles of a kind, which must be those that the scratch memory is for.</summary>
    /// <inheritdoc cref="Run{T}(ProductSize, Matrix{T}, Matrix{T}, T*, nint, bool, T*)"/>
    public static void Run<T, TTile>(
        ProductSize size, Matrix<T> left, Matrix<T> right, T* result, nint resultStride, bool adds, T* scratch)
        where T : unmanaged
        where TTile : struct, ITile
    {
        var (height, width) = (TTile.Rows, TTile.Columns<T>());
        var strip = scratch;
        var lastRows = strip + (size.Inner * width);
        var tile = lastRows + (size.Inner * height);
        var whole = size.Rows / height * height;
        if (whole < size.Rows)
        {
            left.From(whole, 0).PackColumns(lastRows, height, size.Rows - whole, size.Inner);
        }

        for (var column = 0; column < size.Columns; column += width)
        {
            var columns = Math.Min(width, size.Columns - column);
            var source = right.From(0, column);
            var from = source.Start;
            var stride = source.RowStride;
            if (source.ColumnStride != 1 || columns < width || size.Rows >= RowsWorthPacking)
            {
                source.PackRows(strip, width, columns, size.Inner);
                from = strip;
                stride = width;
            }

            for (var row = 0; row < size.Rows; row += height)
            {
                var rows = Math.Min(height, size.Rows - row);
                var part = rows == height ? left.From(row, 0) : new Matrix<T>(lastRows, 1, height);
                var to = result + (row * resultStride) + column;
                if (rows == height && columns == width)
                {
                    TTile.Multiply(size.Inner, part, from, stride, to, resultStride, adds);
                    continue;
                }

                if (adds)
                {
                    Copy(to, resultStride, tile, width, rows, columns);
                }

                TTile.Multiply(size.Inner, part, from, stride, tile, width, adds);
                Copy(tile, width, to, resultStride, rows, columns);
            }
        }
    }

    /// <summary>The same for tiles of a kind: a strip of the right matrix, the last rows of the left one, a tile.</summary>
    public static int ScratchLength<T, TTile>(int inner)
        where T : unmanaged
        where TTile : struct, ITile =>
        checked((inner * (TTile.Rows + TTile.Columns<T>())) + (TTile.Rows * TTile.Columns<T>()));

    private static void Copy<T>(T* from, nint fromStride, T* to, nint toStride, int rows, int columns)
        where T : unmanaged
    {
        for (var row = 0; row < rows; row++)
        {
            new ReadOnlySpan<T>(from + (row * fromStride), columns).CopyTo(new(to + (row * toStride), columns));
        }
    }

    private readonly struct ScratchLengthOf<T>(int inner) : ITileFunction<int>
        where T : unmanaged
    {
        public int Of<TTile>()
            where TTile : struct, ITile => ScratchLength<T, TTile>(inner);
    }

    private readonly struct Product<T>(
        ProductSize size, Matrix<T> left, Matrix<T> right, T* result, nint resultStride, bool adds, T* scratch) : ITileFunction<int>
        where T : unmanaged
    {
        public int Of<TTile>()
            where TTile : struct, ITile
        {
            Run<T, TTile>(size, left, right, result, resultStride, adds, scratch);
            return 0;
        }
    }
}

/// <summary>The sizes of a product.</summary>
internal readonly record struct ProductSize(int Rows, int Columns, int Inner);
