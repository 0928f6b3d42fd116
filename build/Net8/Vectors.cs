using System.Runtime.Intrinsics.X86;

namespace System.Runtime.Intrinsics;

/// <summary>Functions of vectors that came with .NET 9.</summary>
internal static class Vectors
{
    extension(Vector512)
    {
        public static bool AnyWhereAllBitsSet(Vector512<long> vector) => Vector512.EqualsAny(vector, Vector512<long>.AllBitsSet);

        public static Vector512<double> Exp(Vector512<double> x) => Each(x, Math.Exp);

        public static Vector512<double> Log(Vector512<double> x) => Each(x, Math.Log);

        public static Vector512<float> Log(Vector512<float> x) => Each(x, MathF.Log);

        public static Vector512<float> MultiplyAddEstimate(Vector512<float> x, Vector512<float> y, Vector512<float> sum) =>
            Avx512F.IsSupported ? Avx512F.FusedMultiplyAdd(x, y, sum) : (x * y) + sum;

        public static Vector512<double> MultiplyAddEstimate(Vector512<double> x, Vector512<double> y, Vector512<double> sum) =>
            Avx512F.IsSupported ? Avx512F.FusedMultiplyAdd(x, y, sum) : (x * y) + sum;
    }

    extension(Vector256)
    {
        public static Vector256<float> MultiplyAddEstimate(Vector256<float> x, Vector256<float> y, Vector256<float> sum) =>
            Fma.IsSupported ? Fma.MultiplyAdd(x, y, sum) : (x * y) + sum;

        public static Vector256<double> MultiplyAddEstimate(Vector256<double> x, Vector256<double> y, Vector256<double> sum) =>
            Fma.IsSupported ? Fma.MultiplyAdd(x, y, sum) : (x * y) + sum;
    }

    extension(Vector128)
    {
        public static Vector128<float> MultiplyAddEstimate(Vector128<float> x, Vector128<float> y, Vector128<float> sum) =>
            Fma.IsSupported ? Fma.MultiplyAdd(x, y, sum) : (x * y) + sum;

        public static Vector128<double> MultiplyAddEstimate(Vector128<double> x, Vector128<double> y, Vector128<double> sum) =>
            Fma.IsSupported ? Fma.MultiplyAdd(x, y, sum) : (x * y) + sum;
    }

    private static Vector512<T> Each<T>(Vector512<T> x, Func<T, T> function)
        where T : unmanaged
    {
        Span<T> values = stackalloc T[Vector512<T>.Count];
        x.CopyTo(values);
        foreach (ref var value in values)
        {
            value = function(value);
        }

        return Vector512.Create<T>(values);
    }
}
