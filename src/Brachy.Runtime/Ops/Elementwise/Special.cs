using Brachy.Extending;

namespace Brachy;

/// <summary>The number of the derivative.</summary>
internal sealed record PolygammaSettings(long N) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("n", N)];
}

// Logarithms and powers to other bases, and special functions.
public static partial class F
{
    /// <summary>Elementwise logarithm to the base 2. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor log2(Tensor x) => Log2.Bind(x);

    internal static readonly Primitive<NoSettings> Log2 = Unary.Float(
        "log2", x => x.log2(), "torch.log2", (g, y, x) => g / (x * Math.Log(2)));

    /// <summary>Elementwise logarithm to the base 10. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor log10(Tensor x) => Log10.Bind(x);

    internal static readonly Primitive<NoSettings> Log10 = Unary.Float(
        "log10", x => x.log10(), "torch.log10", (g, y, x) => g / (x * Math.Log(10)));

    /// <summary>Elementwise 2^x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor exp2(Tensor x) => Exp2.Bind(x);

    internal static readonly Primitive<NoSettings> Exp2 = Unary.Float(
        "exp2", x => x.exp2(), "torch.exp2", (g, y, x) => g * y * Math.Log(2));

    /// <summary>Elementwise 1 - erf(x), exact for large x. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor erfc(Tensor x) => Erfc.Bind(x);

    internal static readonly Primitive<NoSettings> Erfc = Unary.Float(
        "erfc", x => x.erfc(), "torch.erfc", (g, y, x) => g * exp(-square(x)) * (-2 / Math.Sqrt(Math.PI)));

    /// <summary>Elementwise inverse of <see cref="erf"/>; NaN outside [-1, 1]. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor erfinv(Tensor x) => Erfinv.Bind(x);

    internal static readonly Primitive<NoSettings> Erfinv = Unary.Float(
        "erfinv", x => x.erfinv(), "torch.erfinv", (g, y, x) => g * exp(square(y)) * (Math.Sqrt(Math.PI) / 2));

    /// <summary>Elementwise log |gamma(x)|. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor lgamma(Tensor x) => Lgamma.Bind(x);

    internal static readonly Primitive<NoSettings> Lgamma = Unary.Float(
        "lgamma", x => x.lgamma(), "torch.lgamma", (g, y, x) => g * digamma(x));

    /// <summary>Elementwise derivative of <see cref="lgamma"/>. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor digamma(Tensor x) => Digamma.Bind(x);

    internal static readonly Primitive<NoSettings> Digamma = Unary.Float(
        "digamma", x => x.digamma(), "torch.digamma", (g, y, x) => g * polygamma(1, x));

    /// <summary>Elementwise n-th derivative of <see cref="digamma"/>. Shape and dtype: as x (integers become float32).</summary>
    /// <param name="n">Which derivative; 0 is digamma itself.</param>
    /// <param name="x">Any tensor.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is negative, or larger than an int.</exception>
    public static Tensor polygamma(long n, Tensor x) => Polygamma.Bind(new PolygammaSettings(n), x);

    internal static readonly Primitive<PolygammaSettings> Polygamma = Unary.Of<PolygammaSettings>(
        "polygamma",
        x => x.Settings.N is >= 0 and <= int.MaxValue
            ? Shapes.FloatUnary(x)
            : throw new ArgumentOutOfRangeException(
                "n", x.Settings.N, "polygamma: the number of the derivative must be 0 or more, and fit an int."),
        x => x[0].polygamma(x.Settings.N), x => $"torch.polygamma({x.Settings.N}, {x[0]})",
        Vjp.Rule<PolygammaSettings>((g, y, x) => [g * polygamma(x.Settings.N + 1, x[0])]));

    /// <summary>
    /// Elementwise log(e^left + e^right) without overflow. Shape: broadcast of both; dtype: promoted, of a floating-point type.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">Both hold integers.</exception>
    public static Tensor logaddexp(Tensor left, Tensor right) => LogAddExp.Bind(left, right);

    internal static readonly Primitive<NoSettings> LogAddExp = Binary.Of(
        "logaddexp", ElementRules.BinaryReal, Binary.Kernel((a, b) => a.logaddexp(b)), Binary.Call("torch.logaddexp", takesNumber: false),
        Vjp.Rule((g, y, x) =>
        {
            // Equal infinities have no difference, and truth values cannot be subtracted.
            var (left, right) = (ElementRules.NotBool(x[0]), ElementRules.NotBool(x[1]));
            var difference = where(eq(left, right), 0, left - right);
            return [x.If(0, () => g * sigmoid(difference)), x.If(1, () => g * sigmoid(-difference))];
        }));

    /// <summary>
    /// Elementwise log(2^left + 2^right) to the base 2, without overflow. Shape: broadcast of both; dtype: promoted,
    /// of a floating-point type.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">Both hold integers.</exception>
    public static Tensor logaddexp2(Tensor left, Tensor right) => logaddexp(left * Math.Log(2), right * Math.Log(2)) / Math.Log(2);

    /// <summary>
    /// Elementwise left * log(right), and 0 where left is 0, unless right is NaN. Shape: broadcast of both; dtype: promoted
    /// (integers give float32).
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor xlogy(Tensor left, Tensor right) => XLogY.Bind(left, right);

    internal static readonly Primitive<NoSettings> XLogY = Binary.Of(
        "xlogy", Shapes.FloatBinary, Binary.Kernel((a, b) => a.xlogy(b), (a, n) => a.xlogy(n)), Binary.Call("torch.xlogy"),
        Vjp.Rule((g, y, x) =>
        [
            x.If(0, () =>
            {
                var right = ElementRules.Exact(x[1], g);
                var isFlat = logical_and(eq(x[0], 0), right <= 0);
                return where(isFlat, 0, g * log(where(isFlat, 1, right)));
            }),
            x.If(1, () => g * x[0] / x[1]),
        ]));

    /// <summary>
    /// Elementwise log(x / (1 - x)), the inverse of <see cref="sigmoid"/>. Shape and dtype: as x (integers become float32).
    /// </summary>
    /// <param name="x">Probabilities; outside [0, 1] the result is NaN unless eps is given.</param>
    /// <param name="eps">Clamps x to [eps, 1 - eps] first; null for no clamping.</param>
    public static Tensor logit(Tensor x, double? eps = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var p = eps is { } margin ? clamp(to(x, Promotion.ToFloat(x.dtype)), margin, 1 - margin) : x;

        // Outside the domain the gradient is NaN like the value, which the logarithms' alone is not.
        p += where(logical_or(p < 0, p > 1), double.NaN, 0);
        return log(p) - log1p(-p);
    }

    /// <summary>log of the multivariate gamma function of a dimension. Shape and dtype: as x (integers become float32).</summary>
    /// <param name="x">More than (p - 1) / 2.</param>
    /// <param name="p">The dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not positive, or above 1000.</exception>
    public static Tensor mvlgamma(Tensor x, long p)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (p is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "mvlgamma: the dimension must lie between 1 and 1000.");
        }

        var real = unsqueeze(to(x, Promotion.ToFloat(x.dtype)), -1);
        return sum(lgamma(real - arange(p, real.dtype, real.device) / 2), [-1]) + p * (p - 1) / 4.0 * Math.Log(Math.PI);
    }

    /// <summary>
    /// Elementwise left * log(1 + right), and 0 where left is 0, unless right is NaN. Shape: broadcast; dtype: promoted
    /// (integers give float32).
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor xlog1py(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);

        // The logarithm is replaced before it becomes infinite, so that no gradient meets 0 times infinity.
        var isFlat = logical_and(eq(left, 0), logical_or(right <= -1, isposinf(right)));
        return where(isFlat, 0, left * log1p(where(isFlat, 0, right)));
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.log2"/>
    public Tensor log2() => F.log2(this);

    /// <inheritdoc cref="F.log10"/>
    public Tensor log10() => F.log10(this);

    /// <inheritdoc cref="F.exp2"/>
    public Tensor exp2() => F.exp2(this);

    /// <inheritdoc cref="F.erfc"/>
    public Tensor erfc() => F.erfc(this);

    /// <inheritdoc cref="F.erfinv"/>
    public Tensor erfinv() => F.erfinv(this);

    /// <inheritdoc cref="F.lgamma"/>
    public Tensor lgamma() => F.lgamma(this);

    /// <inheritdoc cref="F.digamma"/>
    public Tensor digamma() => F.digamma(this);

    /// <inheritdoc cref="F.polygamma"/>
    public Tensor polygamma(long n) => F.polygamma(n, this);

    /// <inheritdoc cref="F.logaddexp"/>
    public Tensor logaddexp(Tensor right) => F.logaddexp(this, right);

    /// <inheritdoc cref="F.logaddexp2"/>
    public Tensor logaddexp2(Tensor right) => F.logaddexp2(this, right);

    /// <inheritdoc cref="F.xlogy"/>
    public Tensor xlogy(Tensor right) => F.xlogy(this, right);

    /// <inheritdoc cref="F.logit"/>
    public Tensor logit(double? eps = null) => F.logit(this, eps);

    /// <inheritdoc cref="F.xlog1py"/>
    public Tensor xlog1py(Tensor right) => F.xlog1py(this, right);

    /// <inheritdoc cref="F.mvlgamma"/>
    public Tensor mvlgamma(long p) => F.mvlgamma(this, p);
}
