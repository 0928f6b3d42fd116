using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Brachy.Compilation;

/// <content>Products whose rows lie in pieces.</content>
internal readonly unsafe partial struct Tile256
{
    private const int Ahead = 256;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MultiplyPieces<T>(
        nint pieces, nint length, T** rows, T* right, T* result, nint resultStride, bool adds)
        where T : unmanaged
    {
        var width = Vector256<T>.Count;
        Vector256<T> low0 = default, high0 = default;
        Vector256<T> low1 = default, high1 = default;
        Vector256<T> low2 = default, high2 = default;
        Vector256<T> low3 = default, high3 = default;
        for (nint piece = 0; piece < pieces; piece++, rows += Rows)
        {
            var row0 = rows[0];
            var row1 = rows[1];
            var row2 = rows[2];
            var row3 = rows[3];
            for (nint i = 0; i < length; i++)
            {
                var (low, high) = (Vector256.Load(right), Vector256.Load(right + width));
                var x0 = Vector256.Create(row0[i]);
                (low0, high0) = (MultiplyAdd(x0, low, low0), MultiplyAdd(x0, high, high0));
                var x1 = Vector256.Create(row1[i]);
                (low1, high1) = (MultiplyAdd(x1, low, low1), MultiplyAdd(x1, high, high1));
                var x2 = Vector256.Create(row2[i]);
                (low2, high2) = (MultiplyAdd(x2, low, low2), MultiplyAdd(x2, high, high2));
                var x3 = Vector256.Create(row3[i]);
                (low3, high3) = (MultiplyAdd(x3, low, low3), MultiplyAdd(x3, high, high3));
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
    }
}
