using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.ExponentialActivationRules;
using static Brachy.F;
using static Brachy.NativeArithmetic;

namespace Brachy;

// Activation functions made of exponentials and logarithms. No intermediate value overflows.
public static partial class F
{
    internal static readonly Primitive<EluSettings> EluBackward = Binary.Backward<EluSettings>(
        "elu_backward",
        ElementRules.TimesSlope<EluSettings>((settings, x) =>
        {
            var factor = settings.Alpha * settings.Scale * settings.InputScale;
            return Times(Times(x.clamp(max: NativeNumber.Of(0)), settings.InputScale).exp(), factor).masked_fill(
                x.gt(NativeNumber.Of(0)), NativeNumber.Of(settings.Scale));
        }),
        x => ActivationScripts.NanWhereNan(x, $"torch.elu_backward({x[0]}, {EluNumbers(x)}, False, {x[1]})"),
        Vjp.Decompose<EluSettings>(x =>
        {
            var factor = x.Settings.Alpha * x.Settings.Scale * x.Settings.InputScale;
            return [x[0] * where(x[1] > 0, x.Settings.Scale, exp(clamp(x[1], max: 0) * x.Settings.InputScale) * factor)];
        }));

    /// <summary>
    /// x where it is positive, otherwise alpha (e^x - 1). Shape and dtype: as x, of a floating-point type. Formula: Clevert
    /// et al., arXiv:1511.07289.
    /// </summary>
    /// <param name="x">Any tensor of a floating-point type.</param>
    /// <param name="alpha">Minus the limit on the left.</param>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor elu(Tensor x, double alpha = 1) => ExponentialActivationRules.elu(x, alpha, 1, 1);

    /// <summary>
    /// 1.0507 times elu with alpha 1.6733, which keeps mean 0 and variance 1. Shape and dtype: as x, of a floating-point type.
    /// Formula: Klambauer et al., arXiv:1706.02515.
    /// </summary>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor selu(Tensor x) => ExponentialActivationRules.elu(x, ActivationNumbers.SeluAlpha, ActivationNumbers.SeluScale, 1);

    /// <summary>
    /// x where it is positive, otherwise alpha (e^(x/alpha) - 1): an elu whose gradient does not jump. Shape and dtype: as x, of a
    /// floating-point type. Formula: Barron, arXiv:1704.07483.
    /// </summary>
    /// <param name="x">Any tensor of a floating-point type.</param>
    /// <param name="alpha">Minus the limit on the left; not 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">alpha is 0.</exception>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor celu(Tensor x, double alpha = 1) => alpha != 0
        ? ExponentialActivationRules.elu(x, alpha, 1, 1 / alpha)
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "celu: alpha must not be 0.");

    internal static readonly Primitive<EluSettings> Elu = Unary.Of<EluSettings>(
        "elu", ElementRules.UnaryReal,
        x => x[0].elu(NativeNumber.Of(x.Settings.Alpha), NativeNumber.Of(x.Settings.Scale), NativeNumber.Of(x.Settings.InputScale)),
        x => $"torch.elu({x[0]}, {EluNumbers(x)})", Vjp.Rule<EluSettings>((g, y, x) => [EluBackward.Bind(x.Settings, g, x[0])]));

    internal static readonly Primitive<SoftplusSettings> SoftplusBackward = Binary.Backward<SoftplusSettings>(
        "softplus_backward",
        ElementRules.TimesSlope<SoftplusSettings>((settings, x) =>
        {
            var scaled = Times(x, settings.Beta);
            return scaled.sigmoid().masked_fill(scaled.gt(NativeNumber.Of(settings.Threshold)), NativeNumber.Of(1));
        }),
        x => $"torch.softplus_backward({x[0]}, {x[1]}, {SoftplusNumbers(x)})",
        Vjp.Decompose<SoftplusSettings>(x =>
        {
            var scaled = x[1] * x.Settings.Beta;
            return [x[0] * where(scaled > x.Settings.Threshold, 1, sigmoid(scaled))];
        }));

    /// <summary>
    /// log(1 + e^(beta x)) / beta: a smooth relu, computed without overflow. Shape and dtype: as x, of a floating-point type.
    /// </summary>
    /// <param name="x">Any tensor of a floating-point type.</param>
    /// <param name="beta">How sharp the bend is.</param>
    /// <param name="threshold">Where beta x is above it, the result is x.</param>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) =>
        Softplus.Bind(new SoftplusSettings(beta, threshold), x);

    internal static readonly Primitive<SoftplusSettings> Softplus = Unary.Of<SoftplusSettings>(
        "softplus", ElementRules.UnaryReal, x => SoftplusKernels.Invoke("softplus", x[0], x.Settings.Beta, x.Settings.Threshold)[0],
        x => $"torch.softplus({x[0]}, {SoftplusNumbers(x)})",
        Vjp.Rule<SoftplusSettings>((g, y, x) => [SoftplusBackward.Bind(x.Settings, g, x[0])]));

    /// <summary>log(sigmoid(x)), computed without overflow. Shape and dtype: as x, of a floating-point type.</summary>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor logsigmoid(Tensor x) => -softplus(-x, 1, ActivationNumbers.ExactThreshold);

    internal static readonly Primitive<NoSettings> MishBackward = Binary.Backward(
        "mish_backward",
        ElementRules.TimesSlope(x =>
        {
            var t = SoftplusKernels.Invoke("softplus", x, 1.0, (double)ActivationNumbers.ExactThreshold)[0].tanh();
            return Added(t, x * x.sigmoid() * OneMinus(t * t));
        }),
        x => $"torch.mish_backward({x[0]}, {x[1]})",
        Vjp.Decompose(x =>
        {
            var t = tanh(softplus(x[1], 1, ActivationNumbers.ExactThreshold));
            return [x[0] * (t + x[1] * sigmoid(x[1]) * (1 - square(t)))];
        }));

    /// <summary>x * tanh(softplus(x)). Shape and dtype: as x, of a floating-point type. Formula: Misra, arXiv:1908.08681.</summary>
    /// <exception cref="DTypeException">x is not floating-point.</exception>
    public static Tensor mish(Tensor x) => Mish.Bind(x);

    internal static readonly Primitive<NoSettings> Mish = Unary.Of(
        "mish", ElementRules.UnaryReal, x => torch.nn.functional.mish(x), "torch.mish", (g, y, x) => MishBackward.Bind(g, x));

    /// <summary>log(1 - e^-x) for positive x, exact near 0 and far from it. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor log1mexp(Tensor x)
    {
        // Each branch sees harmless numbers where the other one counts, so that neither gradient is infinite there.
        var isSmall = x < Math.Log(2);
        return where(isSmall, log(-expm1(-where(isSmall, x, 1.0))), log1p(-exp(-where(isSmall, 1.0, x))));
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.elu(Tensor, double)"/>
    public Tensor elu(double alpha = 1) => F.elu(this, alpha);

    /// <inheritdoc cref="F.selu"/>
    public Tensor selu() => F.selu(this);

    /// <inheritdoc cref="F.celu"/>
    public Tensor celu(double alpha = 1) => F.celu(this, alpha);

    /// <inheritdoc cref="F.softplus"/>
    public Tensor softplus(double beta = 1, double threshold = 20) => F.softplus(this, beta, threshold);

    /// <inheritdoc cref="F.logsigmoid"/>
    public Tensor log_sigmoid() => F.logsigmoid(this);
}

/// <summary>The rules of ELU and softplus.</summary>
file static class ExponentialActivationRules
{
    // TorchSharp's function makes its numbers itself; see NativeNumber.
    public static readonly Native.EagerScript SoftplusKernels = new(
        """
        def softplus(x, beta: float, threshold: float):
            return [torch.softplus(x, beta, threshold)]

        """);

    public static Tensor elu(Tensor x, double alpha, double scale, double inputScale) =>
        Elu.Bind(new EluSettings(alpha, scale, inputScale), x);

    public static string EluNumbers(IRuleArgs<EluSettings> x) =>
        $"{Script.Real(x.Settings.Alpha)}, {Script.Real(x.Settings.Scale)}, {Script.Real(x.Settings.InputScale)}";

    public static string SoftplusNumbers(IRuleArgs<SoftplusSettings> x) =>
        $"{Script.Real(x.Settings.Beta)}, {Script.Real(x.Settings.Threshold)}";
}
