using Brachy.Extending;
using Brachy.Native;
using static Brachy.NativeArithmetic;

namespace Brachy;

// Activation functions that are clipped straight lines. Their gradients at the kinks are those of PyTorch.
public static partial class F
{
    internal static readonly Primitive<HardtanhSettings> HardtanhBackward = Binary.Backward<HardtanhSettings>(
        "hardtanh_backward",
        x => x[0].masked_fill(
            x.Temporary(x.Temporary(x.Temporary(x[1].gt(NativeNumber.Of(x.Settings.MinVal))).logical_and(
                x.Temporary(x[1].lt(NativeNumber.Of(x.Settings.MaxVal))))).logical_not()),
            NativeNumber.Of(0)),

        // Where x is NaN, libtorch's kernel gives 0 or the gradient, depending on the element's place; a limit in its stead gives 0.
        x => $"torch.hardtanh_backward({x[0]}, torch.nan_to_num({x[1]}, {Script.Real(x.Settings.MinVal)}, "
            + $"{Script.Real(double.PositiveInfinity)}, " +
            $"{Script.Real(double.NegativeInfinity)}), {Script.Real(x.Settings.MinVal)}, {Script.Real(x.Settings.MaxVal)})",
        Vjp.Rule<HardtanhSettings>((g, y, x) => [x.If(0, () => x.Primitive.BindUntyped(x.Settings, g, x[1])[0]), null]));

    /// <summary>
    /// x, but not below a lowest and not above a highest value, where the gradient is 0, as it is where x is NaN. Shape and dtype: as x.
    /// </summary>
    /// <param name="x">Any tensor of numbers.</param>
    /// <param name="min_val">The lowest value; for integers without its fraction.</param>
    /// <param name="max_val">The highest value; for integers without its fraction.</param>
    /// <exception cref="ArgumentException">The lowest value is above the highest, or one is not a number.</exception>
    /// <exception cref="DTypeException">x is bool, or of uint8 and a limit is negative.</exception>
    public static Tensor hardtanh(Tensor x, double min_val = -1, double max_val = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!(min_val <= max_val))
        {
            throw new ArgumentException($"hardtanh: min_val {min_val} must not be above max_val {max_val}.", nameof(min_val));
        }

        if (!x.dtype.IsInteger())
        {
            return Hardtanh.Bind(new HardtanhSettings(min_val, max_val), x);
        }

        return x.dtype != DType.UInt8 || (min_val >= 0 && max_val >= 0)
            ? clamp(x, (long)min_val, (long)max_val)
            : throw new DTypeException($"hardtanh: x is {x.Type}, which holds no negative numbers, but the limits are {min_val} and "
                + $"{max_val}; cast x with x.to(DType.Int16).");
    }

    /// <summary>min(max(x, 0), 6), with gradient 0 at 0 and 6 and where x is NaN. Shape and dtype: as x, which must not be bool.</summary>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor relu6(Tensor x) => hardtanh(x, 0, 6);

    internal static readonly Primitive<HardtanhSettings> Hardtanh = Unary.Of<HardtanhSettings>(
        "hardtanh", ElementRules.UnaryReal,

        // TorchSharp's hardtanh leaves x as it is.
        x => x[0].clamp(NativeNumber.Of(x.Settings.MinVal), NativeNumber.Of(x.Settings.MaxVal)),
        x => $"torch.hardtanh({x[0]}, {Script.Real(x.Settings.MinVal)}, {Script.Real(x.Settings.MaxVal)})",
        Vjp.Rule<HardtanhSettings>((g, y, x) => [HardtanhBackward.Bind(x.Settings, g, x[0])]));

    /// <summary>relu6(x + 3) / 6, a sigmoid of straight lines. Shape and dtype: as x, of a floating-point type.</summary>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor hardsigmoid(Tensor x) => Hardsigmoid.Bind(x);

    internal static readonly Primitive<NoSettings> Hardsigmoid = Unary.Of(
        "hardsigmoid", ElementRules.UnaryReal, x => x[0].hardsigmoid(), x => $"torch.hardsigmoid({x[0]})",

        // libtorch's kernel for the gradient rounds 1/6 to float32.
        Vjp.Rule((g, y, x) => [HardtanhBackward.Bind(new HardtanhSettings(-3.0, 3.0), g, x[0]) / 6]));

    internal static readonly Primitive<NoSettings> HardswishBackward = Binary.Backward(
        "hardswish_backward",
        ElementRules.TimesSlope(x => Plus(x.div(NativeNumber.Of(3)), 0.5).masked_fill(x.le(NativeNumber.Of(-3)), NativeNumber.Of(0))
            .masked_fill(x.ge(NativeNumber.Of(3)), NativeNumber.Of(1))),
        x => ActivationScripts.NanWhereNan(x, $"torch.hardswish_backward({x[0]}, {x[1]})"),
        Vjp.Decompose(x => [x[0] * where(x[1] <= -3, 0, where(x[1] >= 3, 1, x[1] / 3 + 0.5))]));

    /// <summary>
    /// x * relu6(x + 3) / 6, a silu without exponentials. Shape and dtype: as x, of a floating-point type. Formula: Howard
    /// et al., arXiv:1905.02244.
    /// </summary>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor hardswish(Tensor x) => Hardswish.Bind(x);

    internal static readonly Primitive<NoSettings> Hardswish = Unary.Of(
        "hardswish", ElementRules.UnaryReal, x => x.hardswish(), "torch.hardswish", (g, y, x) => HardswishBackward.Bind(g, x));

    /// <summary>
    /// (x + 1) / 2 between 0 and 1: the derivative of <see cref="sparse_plus"/>. Shape and dtype: as x, of a floating-point type.
    /// </summary>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor sparse_sigmoid(Tensor x) => (hardtanh(x) * 0.5) + 0.5;

    /// <summary>
    /// 0 up to -1, then (x + 1)² / 4, from 1 on x: a softplus that is flat on the left. Shape and dtype: as x, of a floating-point type.
    /// </summary>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor sparse_plus(Tensor x)
    {
        OperandChecks.RequireReal("sparse_plus", x);

        // A parabola that continues at its end values, and the rest of x on the right; no branch has a gradient to hide.
        return (square(clamp(x, -1, 1) + 1) * 0.25) + relu(x - 1);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.hardtanh"/>
    public Tensor hardtanh(double min_val = -1, double max_val = 1) => F.hardtanh(this, min_val, max_val);

    /// <inheritdoc cref="F.relu6"/>
    public Tensor relu6() => F.relu6(this);

    /// <inheritdoc cref="F.hardsigmoid"/>
    public Tensor hardsigmoid() => F.hardsigmoid(this);

    /// <inheritdoc cref="F.hardswish"/>
    public Tensor hardswish() => F.hardswish(this);
}
