using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Brachy.Compilation;

/// <summary>Copies of matrices whose rows become columns, in blocks of four by four.</summary>
internal static unsafe class TurnedCopy
{
    private const int Block = 4;

    /// <summary>Copies a matrix.</summary>
    /// <param name="from">The matrix, whose rows lie side by side.</param>
    /// <param name="fromStride">From one column to the next.</param>
    /// <param name="to">The copy, whose columns lie side by side.</param>
    /// <param name="toStride">From one row of it to the next.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    public static void Run<T>(T* from, nint fromStride, T* to, nint toStride, int rows, int columns)
        where T : unmanaged
    {
        var column = 0;
        if (sizeof(T) == sizeof(float) && Sse.IsSupported)
        {
            for (; column + Block <= columns; column += Block)
            {
                var row = 0;
                for (; row + Block <= rows; row += Block)
                {
                    Turn((float*)(from + (column * fromStride) + row), fromStride, (float*)(to + (row * toStride) + column), toStride);
                }

                Copy(from + (column * fromStride) + row, fromStride, to + (row * toStride) + column, toStride, rows - row, Block);
            }
        }

        Copy(from + (column * fromStride), fromStride, to + column, toStride, rows, columns - column);
    }

    private static void Copy<T>(T* from, nint fromStride, T* to, nint toStride, int rows, int columns)
        where T : unmanaged
    {
        for (var row = 0; row < rows; row++, from++, to += toStride)
        {
            for (var column = 0; column < columns; column++)
            {
                to[column] = from[column * fromStride];
            }
        }
    }

    private static void Turn(float* from, nint fromStride, float* to, nint toStride)
    {
        var (a, b) = (Vector128.Load(from), Vector128.Load(from + fromStride));
        var (c, d) = (Vector128.Load(from + (2 * fromStride)), Vector128.Load(from + (3 * fromStride)));
        var (first, second) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d));
        var (third, fourth) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
        Sse.MoveLowToHigh(first, second).Store(to);
        Sse.MoveHighToLow(second, first).Store(to + toStride);
        Sse.MoveLowToHigh(third, fourth).Store(to + (2 * toStride));
        Sse.MoveHighToLow(fourth, third).Store(to + (3 * toStride));
    }
}
