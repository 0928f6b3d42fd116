using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <content>Products whose rows lie in pieces.</content>
internal readonly unsafe partial struct Tile128
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MultiplyPieces<T>(
        nint pieces, nint length, T** rows, T* right, T* result, nint resultStride, bool adds)
        where T : unmanaged
    {
        var width = Vector128<T>.Count;
        Vector128<T> low0 = default, high0 = default;
        Vector128<T> low1 = default, high1 = default;
        Vector128<T> low2 = default, high2 = default;
        Vector128<T> low3 = default, high3 = default;
        for (nint piece = 0; piece < pieces; piece++, rows += Rows)
        {
            var row0 = rows[0];
            var row1 = rows[1];
            var row2 = rows[2];
            var row3 = rows[3];
            for (nint i = 0; i < length; i++)
            {
                var (low, high) = (Vector128.Load(right), Vector128.Load(right + width));
                var x0 = Vector128.Create(row0[i]);
                (low0, high0) = (MultiplyAdd(x0, low, low0), MultiplyAdd(x0, high, high0));
                var x1 = Vector128.Create(row1[i]);
                (low1, high1) = (MultiplyAdd(x1, low, low1), MultiplyAdd(x1, high, high1));
                var x2 = Vector128.Create(row2[i]);
                (low2, high2) = (MultiplyAdd(x2, low, low2), MultiplyAdd(x2, high, high2));
                var x3 = Vector128.Create(row3[i]);
                (low3, high3) = (MultiplyAdd(x3, low, low3), MultiplyAdd(x3, high, high3));
                right += 2 * width;
            }
        }

        Store(result, low0, high0, adds);
        Store(result + resultStride, low1, high1, adds);
        Store(result + (2 * resultStride), low2, high2, adds);
        Store(result + (3 * resultStride), low3, high3, adds);
    }
}
