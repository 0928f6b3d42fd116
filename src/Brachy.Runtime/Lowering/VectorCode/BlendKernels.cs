using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>What optimizers without a kernel for all parameters are made of: sums of two terms with factors, and roots.</summary>
internal static unsafe class BlendKernels
{
    private enum Kind
    {
        Value,
        Product,
        Quotient,
    }

    /// <summary>a x + b y.</summary>
    public static bool Blend(VectorArgs x) => x.OfType(
        x.Output().DType, args => Blend<float>(args, Kind.Value), args => Blend<double>(args, Kind.Value));

    /// <summary>a x + b y z.</summary>
    public static bool Product(VectorArgs x) => x.OfType(
        x.Output().DType, args => Blend<float>(args, Kind.Product), args => Blend<double>(args, Kind.Product));

    /// <summary>a x + b y / z.</summary>
    public static bool Quotient(VectorArgs x) => x.OfType(
        x.Output().DType, args => Blend<float>(args, Kind.Quotient), args => Blend<double>(args, Kind.Quotient));

    /// <summary>√x + eps.</summary>
    public static bool RootPlus(VectorArgs x) => x.OfType(x.Output().DType, RootPlus<float>, RootPlus<double>);

    private static bool Blend<T>(VectorArgs x, Kind kind)
        where T : unmanaged
    {
        var tensors = kind == Kind.Value ? 2 : 3;
        if (UpdateNumber.Of(x, tensors) is not { } ofFirst || UpdateNumber.Of(x, tensors + 1) is not { } ofSecond)
        {
            return false;
        }

        var (first, second, third) = (x.Dense(0), x.Dense(1), x.Dense(tensors - 1));
        Layout target;
        if (x.MayOverwrite(0) && ReferenceEquals(first, x[0]))
        {
            target = first;
            x.Alias(first);
        }
        else
        {
            target = x.Result();
        }

        x.AddRows(target.Count, [first, second, third], [target], (memory, start, count) =>
        {
            var (a, b) = (VectorMath.Number<T>(ofFirst.Value(memory)), VectorMath.Number<T>(ofSecond.Value(memory)));
            T* p = first.At<T>(memory) + start, q = second.At<T>(memory) + start, r = third.At<T>(memory) + start;
            var to = target.At<T>(memory) + start;
            var width = Vector512<T>.Count;
            var i = 0;
            for (; i <= count - width; i += width)
            {
                Of(kind, Vector512.Load(p + i), Vector512.Load(q + i), Vector512.Load(r + i), a, b).Store(to + i);
            }

            if (i < count)
            {
                var rest = count - i;
                Of(kind, PairMath.First(p + i, rest), PairMath.First(q + i, rest), PairMath.First(r + i, rest), a, b)
                    .StoreFirst(to + i, rest);
            }
        }, ofFirst.Memory, ofSecond.Memory);
        return true;
    }

    private static Vector512<T> Of<T>(Kind kind, Vector512<T> x, Vector512<T> y, Vector512<T> z, Vector512<T> a, Vector512<T> b)
        where T : unmanaged =>
        PairMath.MultiplyAdd(kind == Kind.Value ? y : kind == Kind.Product ? y * z : y / z, b, x * a);

    private static bool RootPlus<T>(VectorArgs x)
        where T : unmanaged
    {
        if (UpdateNumber.Of(x, 1) is not { } eps)
        {
            return false;
        }

        var source = x.Dense(0);
        var target = x.Result();
        x.AddRows(
            target.Count, [source], [target], (memory, first, count) => VectorMath.Map(
                source.Span<T>(memory, first, count), target.Span<T>(memory, first, count),
                new RootFunction<T>(VectorMath.Number<T>(eps.Value(memory)))),
            eps.Memory);
        return true;
    }

    private readonly struct RootFunction<T>(Vector512<T> eps) : IVectorFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x) => Vector512.Sqrt(x) + eps;
    }
}
