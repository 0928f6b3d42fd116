using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.GeluRules;
using static Brachy.NativeArithmetic;

namespace Brachy;

// Activation functions.
public static partial class F
{
    internal static readonly Primitive<NoSettings> ThresholdBackward = Binary.Backward(
        "threshold_backward", x => x[0].masked_fill(x.Temporary(x[1].le(NativeNumber.Of(0))), NativeNumber.Of(0)),
        x => $"torch.threshold_backward({x[0]}, {x[1]}, 0{x.Into})",
        Vjp.Rule((g, y, x) => [x.If(0, () => x.Primitive.BindUntyped(x.Settings, g, x[1])[0]), null]), InPlace.Into("grad_input", 0));

    /// <summary>x itself.</summary>
    public static Tensor identity(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x;
    }

    /// <summary>Elementwise max(x, 0); its gradient at 0 is 0. Shape and dtype: as x, which must not be bool.</summary>
    public static Tensor relu(Tensor x) => Relu.Bind(x);

    internal static readonly Primitive<NoSettings> Relu = Unary.Of(
        "relu", ElementRules.UnaryNotBool, x => x.relu(), "torch.relu", (g, y, x) => ThresholdBackward.Bind(g, y), inPlace: "relu_");

    internal static readonly Primitive<GeluSettings> GeluBackward = Binary.Backward<GeluSettings>(
        "gelu_backward", x => GeluBackwardKernel(x, x[0], x[1]),
        x => $"torch.gelu_backward({x[0]}, {x[1]}, approximate='{x.Settings.Approximate}'{x.Into})",
        Vjp.Decompose<GeluSettings>(x => [x[0] * (IsTanh(x) ? GeluTanhSlope(x[1]) : GeluSlope(x[1]))]), InPlace.Into("grad_input", 0));

    /// <summary>
    /// Gaussian error linear unit: x times the normal distribution function of x. Shape and dtype: as x, of a floating-point type.
    /// Formula: Hendrycks and Gimpel, arXiv:1606.08415.
    /// </summary>
    /// <param name="x">Any tensor of a floating-point type.</param>
    /// <param name="approximate"><c>none</c> for the exact function, <c>tanh</c> for x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).</param>
    /// <exception cref="ArgumentException"><paramref name="approximate"/> is neither.</exception>
    public static Tensor gelu(Tensor x, string approximate = "none") => approximate is "none" or "tanh"
        ? Gelu.Bind(new GeluSettings(approximate), x)
        : throw new ArgumentException($"gelu: approximate must be \"none\" or \"tanh\", but is \"{approximate}\".", nameof(approximate));

    internal static readonly Primitive<GeluSettings> Gelu = Unary.Of<GeluSettings>(
        "gelu", ElementRules.UnaryReal,
        x => TorchSharp.torch.nn.functional.gelu(
            x[0], IsTanh(x) ? TorchSharp.Modules.GELU.Approximate.tanh : TorchSharp.Modules.GELU.Approximate.none),
        x => $"torch.gelu({x[0]}, approximate='{x.Settings.Approximate}'{x.Into})",
        Vjp.Rule<GeluSettings>((g, y, x) => [GeluBackward.Bind(x.Settings, g, x[0])]),
        InPlace.Into("out", 0));

    internal static readonly Primitive<NoSettings> SiluBackward = Binary.Backward(
        "silu_backward",
        x =>
        {
            var s = x.Temporary(x[1].sigmoid());
            var slope = x.Temporary(x.Temporary(Plus(x.Temporary(x.Temporary(OneMinus(s)) * x[1]), 1)).mul(s));
            return x[0] * slope;
        },
        x => $"torch.silu_backward({x[0]}, {x[1]}{x.Into})",
        Vjp.Decompose(x =>
        {
            var s = sigmoid(x[1]);
            return [x[0] * (s * (1 + x[1] * (1 - s)))];
        }),
        InPlace.Into("grad_input", 0));

    /// <summary>x * sigmoid(x), also called swish. Shape and dtype: as x, of a floating-point type.</summary>
    public static Tensor silu(Tensor x) => Silu.Bind(x);

    internal static readonly Primitive<NoSettings> Silu = Unary.Of(
        "silu", ElementRules.UnaryReal, x => TorchSharp.torch.nn.functional.silu(x), "torch.silu", (g, y, x) => SiluBackward.Bind(g, x),
        inPlace: "silu_");
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.relu"/>
    public Tensor relu() => F.relu(this);

    /// <inheritdoc cref="F.gelu"/>
    public Tensor gelu(string approximate = "none") => F.gelu(this, approximate);

    /// <inheritdoc cref="F.silu"/>
    public Tensor silu() => F.silu(this);
}

/// <summary>The rules of GELU.</summary>
file static class GeluRules
{
    public static bool IsTanh(IRuleArgs<GeluSettings> x) => x.Settings.Approximate == "tanh";

    public static Tensor GeluSlope(Tensor x) =>
        (1 + erf(x * Math.Sqrt(0.5))) * 0.5 + x * exp(square(x) * -0.5) * (1 / Math.Sqrt(2 * Math.PI));

    public static Tensor GeluTanhSlope(Tensor x)
    {
        var scale = Math.Sqrt(2 / Math.PI);
        var t = tanh((x + pow(x, 3) * 0.044715) * scale);
        return (1 + t) * 0.5 + x * (1 - square(t)) * (1 + square(x) * (3 * 0.044715)) * (0.5 * scale);
    }

    /// <summary>TorchSharp does not have this kernel; the tensors are released with the rule's temporaries.</summary>
    public static TorchSharp.torch.Tensor GeluBackwardKernel(
        EagerArgs<GeluSettings> args, TorchSharp.torch.Tensor g, TorchSharp.torch.Tensor x)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        TorchSharp.torch.Tensor slope;
        if (IsTanh(args))
        {
            var scale = Math.Sqrt(2 / Math.PI);
            var t = Times(Added(x, Times(x.pow(NativeNumber.Of(3)), 0.044715)), scale).tanh();
            slope = Added(Times(Plus(t, 1), 0.5), Times(x * OneMinus(t * t) * Plus(Times(x * x, 3 * 0.044715), 1), 0.5 * scale));
        }
        else
        {
            slope = Added(
                Times(Plus(Times(x, Math.Sqrt(0.5)).erf(), 1), 0.5), Times(x * Times(x * x, -0.5).exp(), 1 / Math.Sqrt(2 * Math.PI)));
        }

        return (g * slope).MoveToOuterDisposeScope();
    }
}
