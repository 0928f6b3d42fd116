using Brachy.Extending;
using Brachy.Native;
using static Brachy.BesselKernels;
using static Brachy.F;

namespace Brachy;

// Modified Bessel functions.
public static partial class F
{
    /// <summary>
    /// Elementwise modified Bessel function of the first kind and order 0. Shape and dtype: as x (integers become float32).
    /// </summary>
    public static Tensor i0(Tensor x) => I0.Bind(x);

    internal static readonly Primitive<NoSettings> I0 = Unary.Float(
        "i0", x => Functions.Invoke("i0", x)[0], "torch.special_i0", (g, y, x) => g * to(i1(Wide(x)), g.dtype));

    /// <summary>
    /// Elementwise modified Bessel function of the first kind and order 1. Shape and dtype: as x (integers become float32).
    /// </summary>
    /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
    public static Tensor i1(Tensor x) => I1.Bind(x);

    internal static readonly Primitive<NoSettings> I1 = Unary.Of(
        "i1", ElementRules.NotHalf, x => Functions.Invoke("i1", x)[0], "torch.special_i1", (g, y, x) =>
        {
            // i1(x) / x tends to 1/2 at 0.
            var isZero = eq(x, 0);
            return g * (i0(x) - where(isZero, 0.5, y / where(isZero, 1, x)));
        });

    /// <summary>Elementwise e^-|x| <see cref="i0"/>(x), without overflow. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor i0e(Tensor x) => I0e.Bind(x);

    internal static readonly Primitive<NoSettings> I0e = Unary.Float(
        "i0e", x => Functions.Invoke("i0e", x)[0], "torch.special_i0e",
        (g, y, x) => g * (to(i1e(Wide(x)), g.dtype) - y * sign(ElementRules.NotBool(x))));

    /// <summary>Elementwise e^-|x| <see cref="i1"/>(x), without overflow. Shape and dtype: as x (integers become float32).</summary>
    /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
    public static Tensor i1e(Tensor x) => I1e.Bind(x);

    internal static readonly Primitive<NoSettings> I1e = Unary.Of(
        "i1e", ElementRules.NotHalf, x => Functions.Invoke("i1e", x)[0], "torch.special_i1e", (g, y, x) =>
        {
            var isZero = eq(x, 0);
            return g * (i0e(x) - y * sign(ElementRules.NotBool(x)) - where(isZero, 0.5, y / where(isZero, 1, x)));
        });
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.i0"/>
    public Tensor i0() => F.i0(this);
}

/// <summary>Kernels of Bessel functions, and the type they compute in.</summary>
file static class BesselKernels
{
    public static readonly EagerScript Functions = new(
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

    public static Tensor Wide(Tensor x) => x.dtype is DType.Float16 or DType.BFloat16 ? to(x, DType.Float32) : x;
}
