namespace Brachy.Compilation;

/// <summary>
/// How a matrix product is cut into parts that may be computed at the same time. That depends on its sizes alone, and each element is one
/// sum in the same order in any case.
/// </summary>
internal readonly unsafe struct ProductParts
{
    // On 2 cores of an Intel Xeon (Emerald Rapids, AVX-512) a part of this size takes 2 to 3 µs, and handing it to a thread that looks for
    // work half a microsecond.
    private const long MultiplyAddsOfPart = 1 << 17;
    private const long MostParts = 16;

    // What all kinds of tiles divide.
    private const int RowsOfBlock = 8;
    private const int ColumnsOfStrip = 32;

    // Parts of rows prepare the right matrix each for itself.
    private const int FewestStrips = 4;

    private readonly ProductSize _size;
    private readonly bool _areRows;

    private ProductParts(ProductSize size, int count, bool areRows) => (_size, Count, _areRows) = (size, count, areRows);

    /// <summary>How many parts there are.</summary>
    public int Count { get; }

    /// <summary>Cuts a product, by columns where there are enough: a strip of the right matrix is then prepared once.</summary>
    public static ProductParts Of(ProductSize size)
    {
        var wanted = (int)Math.Clamp((long)size.Rows * size.Columns * size.Inner / MultiplyAddsOfPart, 1, MostParts);
        var (blocks, strips) = (Pieces(size.Rows, RowsOfBlock), Pieces(size.Columns, ColumnsOfStrip));
        var areRows = strips < Math.Min(wanted, FewestStrips) && blocks > strips;
        return new(size, Math.Min(wanted, areRows ? blocks : strips), areRows);
    }

    /// <summary>Elements of scratch memory that all parts need.</summary>
    public int ScratchLength<T>()
        where T : unmanaged => checked(Count * LengthOfPart<T>());

    /// <summary>Computes the product.</summary>
    /// <param name="left">The left matrix, [rows, inner].</param>
    /// <param name="right">The right one, [inner, columns].</param>
    /// <param name="result">The result, [rows, columns], in row-major order, apart from both.</param>
    /// <param name="adds">Whether it is added to what is there.</param>
    /// <param name="scratch">Memory of <see cref="ScratchLength{T}"/> elements.</param>
    public void Run<T>(Matrix<T> left, Matrix<T> right, T* result, bool adds, T* scratch)
        where T : unmanaged
    {
        if (Count == 1)
        {
            MatrixProduct.Run(_size, left, right, result, _size.Columns, adds, scratch);
            return;
        }

        ThreadTeam.Run(Count, new Work<T>(this, left, right, result, adds, scratch));
    }

    private static int Pieces(int length, int piece) => ((length - 1) / piece) + 1;

    private int LengthOfPart<T>()
        where T : unmanaged
    {
        // Lines of the cache belong to one thread.
        const int Line = 64;
        return (MatrixProduct.ScratchLength<T>(_size.Inner) + Line - 1) / Line * Line;
    }

    /// <summary>Where a part begins.</summary>
    private int Start(int part) => _areRows
        ? Math.Min(_size.Rows, (int)((long)Pieces(_size.Rows, RowsOfBlock) * part / Count) * RowsOfBlock)
        : Math.Min(_size.Columns, (int)((long)Pieces(_size.Columns, ColumnsOfStrip) * part / Count) * ColumnsOfStrip);

    private readonly struct Work<T>(ProductParts parts, Matrix<T> left, Matrix<T> right, T* result, bool adds, T* scratch) : ITeamWork
        where T : unmanaged
    {
        public void Run(int part, int member)
        {
            var (start, end) = (parts.Start(part), parts.Start(part + 1));
            var size = parts._size;
            var own = scratch + ((nint)member * parts.LengthOfPart<T>());
            if (parts._areRows)
            {
                MatrixProduct.Run(
                    size with { Rows = end - start }, left.From(start, 0), right, result + ((nint)start * size.Columns), size.Columns, adds,
                    own);
            }
            else
            {
                MatrixProduct.Run(size with { Columns = end - start }, left, right.From(0, start), result + start, size.Columns, adds, own);
            }
        }
    }
}
