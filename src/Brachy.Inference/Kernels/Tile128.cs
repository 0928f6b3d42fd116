using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Four rows of two vectors of 128 bits.</summary>
internal readonly unsafe partial struct Tile128 : ITile
{
    public static int Rows => 4;

    public static int Columns<T>()
        where T : unmanaged => 2 * Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply<T>(nint inner, Matrix<T> left, T* right, nint stride, T* result, nint resultStride, bool adds)
        where T : unmanaged
    {
        var width = Vector128<T>.Count;
        var (row, column) = (left.RowStride, left.ColumnStride);
        var from = left.Start;
        var from3 = from + (3 * row);
        Vector128<T> low0 = default, high0 = default;
        Vector128<T> low1 = default, high1 = default;
        Vector128<T> low2 = default, high2 = default;
        Vector128<T> low3 = default, high3 = default;
        for (nint i = 0; i < inner; i++)
        {
            var (low, high) = (Vector128.Load(right), Vector128.Load(right + width));
            var x0 = Vector128.Create(from[0]);
            (low0, high0) = (MultiplyAdd(x0, low, low0), MultiplyAdd(x0, high, high0));
            var x1 = Vector128.Create(from[row]);
            (low1, high1) = (MultiplyAdd(x1, low, low1), MultiplyAdd(x1, high, high1));
            var x2 = Vector128.Create(from[2 * row]);
            (low2, high2) = (MultiplyAdd(x2, low, low2), MultiplyAdd(x2, high, high2));
            var x3 = Vector128.Create(from3[0]);
            (low3, high3) = (MultiplyAdd(x3, low, low3), MultiplyAdd(x3, high, high3));
            from += column;
            from3 += column;
            right += stride;
        }

        Store(result, low0, high0, adds);
        Store(result + resultStride, low1, high1, adds);
        Store(result + (2 * resultStride), low2, high2, adds);
        Store(result + (3 * resultStride), low3, high3, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> MultiplyAdd<T>(Vector128<T> x, Vector128<T> y, Vector128<T> sum)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector128.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
        : typeof(T) == typeof(int) ? DotProducts.AddPairs(x.AsInt32(), y.AsInt32(), sum.AsInt32()).As<int, T>()
        : typeof(T) == typeof(uint) ? DotProducts.AddBytes(x.AsUInt32(), y.AsUInt32(), sum.AsUInt32()).As<uint, T>()
        : Vector128.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T* to, Vector128<T> low, Vector128<T> high, bool adds)
        where T : unmanaged
    {
        var second = to + Vector128<T>.Count;
        if (adds)
        {
            (low, high) = (low + Vector128.Load(to), high + Vector128.Load(second));
        }

        low.Store(to);
        high.Store(second);
    }
}
