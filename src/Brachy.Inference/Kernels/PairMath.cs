using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>A function of each pair of elements of two vectors, with whatever settings it holds.</summary>
internal interface IPairFunction<T>
{
    Vector512<T> Of(Vector512<T> x, Vector512<T> y);
}

/// <summary>Functions of pairs. Each goes through the same instructions whatever its place, as in <see cref="VectorMath"/>.</summary>
internal static unsafe class PairMath
{
    /// <summary>Computes a function of all pairs.</summary>
    /// <param name="x">The first elements.</param>
    /// <param name="y">The second ones.</param>
    /// <param name="result">Where results go, which may be either.</param>
    /// <param name="count">How many pairs.</param>
    /// <param name="function">The function.</param>
    public static void Map<T, TFunction>(T* x, T* y, T* result, int count, TFunction function)
        where T : unmanaged
        where TFunction : struct, IPairFunction<T>
    {
        var width = Vector512<T>.Count;
        var i = 0;
        for (; i <= count - width; i += width)
        {
            function.Of(Vector512.Load(x + i), Vector512.Load(y + i)).Store(result + i);
        }

        if (i < count)
        {
            var rest = count - i;
            function.Of(First(x + i, rest), First(y + i, rest)).StoreFirst(result + i, rest);
        }
    }

    /// <summary>Fewer elements than a vector has, and zeros.</summary>
    public static Vector512<T> First<T>(T* from, int count)
        where T : unmanaged
    {
        var buffer = stackalloc T[Vector512<T>.Count];
        new Span<T>(buffer, Vector512<T>.Count).Clear();
        new ReadOnlySpan<T>(from, count).CopyTo(new(buffer, count));
        return Vector512.Load(buffer);
    }

    /// <summary>Writes the first elements.</summary>
    public static void StoreFirst<T>(this Vector512<T> vector, T* to, int count)
        where T : unmanaged
    {
        var buffer = stackalloc T[Vector512<T>.Count];
        vector.Store(buffer);
        new ReadOnlySpan<T>(buffer, count).CopyTo(new(to, count));
    }

    /// <summary>x y + sum, rounded once where the processor does so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd<T>(Vector512<T> x, Vector512<T> y, Vector512<T> sum)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector512.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();
}
