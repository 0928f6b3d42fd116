using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Brachy.Compilation;

/// <content>Products whose rows lie in pieces.</content>
internal readonly unsafe partial struct Tile512
{
    private const int Ahead = 256;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MultiplyPieces<T>(
        nint pieces, nint length, T** rows, T* right, T* result, nint resultStride, bool adds)
        where T : unmanaged
    {
        var width = Vector512<T>.Count;
        Vector512<T> low0 = default, high0 = default;
        Vector512<T> low1 = default, high1 = default;
        Vector512<T> low2 = default, high2 = default;
        Vector512<T> low3 = default, high3 = default;
        Vector512<T> low4 = default, high4 = default;
        Vector512<T> low5 = default, high5 = default;
        Vector512<T> low6 = default, high6 = default;
        Vector512<T> low7 = default, high7 = default;
        for (nint piece = 0; piece < pieces; piece++, rows += Rows)
        {
            var row0 = rows[0];
            var row1 = rows[1];
            var row2 = rows[2];
            var row3 = rows[3];
            var row4 = rows[4];
            var row5 = rows[5];
            var row6 = rows[6];
            var row7 = rows[7];
            for (nint i = 0; i < length; i++)
            {
                var (low, high) = (Vector512.Load(right), Vector512.Load(right + width));
                var x0 = Vector512.Create(row0[i]);
                (low0, high0) = (MultiplyAdd(x0, low, low0), MultiplyAdd(x0, high, high0));
                var x1 = Vector512.Create(row1[i]);
                (low1, high1) = (MultiplyAdd(x1, low, low1), MultiplyAdd(x1, high, high1));
                var x2 = Vector512.Create(row2[i]);
                (low2, high2) = (MultiplyAdd(x2, low, low2), MultiplyAdd(x2, high, high2));
                var x3 = Vector512.Create(row3[i]);
                (low3, high3) = (MultiplyAdd(x3, low, low3), MultiplyAdd(x3, high, high3));
                var x4 = Vector512.Create(row4[i]);
                (low4, high4) = (MultiplyAdd(x4, low, low4), MultiplyAdd(x4, high, high4));
                var x5 = Vector512.Create(row5[i]);
                (low5, high5) = (MultiplyAdd(x5, low, low5), MultiplyAdd(x5, high, high5));
                var x6 = Vector512.Create(row6[i]);
                (low6, high6) = (MultiplyAdd(x6, low, low6), MultiplyAdd(x6, high, high6));
                var x7 = Vector512.Create(row7[i]);
                (low7, high7) = (MultiplyAdd(x7, low, low7), MultiplyAdd(x7, high, high7));
                if (Sse.IsSupported)
                {
                    // Weights of large layers come from memory.
                    Sse.Prefetch1(right + (Ahead * width));
                    Sse.Prefetch1(right + ((Ahead + 1) * width));
                }

                right += 2 * width;
            }
        }

        Store(result, low0, high0, adds);
        Store(result + resultStride, low1, high1, adds);
        Store(result + (2 * resultStride), low2, high2, adds);
        Store(result + (3 * resultStride), low3, high3, adds);
        Store(result + (4 * resultStride), low4, high4, adds);
        Store(result + (5 * resultStride), low5, high5, adds);
        Store(result + (6 * resultStride), low6, high6, adds);
        Store(result + (7 * resultStride), low7, high7, adds);
    }
}
