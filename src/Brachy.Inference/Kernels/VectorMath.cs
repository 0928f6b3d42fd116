using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>A function of each element of a vector, with whatever settings it holds.</summary>
internal interface IVectorFunction<T>
{
    Vector512<T> Of(Vector512<T> x);
}

/// <summary>
/// Functions of real numbers to a few units in the last place over their whole range, among them subnormal and huge numbers, signed zeros,
/// infinities and NaN. Each element goes through the same instructions whatever its place and the length of its vector, so that results do
/// not depend on either; the functions of TensorPrimitives do not promise that, and some lose all digits near a zero.
/// </summary>
internal static unsafe class VectorMath
{
    /// <summary>Computes a function of all elements.</summary>
    public static void Map<T, TFunction>(ReadOnlySpan<T> x, Span<T> y, TFunction function)
        where T : unmanaged
        where TFunction : struct, IVectorFunction<T>
    {
        fixed (T* from = x, to = y)
        {
            var i = 0;
            for (; i <= x.Length - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                function.Of(Vector512.Load(from + i)).Store(to + i);
            }

            if (i < x.Length)
            {
                var rest = x.Length - i;
                var buffer = stackalloc T[Vector512<T>.Count];
                new Span<T>(buffer, Vector512<T>.Count).Clear();
                new Span<T>(from + i, rest).CopyTo(new(buffer, rest));
                function.Of(Vector512.Load(buffer)).Store(buffer);
                new Span<T>(buffer, rest).CopyTo(new(to + i, rest));
            }
        }
    }

    public static void Exp<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged => Map(x, y, default(ExpFunction<T>));

    public static void Log<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged => Map(x, y, default(LogFunction<T>));

    public static void Sin<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged => Map(x, y, default(SinFunction<T>));

    public static void Cos<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged => Map(x, y, default(CosFunction<T>));

    public static void Tanh<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged => Map(x, y, default(TanhFunction<T>));

    public static void Sigmoid<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged => Map(x, y, default(SigmoidFunction<T>));

    public static void Silu<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged => Map(x, y, default(SiluFunction<T>));

    public static void Gelu(ReadOnlySpan<float> x, Span<float> y) => Map(x, y, default(GeluFunction));

    public static Vector512<T> Exp<T>(Vector512<T> x)
        where T : unmanaged
    {
        if (typeof(T) != typeof(float))
        {
            return Exp(x.AsDouble()).As<double, T>();
        }

        var single = x.AsSingle();
        var near = FastExp.Of(single);
        var isNear = Vector512.LessThanOrEqual(Vector512.Abs(single), Vector512.Create(FastExp.Most));
        return Vector512.EqualsAll(isNear.AsInt32(), Vector512<int>.AllBitsSet) ? near.As<float, T>()
            : Vector512.ConditionalSelect(isNear, near, OfFar(single)).As<float, T>();
    }

    // Where the result is subnormal, or infinite, or no number.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> OfFar(Vector512<float> x) =>
        Vector512.Narrow(Exp(Vector512.WidenLower(x)), Exp(Vector512.WidenUpper(x)));

    /// <summary>
    /// The framework's function gives 0 where the result is subnormal, and computes all elements otherwise when one of them is far out.
    /// Half of such a number is exact and not far; the square rounds once more.
    /// </summary>
    public static Vector512<double> Exp(Vector512<double> x)
    {
        var isNear = Vector512.LessThanOrEqual(Vector512.Abs(x), Vector512.Create(707.0));
        if (!Vector512.AnyWhereAllBitsSet(~isNear.AsInt64()))
        {
            return Vector512.Exp(x);
        }

        var limit = Vector512.Create(400.0);
        var isNumber = Vector512.Equals(x, x);
        var half = Vector512.ConditionalSelect(isNumber, x * 0.5, Vector512<double>.Zero);
        half = Vector512.ConditionalSelect(
            Vector512.GreaterThan(half, limit), limit, Vector512.ConditionalSelect(Vector512.LessThan(half, -limit), -limit, half));
        var root = Vector512.Exp(Vector512.ConditionalSelect(isNear, x, half));
        return Vector512.ConditionalSelect(isNumber, Vector512.ConditionalSelect(isNear, root, root * root), x);
    }

    public static Vector512<T> Number<T>(double value)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? Vector512.Create((float)value).As<float, T>() : Vector512.Create(value).As<double, T>();

    public static Vector512<T> WithSign<T>(Vector512<T> magnitude, Vector512<T> sign)
        where T : unmanaged => (magnitude & ~Number<T>(-0.0)) | (sign & Number<T>(-0.0));

    /// <summary>1 / (1 + e^-x), from the exponential that does not overflow.</summary>
    public static Vector512<T> Sigmoid<T>(Vector512<T> x)
        where T : unmanaged
    {
        var power = Exp(-Vector512.Abs(x));
        var share = Vector512<T>.One / (Vector512<T>.One + power);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), power * share, share);
    }

    private readonly struct ExpFunction<T> : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x) => Exp(x);
    }

    private readonly struct LogFunction<T> : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x) =>
            typeof(T) == typeof(float) ? Vector512.Log(x.AsSingle()).As<float, T>() : Vector512.Log(x.AsDouble()).As<double, T>();
    }

    private readonly struct SinFunction<T> : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x) => VectorAngles.Sin(x);
    }

    private readonly struct CosFunction<T> : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x) => VectorAngles.Cos(x);
    }

    /// <summary>
    /// Near 0, where 1 - 2 / (e^2x + 1) cancels, the polynomials of S. L. Moshier's Cephes library (tanhf.c, tanh.c).
    /// </summary>
    private readonly struct TanhFunction<T> : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x)
        {
            var z = Vector512.Abs(x);
            var far = Vector512<T>.One - (Number<T>(2) / (Exp(z + z) + Vector512<T>.One));
            var near = z + (z * z * z * Slope(z * z));
            return WithSign(Vector512.ConditionalSelect(Vector512.LessThan(z, Number<T>(0.625)), near, far), x);
        }

        private static Vector512<T> Slope(Vector512<T> s)
        {
            if (typeof(T) == typeof(float))
            {
                return (((((((s * Number<T>(-5.70498872745E-3)) + Number<T>(2.06390887954E-2)) * s) - Number<T>(5.37397155531E-2)) * s)
                    + Number<T>(1.33314422036E-1)) * s)
                    - Number<T>(3.33332819422E-1);
            }

            var numerator = (((s * Number<T>(-9.64399179425052238628E-1)) - Number<T>(9.92877231001918586564E1)) * s)
                - Number<T>(1.61468768441708447952E3);
            var denominator = ((((s + Number<T>(1.12811678491632931402E2)) * s) + Number<T>(2.23548839060100448583E3)) * s)
                + Number<T>(4.84406305325125486048E3);
            return numerator / denominator;
        }
    }

    private readonly struct SigmoidFunction<T> : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x) => Sigmoid(x);
    }

    private readonly struct SiluFunction<T> : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x)
        {
            if (typeof(T) != typeof(float))
            {
                return x * Sigmoid(x);
            }

            // Where e^x is subnormal in float32, x e^x is not yet.
            var (lower, upper) = (Vector512.WidenLower(x.AsSingle()), Vector512.WidenUpper(x.AsSingle()));
            return Vector512.Narrow(lower * Sigmoid(lower), upper * Sigmoid(upper)).As<float, T>();
        }
    }
}
