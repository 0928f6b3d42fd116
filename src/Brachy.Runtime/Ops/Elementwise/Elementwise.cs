namespace Brachy;

/// <summary>Operations on tensors, under PyTorch's names. This part: smooth functions of single elements.</summary>
public static partial class F
{
    /// <summary>Elementwise e^x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor exp(Tensor x) => Exp.Bind(x);

    internal static readonly Primitive Exp = new("exp")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].exp(),
        Script = x => $"torch.exp({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * y]),
        InPlace = InPlace.Unary("exp_"),
    };

    /// <summary>Elementwise e^x - 1, exact for small x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor expm1(Tensor x) => Expm1.Bind(x);

    internal static readonly Primitive Expm1 = new("expm1")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].expm1(),
        Script = x => $"torch.expm1({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * (y + 1)]),
        InPlace = InPlace.Unary("expm1_"),
    };

    /// <summary>Elementwise natural logarithm. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor log(Tensor x) => Log.Bind(x);

    internal static readonly Primitive Log = new("log")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].log(),
        Script = x => $"torch.log({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g / x[0]]),
        InPlace = InPlace.Unary("log_"),
    };

    /// <summary>Elementwise log(1 + x), exact for small x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor log1p(Tensor x) => Log1p.Bind(x);

    internal static readonly Primitive Log1p = new("log1p")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].log1p(),
        Script = x => $"torch.log1p({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g / (x[0] + 1)]),
        InPlace = InPlace.Unary("log1p_"),
    };

    /// <summary>Elementwise square root. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sqrt(Tensor x) => Sqrt.Bind(x);

    internal static readonly Primitive Sqrt = new("sqrt")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].sqrt(),
        Script = x => $"torch.sqrt({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g / (y * 2)]),
        InPlace = InPlace.Unary("sqrt_"),
    };

    /// <summary>Elementwise 1 / sqrt(x). Shape and dtype: as x (integers become float32).</summary>
    public static Tensor rsqrt(Tensor x) => Rsqrt.Bind(x);

    internal static readonly Primitive Rsqrt = new("rsqrt")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].rsqrt(),
        Script = x => $"torch.rsqrt({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * pow(y, 3) * -0.5]),
        InPlace = InPlace.Unary("rsqrt_"),
    };

    /// <summary>Elementwise 1 / x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor reciprocal(Tensor x) => Reciprocal.Bind(x);

    internal static readonly Primitive Reciprocal = new("reciprocal")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].reciprocal(),
        Script = x => $"torch.reciprocal({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [-g * square(y)]),
        InPlace = InPlace.Unary("reciprocal_"),
    };

    /// <summary>Elementwise sine. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sin(Tensor x) => Sin.Bind(x);

    internal static readonly Primitive Sin = new("sin")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].sin(),
        Script = x => $"torch.sin({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * cos(x[0])]),
        InPlace = InPlace.Unary("sin_"),
    };

    /// <summary>Elementwise cosine. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor cos(Tensor x) => Cos.Bind(x);

    internal static readonly Primitive Cos = new("cos")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].cos(),
        Script = x => $"torch.cos({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [-g * sin(x[0])]),
        InPlace = InPlace.Unary("cos_"),
    };

    /// <summary>Elementwise tangent. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor tan(Tensor x) => Tan.Bind(x);

    internal static readonly Primitive Tan = new("tan")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].tan(),
        Script = x => $"torch.tan({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * (square(y) + 1)]),
    };

    internal static readonly Primitive TanhBackward = new("tanh_backward")
    {
        Abstract = ElementRules.Backward,
        Eager = x => x[0] * x.Temporary(OneMinus(x.Temporary(x[1].mul(x[1])))),
        Script = x => $"torch.tanh_backward({x[0]}, {x[1]})",
        Vjp = Vjp.Decompose(x => [x[0] * (1 - square(x[1]))]),
        InPlace = InPlace.Into("grad_input", 0),
    };

    /// <summary>Elementwise hyperbolic tangent. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor tanh(Tensor x) => Tanh.Bind(x);

    internal static readonly Primitive Tanh = new("tanh")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].tanh(),
        Script = x => $"torch.tanh({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [TanhBackward.Bind(g, y)]),
        InPlace = InPlace.Unary("tanh_"),
    };

    internal static readonly Primitive SigmoidBackward = new("sigmoid_backward")
    {
        Abstract = ElementRules.Backward,
        Eager = x => x.Temporary(x[0] * x.Temporary(OneMinus(x[1]))) * x[1],
        Script = x => $"torch.sigmoid_backward({x[0]}, {x[1]})",
        Vjp = Vjp.Decompose(x => [x[0] * (1 - x[1]) * x[1]]),
        InPlace = InPlace.Into("grad_input", 0),
    };

    /// <summary>Elementwise 1 / (1 + e^-x). Shape and dtype: as x (integers become float32).</summary>
    public static Tensor sigmoid(Tensor x) => Sigmoid.Bind(x);

    internal static readonly Primitive Sigmoid = new("sigmoid")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].sigmoid(),
        Script = x => $"torch.sigmoid({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [SigmoidBackward.Bind(g, y)]),
        InPlace = InPlace.Unary("sigmoid_"),
    };

    /// <summary>Elementwise error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor erf(Tensor x) => Erf.Bind(x);

    internal static readonly Primitive Erf = new("erf")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].erf(),
        Script = x => $"torch.erf({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * exp(-square(x[0])) * (2 / Math.Sqrt(Math.PI))]),
        InPlace = InPlace.Unary("erf_"),
    };
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
