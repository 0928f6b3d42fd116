using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Brachy;

/// <summary>Computes each element from one element.</summary>
internal delegate void SpanFunction<T>(ReadOnlySpan<T> x, Span<T> y);

/// <summary>Functions of single elements.</summary>
internal static unsafe class ElementwiseKernels
{
    public static VectorRule Real(SpanFunction<float> single, SpanFunction<double> twice) => x => x.Output().DType switch
    {
        DType.Float32 => Map(x, single),
        DType.Float64 => Map(x, twice),
        _ => false,
    };

    public static VectorRule Signed(SpanFunction<float> single, SpanFunction<double> twice, SpanFunction<long> whole) =>
        x => x.Output().DType == DType.Int64 ? Map(x, whole) : Real(single, twice)(x);

    public static void Relu<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : INumber<T> => TensorPrimitives.Max(x, T.Zero, y);

    /// <summary>As in libtorch, the smallest number stays what it is.</summary>
    public static void Abs(ReadOnlySpan<long> x, Span<long> y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            y[i] = x[i] < 0 ? unchecked(-x[i]) : x[i];
        }
    }

    public static void Square<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : INumber<T> => TensorPrimitives.Multiply(x, x, y);

    public static bool Clamp(VectorArgs x) => x.OfType(x.Output().DType, Clamp<float>, Clamp<double>, Clamp<long>);

    public static void Silu<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IExponentialFunctions<T>
    {
        for (var i = 0; i < x.Length; i++)
        {
            y[i] = x[i] / (T.One + T.Exp(-x[i]));
        }
    }

    public static bool Gelu(VectorArgs x) => (string)x.Attributes["approximate"]! == "none" && x.Output().DType == DType.Float32 && Map<float>(x, Gelu);

    /// <summary>
    /// x times the share of the normal distribution below x. The complement of the error function is formula 7.1.26 of Abramowitz and Stegun,
    /// Handbook of Mathematical Functions, 1964; its error is below 1.5e-7, and no digits cancel for negative x.
    /// </summary>
    private static void Gelu(ReadOnlySpan<float> x, Span<float> y)
    {
        fixed (float* from = x, to = y)
        {
            var i = 0;
            for (; i <= x.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Gelu(Vector512.Load(from + i)).Store(to + i);
            }

            if (i < x.Length)
            {
                var rest = x.Length - i;
                var buffer = stackalloc float[Vector512<float>.Count];
                new Span<float>(from + i, rest).CopyTo(new(buffer, rest));
                Gelu(Vector512.Load(buffer)).Store(buffer);
                new Span<float>(buffer, rest).CopyTo(new(to + i, rest));
            }
        }
    }

    private static Vector512<float> Gelu(Vector512<float> x)
    {
        var z = Vector512.Abs(x) * 0.70710678f;
        var t = Vector512<float>.One / ((z * 0.3275911f) + Vector512<float>.One);
        var polynomial = ((((((((t * 1.061405429f) - Vector512.Create(1.453152027f)) * t) + Vector512.Create(1.421413741f)) * t) - Vector512.Create(0.284496736f)) * t)
            + Vector512.Create(0.254829592f)) * t;
        var half = polynomial * Vector512.Exp(-z * z) * 0.5f;
        return x * Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), half, Vector512<float>.One - half);
    }

    // As libtorch does where the limits contradict each other, the upper one wins.
    private static bool Clamp<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        var least = Limit<T>(x, "min");
        var most = Limit<T>(x, "max");
        return Map<T>(x, (from, to) =>
        {
            from.CopyTo(to);
            if (least is { } l)
            {
                TensorPrimitives.Max(to, l, to);
            }

            if (most is { } m)
            {
                TensorPrimitives.Min(to, m, to);
            }
        });
    }

    private static T? Limit<T>(VectorArgs x, string name)
        where T : struct, INumber<T> =>
        x.Attributes[name] is Scalar limit ? limit.Kind == ScalarKind.Real ? T.CreateTruncating(limit.ToDouble()) : T.CreateTruncating(limit.ToInt64()) : null;

    private static bool Map<T>(VectorArgs x, SpanFunction<T> function)
        where T : unmanaged
    {
        var dtype = x.Output().DType;
        if (x.IsNumber(0) || !CopyKernels.CanCast(x[0].DType, dtype))
        {
            return false;
        }

        var source = x.Dense(0, dtype);
        var target = x.Result();
        x.Add(memory => function(source.Span<T>(memory), target.Span<T>(memory)));
        return true;
    }
}
