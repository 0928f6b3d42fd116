using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Eight rows of two vectors of 512 bits.</summary>
internal readonly unsafe partial struct Tile512 : ITile
{
    public static int Rows => 8;

    public static int Columns<T>()
        where T : unmanaged => 2 * Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply<T>(nint inner, Matrix<T> left, T* right, nint stride, T* result, nint resultStride, bool adds)
        where T : unmanaged
    {
        var width = Vector512<T>.Count;
        var (row, column) = (left.RowStride, left.ColumnStride);
        var from = left.Start;
        var from3 = from + (3 * row);
        var from6 = from + (6 * row);
        Vector512<T> low0 = default, high0 = default;
        Vector512<T> low1 = default, high1 = default;
        Vector512<T> low2 = default, high2 = default;
        Vector512<T> low3 = default, high3 = default;
        Vector512<T> low4 = default, high4 = default;
        Vector512<T> low5 = default, high5 = default;
        Vector512<T> low6 = default, high6 = default;
        Vector512<T> low7 = default, high7 = default;
        for (nint i = 0; i < inner; i++)
        {
            var (low, high) = (Vector512.Load(right), Vector512.Load(right + width));
            var x0 = Vector512.Create(from[0]);
            (low0, high0) = (MultiplyAdd(x0, low, low0), MultiplyAdd(x0, high, high0));
            var x1 = Vector512.Create(from[row]);
            (low1, high1) = (MultiplyAdd(x1, low, low1), MultiplyAdd(x1, high, high1));
            var x2 = Vector512.Create(from[2 * row]);
            (low2, high2) = (MultiplyAdd(x2, low, low2), MultiplyAdd(x2, high, high2));
            var x3 = Vector512.Create(from3[0]);
            (low3, high3) = (MultiplyAdd(x3, low, low3), MultiplyAdd(x3, high, high3));
            var x4 = Vector512.Create(from3[row]);
            (low4, high4) = (MultiplyAdd(x4, low, low4), MultiplyAdd(x4, high, high4));
            var x5 = Vector512.Create(from3[2 * row]);
            (low5, high5) = (MultiplyAdd(x5, low, low5), MultiplyAdd(x5, high, high5));
            var x6 = Vector512.Create(from6[0]);
            (low6, high6) = (MultiplyAdd(x6, low, low6), MultiplyAdd(x6, high, high6));
            var x7 = Vector512.Create(from6[row]);
            (low7, high7) = (MultiplyAdd(x7, low, low7), MultiplyAdd(x7, high, high7));
            from += column;
            from3 += column;
            from6 += column;
            right += stride;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MultiplyAdd<T>(Vector512<T> x, Vector512<T> y, Vector512<T> sum)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
        : typeof(T) == typeof(int) ? DotProducts.AddPairs(x.AsInt32(), y.AsInt32(), sum.AsInt32()).As<int, T>()
        : typeof(T) == typeof(uint) ? DotProducts.AddBytes(x.AsUInt32(), y.AsUInt32(), sum.AsUInt32()).As<uint, T>()
        : Vector512.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T* to, Vector512<T> low, Vector512<T> high, bool adds)
        where T : unmanaged
    {
        var second = to + Vector512<T>.Count;
        if (adds)
        {
            (low, high) = (low + Vector512.Load(to), high + Vector512.Load(second));
        }

        low.Store(to);
        high.Store(second);
    }
}
