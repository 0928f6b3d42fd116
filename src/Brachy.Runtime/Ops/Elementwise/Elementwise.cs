using Brachy.Extending;
using static Brachy.NativeArithmetic;

namespace Brachy;

// Smooth functions of single elements.
public static partial class F
{
    /// <summary>Elementwise e^x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor exp(Tensor x) => Exp.Bind(x);

    internal static readonly Primitive<NoSettings> Exp = Unary.Float("exp", x => x.exp(), "torch.exp", (g, y, x) => g * y, inPlace: "exp_");

    /// <summary>Elementwise e^x - 1, exact for small x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor expm1(Tensor x) => Expm1.Bind(x);

    internal static readonly Primitive<NoSettings> Expm1 = Unary.Float(
        "expm1", x => x.expm1(), "torch.expm1", (g, y, x) => g * (y + 1), inPlace: "expm1_");

    /// <summary>Elementwise natural logarithm. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor log(Tensor x) => Log.Bind(x);

    internal static readonly Primitive<NoSettings> Log = Unary.Float("log", x => x.log(), "torch.log", (g, y, x) => g / x, inPlace: "log_");

    /// <summary>Elementwise log(1 + x), exact for small x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor log1p(Tensor x) => Log1p.Bind(x);

    internal static readonly Primitive<NoSettings> Log1p = Unary.Float(
        "log1p", x => x.log1p(), "torch.log1p", (g, y, x) => g / (x + 1), inPlace: "log1p_");

    /// <summary>Elementwise square root. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sqrt(Tensor x) => Sqrt.Bind(x);

    internal static readonly Primitive<NoSettings> Sqrt = Unary.Float(
        "sqrt", x => x.sqrt(), "torch.sqrt", (g, y, x) => g / (y * 2), inPlace: "sqrt_");

    /// <summary>Elementwise 1 / sqrt(x). Shape and dtype: as x (integers become float32).</summary>
    public static Tensor rsqrt(Tensor x) => Rsqrt.Bind(x);

    internal static readonly Primitive<NoSettings> Rsqrt = Unary.Float(
        "rsqrt", x => x.rsqrt(), "torch.rsqrt", (g, y, x) => g * pow(y, 3) * -0.5, inPlace: "rsqrt_");

    /// <summary>Elementwise 1 / x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor reciprocal(Tensor x) => Reciprocal.Bind(x);

    internal static readonly Primitive<NoSettings> Reciprocal = Unary.Float(
        "reciprocal", x => x.reciprocal(), "torch.reciprocal", (g, y, x) => -g * square(y), inPlace: "reciprocal_");

    /// <summary>Elementwise sine. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sin(Tensor x) => Sin.Bind(x);

    internal static readonly Primitive<NoSettings> Sin = Unary.Float(
        "sin", x => x.sin(), "torch.sin", (g, y, x) => g * cos(x), inPlace: "sin_");

    /// <summary>Elementwise cosine. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor cos(Tensor x) => Cos.Bind(x);

    internal static readonly Primitive<NoSettings> Cos = Unary.Float(
        "cos", x => x.cos(), "torch.cos", (g, y, x) => -g * sin(x), inPlace: "cos_");

    /// <summary>Elementwise tangent. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor tan(Tensor x) => Tan.Bind(x);

    internal static readonly Primitive<NoSettings> Tan = Unary.Float("tan", x => x.tan(), "torch.tan", (g, y, x) => g * (square(y) + 1));

    internal static readonly Primitive<NoSettings> TanhBackward = Binary.Backward(
        "tanh_backward", x => x[0] * x.Temporary(OneMinus(x.Temporary(x[1].mul(x[1])))),
        x => $"torch.tanh_backward({x[0]}, {x[1]}{x.Into})", Vjp.Decompose(x => [x[0] * (1 - square(x[1]))]),
        InPlace.Into("grad_input", 0));

    /// <summary>Elementwise hyperbolic tangent. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor tanh(Tensor x) => Tanh.Bind(x);

    internal static readonly Primitive<NoSettings> Tanh = Unary.Float(
        "tanh", x => x.tanh(), "torch.tanh", (g, y, x) => TanhBackward.Bind(g, y), inPlace: "tanh_");

    internal static readonly Primitive<NoSettings> SigmoidBackward = Binary.Backward(
        "sigmoid_backward", x => x.Temporary(x[0] * x.Temporary(OneMinus(x[1]))) * x[1],
        x => $"torch.sigmoid_backward({x[0]}, {x[1]}{x.Into})", Vjp.Decompose(x => [x[0] * (1 - x[1]) * x[1]]),
        InPlace.Into("grad_input", 0));

    /// <summary>Elementwise 1 / (1 + e^-x). Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sigmoid(Tensor x) => Sigmoid.Bind(x);

    internal static readonly Primitive<NoSettings> Sigmoid = Unary.Float(
        "sigmoid", x => x.sigmoid(), "torch.sigmoid", (g, y, x) => SigmoidBackward.Bind(g, y), inPlace: "sigmoid_");

    /// <summary>
    /// Elementwise error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. Shape and dtype: as x (integers become float32).
    /// </summary>
    public static Tensor erf(Tensor x) => Erf.Bind(x);

    internal static readonly Primitive<NoSettings> Erf = Unary.Float(
        "erf", x => x.erf(), "torch.erf", (g, y, x) => g * exp(-square(x)) * (2 / Math.Sqrt(Math.PI)), inPlace: "erf_");
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.exp"/>
    public Tensor exp() => F.exp(this);

    /// <inheritdoc cref="F.expm1"/>
    public Tensor expm1() => F.expm1(this);

    /// <inheritdoc cref="F.log"/>
    public Tensor log() => F.log(this);

    /// <inheritdoc cref="F.log1p"/>
    public Tensor log1p() => F.log1p(this);

    /// <inheritdoc cref="F.sqrt"/>
    public Tensor sqrt() => F.sqrt(this);

    /// <inheritdoc cref="F.rsqrt"/>
    public Tensor rsqrt() => F.rsqrt(this);

    /// <inheritdoc cref="F.reciprocal"/>
    public Tensor reciprocal() => F.reciprocal(this);

    /// <inheritdoc cref="F.sin"/>
    public Tensor sin() => F.sin(this);

    /// <inheritdoc cref="F.cos"/>
    public Tensor cos() => F.cos(this);

    /// <inheritdoc cref="F.tan"/>
    public Tensor tan() => F.tan(this);

    /// <inheritdoc cref="F.tanh"/>
    public Tensor tanh() => F.tanh(this);

    /// <inheritdoc cref="F.sigmoid"/>
    public Tensor sigmoid() => F.sigmoid(this);

    /// <inheritdoc cref="F.erf"/>
    public Tensor erf() => F.erf(this);
}
