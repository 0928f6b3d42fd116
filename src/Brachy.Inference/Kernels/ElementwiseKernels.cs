using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

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

    /// <summary>As in libtorch, NaN and -0 stay what they are.</summary>
    public static void Relu<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, INumber<T> => VectorMath.Map(x, y, new Limits<T>(Vector512<T>.Zero, null));

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

    public static bool Clamp(VectorArgs x, ClampSettings settings) =>
        x.OfType(x.Output().DType, settings, Clamp<float>, Clamp<double>, Clamp<long>);

    public static bool Gelu(VectorArgs x, GeluSettings settings) =>
        settings.Approximate == "none" && x.Output().DType == DType.Float32 && Map<float>(x, VectorMath.Gelu);

    // As libtorch does where the limits contradict each other, the upper one wins.
    private static bool Clamp<T>(VectorArgs x, ClampSettings settings)
        where T : unmanaged, INumber<T>
    {
        var least = Limit<T>(settings.Min);
        var most = Limit<T>(settings.Max);
        var limits = new Limits<T>(least is { } l ? Vector512.Create(l) : null, most is { } m ? Vector512.Create(m) : null);
        return Map<T>(x, (from, to) => VectorMath.Map(from, to, limits));
    }

    private static T? Limit<T>(Scalar? limit)
        where T : struct, INumber<T> =>
        limit is { } number
            ? number.Kind == ScalarKind.Real ? T.CreateTruncating(number.ToDouble()) : T.CreateTruncating(number.ToInt64())
            : null;

    private static bool Map<T>(VectorArgs x, SpanFunction<T> function)
        where T : unmanaged
    {
        var dtype = x.Output().DType;
        if (x.IsNumber(0) || !CopyKernels.CanCast(x[0].DType, dtype))
        {
            return false;
        }

        x = x.InOneOrder();
        var source = x.Dense(0, dtype);
        var target = x.Result();
        x.AddRows(target.Count, [source], [target], (memory, first, count) =>
            function(source.Span<T>(memory, first, count), target.Span<T>(memory, first, count)));
        return true;
    }

    /// <summary>A limit that is NaN gives NaN.</summary>
    private readonly struct Limits<T>(Vector512<T>? least, Vector512<T>? most) : IVectorFunction<T>
        where T : unmanaged, INumber<T>
    {
        public Vector512<T> Of(Vector512<T> x)
        {
            var y = least is { } l ? Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, l) | IsNan(x), x, l) : x;
            return most is { } m ? Vector512.ConditionalSelect(Vector512.LessThanOrEqual(y, m) | IsNan(y), y, m) : y;
        }

        private static Vector512<T> IsNan(Vector512<T> x) => ~Vector512.Equals(x, x);
    }
}
