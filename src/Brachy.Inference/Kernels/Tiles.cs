using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>A tile of a matrix product, whose sums have room in the processor's registers.</summary>
/// <remarks>
/// Methods are not inlined: where a caller takes them in more than once, the compiler's budget ends, and each multiplication becomes a
/// call.
/// </remarks>
internal unsafe interface ITile
{
    /// <summary>Its rows.</summary>
    static abstract int Rows { get; }

    /// <summary>Its columns.</summary>
    static abstract int Columns<T>()
        where T : unmanaged;

    /// <summary>Computes a tile.</summary>
    /// <param name="inner">The inner dim.</param>
    /// <param name="left">The rows of the left matrix.</param>
    /// <param name="right">The columns of the right one, side by side, and <paramref name="stride"/> elements from row to row.</param>
    /// <param name="stride">See <paramref name="right"/>.</param>
    /// <param name="result">The tile, with <paramref name="resultStride"/> elements from row to row.</param>
    /// <param name="resultStride">See <paramref name="result"/>.</param>
    /// <param name="adds">Whether it is added to what is there.</param>
    static abstract void Multiply<T>(nint inner, Matrix<T> left, T* right, nint stride, T* result, nint resultStride, bool adds)
        where T : unmanaged;

    /// <summary>Computes a tile whose left rows lie in pieces, each anywhere.</summary>
    /// <param name="pieces">How many pieces a row has.</param>
    /// <param name="length">The elements of a piece.</param>
    /// <param name="rows">For each piece, for each row, where it begins.</param>
    /// <param name="right">The columns of the right matrix, side by side, row after row.</param>
    /// <param name="result">The tile, with <paramref name="resultStride"/> elements from row to row.</param>
    /// <param name="resultStride">See <paramref name="result"/>.</param>
    /// <param name="adds">Whether it is added to what is there.</param>
    static abstract void MultiplyPieces<T>(
        nint pieces, nint length, T** rows, T* right, T* result, nint resultStride, bool adds)
        where T : unmanaged;
}

/// <summary>What is done with the tiles of this processor.</summary>
internal interface ITileFunction<TResult>
{
    TResult Of<TTile>()
        where TTile : struct, ITile;
}

/// <summary>
/// What is done with the tiles for integers: of <see cref="int"/> or <see cref="uint"/>, as <see cref="DotProducts"/> says.
/// </summary>
internal interface IIntegerTileFunction<TResult>
{
    TResult Of<T, TTile>()
        where T : unmanaged
        where TTile : struct, ITile;
}

/// <summary>The kinds of tiles.</summary>
internal static class Tiles
{
    /// <summary>Does something with those for the longest vectors of this processor.</summary>
    public static TResult Select<TFunction, TResult>(TFunction function)
        where TFunction : struct, ITileFunction<TResult> =>
        Vector512.IsHardwareAccelerated ? function.Of<Tile512>()
        : Vector256.IsHardwareAccelerated ? function.Of<Tile256>()
        : function.Of<Tile128>();

    /// <summary>Does something with those whose sums of small integers are fastest on this processor.</summary>
    public static TResult SelectIntegers<TFunction, TResult>(TFunction function)
        where TFunction : struct, IIntegerTileFunction<TResult> =>
        DotProducts.HasBytes ? function.Of<uint, Tile256>()
        : Vector512.IsHardwareAccelerated ? function.Of<int, Tile512>()
        : Vector256.IsHardwareAccelerated ? function.Of<int, Tile256>()
        : function.Of<int, Tile128>();
}
