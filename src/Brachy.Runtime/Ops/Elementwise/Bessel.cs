using Brachy.Native;

namespace Brachy;

// Modified Bessel functions.
public static partial class F
{
    private static readonly EagerScript s_bessel = new(
        """
        def i0(x):
            return [torch.special_i0(x)]

        def i1(x):
            return [torch.special_i1(x)]

        def i0e(x):
            return [torch.special_i0e(x)]

        def i1e(x):
            return [torch.special_i1e(x)]

        """);

    /// <summary>Elementwise modified Bessel function of the first kind and order 0. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor i0(Tensor x) => I0.Bind(x);

    internal static readonly Primitive I0 = new("i0")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => s_bessel.Invoke("i0", x[0]),
        Script = x => $"torch.special_i0({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * to(i1(Wide(x[0])), g.dtype)]),
    };

    /// <summary>Elementwise modified Bessel function of the first kind and order 1. Shape and dtype: as x (integers become float32).</summary>
    /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
    public static Tensor i1(Tensor x) => I1.Bind(x);

    internal static readonly Primitive I1 = new("i1")
    {
        Abstract = NotHalf,
        Eager = x => s_bessel.Invoke("i1", x[0]),
        Script = x => $"torch.special_i1({x[0]})",
        Vjp = Vjp.Rule((g, y, x) =>
        {
            // i1(x) / x tends to 1/2 at 0.
            var isZero = eq(x[0], 0);
            return [g * (i0(x[0]) - where(isZero, 0.5, y / where(isZero, 1, x[0])))];
        }),
    };

    /// <summary>Elementwise e^-|x| <see cref="i0"/>(x), without overflow. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor i0e(Tensor x) => I0e.Bind(x);

    internal static readonly Primitive I0e = new("i0e")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => s_bessel.Invoke("i0e", x[0]),
        Script = x => $"torch.special_i0e({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * (to(i1e(Wide(x[0])), g.dtype) - y * sign(NotBool(x[0])))]),
    };

    /// <summary>Elementwise e^-|x| <see cref="i1"/>(x), without overflow. Shape and dtype: as x (integers become float32).</summary>
    /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
    public static Tensor i1e(Tensor x) => I1e.Bind(x);

    internal static readonly Primitive I1e = new("i1e")
    {
        Abstract = NotHalf,
        Eager = x => s_bessel.Invoke("i1e", x[0]),
        Script = x => $"torch.special_i1e({x[0]})",
        Vjp = Vjp.Rule((g, y, x) =>
        {
            var isZero = eq(x[0], 0);
            return [g * (i0e(x[0]) - y * sign(NotBool(x[0])) - where(isZero, 0.5, y / where(isZero, 1, x[0])))];
        }),
    };

    private static TensorTypes NotHalf(AbstractArgs x) => x[0].DType is DType.Float16 or DType.BFloat16
        ? throw new DTypeException($"{x.Primitive.Name}: x is {x[0]}, which libtorch has no kernel for; cast it with x.to(DType.Float32).")
        : Shapes.FloatUnary(x);

    private static Tensor Wide(Tensor x) => x.dtype is DType.Float16 or DType.BFloat16 ? to(x, DType.Float32) : x;
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.i0"/>
    public Tensor i0() => F.i0(this);
}
