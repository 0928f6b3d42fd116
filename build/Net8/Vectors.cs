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
