using Brachy.Extending;
using Brachy.Native;
using static Brachy.ErrorIntegralKernels;

namespace Brachy;

// Functions of the error integral and of entropy.
public static partial class F
{
    /// <summary>
    /// Elementwise e^(x^2) <see cref="erfc"/>(x), which does not vanish for large x. Shape and dtype: as x (integers become float32).
    /// </summary>
    /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
    public static Tensor erfcx(Tensor x) => Erfcx.Bind(x);

    internal static readonly Primitive<NoSettings> Erfcx = Unary.Of(
        "erfcx", ElementRules.NotHalf, x => ErrorIntegralsKernels.Invoke("erfcx", x)[0], "torch.special_erfcx",
        (g, y, x) => g * (x * 2 * y - 2 / Math.Sqrt(Math.PI)));

    /// <summary>
    /// Elementwise: the part of the standard normal distribution below x. Shape and dtype: as x (integers become float32).
    /// </summary>
    public static Tensor ndtr(Tensor x) => erfc(x * -Math.Sqrt(0.5)) * 0.5;

    /// <summary>Elementwise logarithm of <see cref="ndtr"/>, exact far below 0. Shape and dtype: as x (integers become float32).</summary>
    /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
    public static Tensor log_ndtr(Tensor x)
    {
        // Each branch gets operands at which it is finite, so that the other's gradient does not meet it.
        var scaled = x * Math.Sqrt(0.5);
        var isLow = scaled < -Math.Sqrt(0.5);
        var (low, high) = (where(isLow, scaled, -1), where(isLow, 0, scaled));
        return where(isLow, log(erfcx(-low) / 2) - square(low), log1p(erfc(high) / -2));
    }

    /// <summary>Elementwise inverse of <see cref="ndtr"/>; NaN outside [0, 1]. Shape and dtype: as x (integers become float32).</summary>
    /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
    public static Tensor ndtri(Tensor x) => Ndtri.Bind(x);

    internal static readonly Primitive<NoSettings> Ndtri = Unary.Of(
        "ndtri", ElementRules.NotHalf, x => ErrorIntegralsKernels.Invoke("ndtri", x)[0], "torch.special_ndtri",
        (g, y, x) => g * exp(square(y) / 2) * Math.Sqrt(2 * Math.PI));

    /// <summary>
    /// Elementwise entropy -x log(x): 0 at 0, and negative infinity below. Shape and dtype: as x (integers become float32).
    /// </summary>
    public static Tensor entr(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var real = to(x, Promotion.ToFloat(x.dtype));
        var isOutside = real <= 0;
        var inside = where(isOutside, 1, real);
        return where(isOutside, where(real < 0, full([], double.NegativeInfinity, real.dtype, real.device), 0), -inside * log(inside));
    }
}

/// <summary>Kernels of libtorch that TorchSharp has no function for.</summary>
file static class ErrorIntegralKernels
{
    public static readonly EagerScript ErrorIntegralsKernels = new(
        """
        def erfcx(x):
            return [torch.special_erfcx(x)]

        def ndtri(x):
            return [torch.special_ndtri(x)]

        """);
}
