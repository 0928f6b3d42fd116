using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.RectifierGradients;

namespace Brachy;

// Activation functions that bend or cut a straight line.
public static partial class F
{
    internal static readonly Primitive<LeakyReluSettings> LeakyReluBackward = Binary.Backward<LeakyReluSettings>(
        "leaky_relu_backward",
        x => torch.where(x.Temporary(x[1].gt(NativeNumber.Of(0))), x[0], x.Temporary(x[0].mul(NativeNumber.Of(x.Settings.NegativeSlope)))),
        x => $"torch.leaky_relu_backward({x[0]}, {x[1]}, {Script.Real(x.Settings.NegativeSlope)}, False)",
        Vjp.Rule<LeakyReluSettings>((g, y, x) => [x.If(0, () => x.Primitive.BindUntyped(x.Settings, g, x[1])[0]), null]));

    /// <summary>x where it is positive, otherwise x times a small slope. Shape and dtype: as x, of a floating-point type.</summary>
    /// <param name="x">Any tensor of a floating-point type.</param>
    /// <param name="negative_slope">The slope below 0, and the gradient at 0.</param>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor leaky_relu(Tensor x, double negative_slope = 0.01) =>
        LeakyRelu.Bind(new LeakyReluSettings(negative_slope), x);

    internal static readonly Primitive<LeakyReluSettings> LeakyRelu = Unary.Of<LeakyReluSettings>(
        "leaky_relu", ElementRules.UnaryReal, x => x[0].leaky_relu(NativeNumber.Of(x.Settings.NegativeSlope)),
        x => $"torch.leaky_relu({x[0]}, {Script.Real(x.Settings.NegativeSlope)})",
        Vjp.Rule<LeakyReluSettings>((g, y, x) => [LeakyReluBackward.Bind(x.Settings, g, x[0])]));

    /// <summary>x where it is positive, otherwise x times a learned slope. Shape and dtype: as x, of a floating-point type.</summary>
    /// <param name="x">A floating-point tensor.</param>
    /// <param name="weight">One slope, or one for each channel, the size of dim 1 of x.</param>
    /// <exception cref="ShapeException">The number of slopes is neither 1 nor that of the channels.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor prelu(Tensor x, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        OperandChecks.RequireReal("prelu", x);
        var channels = x.ndim > 1 ? x.shape[1] : 1;
        if (weight.ndim > 1 || (weight.numel() != 1 && weight.numel() != channels))
        {
            throw new ShapeException(
                $"prelu: weight {weight.Type} must hold 1 number, or one for each of the {channels} channels (dim 1) of {x.Type}.");
        }

        // The positive part is taken out first: its gradient by the slope must stay 0 where x is infinite.
        var slope =
            weight.ndim == 0 ? weight : weight.numel() == 1 ? reshape(weight, Shape.Scalar) : Broadcasting.AlongDim(weight, x.ndim, 1);
        var isPositive = x > 0;
        return where(isPositive, x, slope * where(isPositive, 0, x)).to(x.dtype);
    }

    /// <summary>x where it is above a threshold, otherwise a fixed value. Shape and dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="threshold">What x must exceed to stay.</param>
    /// <param name="value">What stands in for the rest.</param>
    public static Tensor threshold(Tensor x, double threshold, double value) => where(x <= threshold, value, x).to(x.dtype);

    /// <summary>
    /// x, but 0 where its magnitude is at most lambd; no gradient flows where x is NaN. Shape and dtype: as x, which must not be bool.
    /// </summary>
    /// <param name="x">Any tensor of numbers.</param>
    /// <param name="lambd">The largest magnitude that becomes 0.</param>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor hardshrink(Tensor x, double lambd = 0.5)
    {
        ArgumentNullException.ThrowIfNull(x);
        return where(abs(x) <= lambd, 0, ConstantWhereNan(x));
    }

    /// <summary>
    /// x moved towards 0 by lambd, and 0 where it would cross; no gradient flows where x is NaN. Shape and dtype: as x
    /// (integers become float32).
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="lambd">How far to move; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">lambd is negative or not a number.</exception>
    public static Tensor softshrink(Tensor x, double lambd = 0.5) => lambd >= 0
        ? ConstantWhereNan(x) - clamp(x, -lambd, lambd)
        : throw new ArgumentOutOfRangeException(nameof(lambd), lambd, "softshrink: lambd must not be negative.");

    /// <summary>
    /// x where it is positive, elsewhere x times a slope: in training drawn anew for each element from lower to upper, otherwise the middle
    /// of both. Source: pytorch.org/docs/stable/generated/torch.nn.RReLU.html.
    /// </summary>
    /// <param name="x">Any shape, floating-point.</param>
    /// <param name="lower">The least slope.</param>
    /// <param name="upper">The largest slope.</param>
    /// <param name="training">Whether slopes are drawn.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">lower is more than upper, or not finite.</exception>
    public static Tensor rrelu(Tensor x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false, RngKey? key = null)
    {
        OperandChecks.RequireReal("rrelu", x);
        if (!double.IsFinite(lower) || !(lower <= upper) || !double.IsFinite(upper))
        {
            throw new ArgumentOutOfRangeException(nameof(lower), lower, $"rrelu: lower must be at most upper, {upper}, and both finite.");
        }

        if (!training)
        {
            return leaky_relu(x, (lower + upper) / 2);
        }

        var slopes = ((Rng.Uniform(x.shape, DType.Float32, key) * (upper - lower)) + lower).to(x.dtype);
        return where(le(x, 0), x * slopes, x);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.leaky_relu"/>
    public Tensor leaky_relu(double negative_slope = 0.01) => F.leaky_relu(this, negative_slope);

    /// <inheritdoc cref="F.prelu"/>
    public Tensor prelu(Tensor weight) => F.prelu(this, weight);

    /// <inheritdoc cref="F.hardshrink"/>
    public Tensor hardshrink(double lambd = 0.5) => F.hardshrink(this, lambd);
}

/// <summary>Gradients of rectifiers.</summary>
file static class RectifierGradients
{
    /// <summary>x, from which no gradient flows where it is NaN, as libtorch's kernels have it.</summary>
    public static Tensor ConstantWhereNan(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.dtype.IsFloatingPoint() ? where(isnan(x), double.NaN, x) : x;
    }
}
