using Brachy.Compilation;
using Brachy.Extending;
using TorchSharp;
using static TorchSharp.torch;

namespace Brachy.Tests.Ops;

/// <summary>
/// Gradients at zeros of both signs, ties, tiny and huge numbers, infinities and NaN: those of libtorch's autograd, eagerly
/// and compiled, or a reason.
/// </summary>
public class SpecialGradientTests
{
    private delegate Brachy.Tensor Ours(Brachy.Tensor[] x);

    private delegate torch.Tensor Theirs(torch.Tensor[] x);

    private sealed record Row(string Name, int Arity, Ours Ours, Theirs Theirs)
    {
        /// <summary>How far gradients may be apart because digits cancel in all ways to compute them.</summary>
        public double Noise { get; init; }
    }

    // In TorchScript, of a, and of b where there are two operands: TorchSharp lacks functions, has one that does nothing, and may
    // collect numbers that it passes.
    private static readonly Dictionary<string, string> s_scripts = [];

    private static readonly Lazy<jit.CompilationUnit> s_unit = new(
        () => jit.compile(string.Concat(s_scripts.Select(f => $"def {f.Key}:\n    return {f.Value}\n\n"))));

    private static readonly double[] s_specials =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 6, -6, 1e-5, -1e-5, 1e-200, -1e-200, 5e-324, 1e200, -1e200, 1.5e308,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, 20, 41, 101, -101, 710, -746, 1.5707963267948966, 4, -1.5,
    ];

    private static readonly Dictionary<string, Row> s_elementwise = new[]
    {
        U("exp", F.exp, x => x.exp()), U("expm1", F.expm1, x => x.expm1()), U("log", F.log, x => x.log()),
        U("log1p", F.log1p, x => x.log1p()),
        U("log2", F.log2, x => x.log2()), U("log10", F.log10, x => x.log10()), U("exp2", F.exp2, x => x.exp2()),
        U("sqrt", F.sqrt, x => x.sqrt()), U("rsqrt", F.rsqrt, x => x.rsqrt()), U("reciprocal", F.reciprocal, x => x.reciprocal()),
        U("square", F.square, x => x.square()), U("abs", F.abs, x => x.abs()), U("neg", F.neg, x => x.neg()),
        U("sign", F.sign, x => x.sign()),
        U("sin", F.sin, x => x.sin()), U("cos", F.cos, x => x.cos()), U("tan", F.tan, x => x.tan()),
        U("tanh", F.tanh, x => x.tanh()) with { Noise = 1e-6 },
        U("asin", F.asin, x => x.asin()), U("acos", F.acos, x => x.acos()), U("atan", F.atan, x => x.atan()),
        U("sinh", F.sinh, x => x.sinh()), U("cosh", F.cosh, x => x.cosh()), U("asinh", F.asinh, x => x.asinh()),
        U("acosh", F.acosh, x => x.acosh()), U("atanh", F.atanh, x => x.atanh()),
        U("sigmoid", F.sigmoid, x => x.sigmoid()), U("erf", F.erf, x => x.erf()), U("erfc", F.erfc, x => x.erfc()),
        U("erfinv", F.erfinv, x => x.erfinv()),
        U("lgamma", F.lgamma, x => x.lgamma()), U("digamma", F.digamma, x => x.digamma()),
        S("polygamma", x => F.polygamma(1, x), "torch.polygamma(1, a)"),
        U("floor", F.floor, x => x.floor()), U("ceil", F.ceil, x => x.ceil()), U("round", F.round, x => x.round()),
        U("trunc", F.trunc, x => x.trunc()),
        S("nan_to_num", x => F.nan_to_num(x), "torch.nan_to_num(a)"), S("clamp", x => F.clamp(x, -1, 2), "torch.clamp(a, -1.0, 2.0)"),
        S("clamp from below", x => F.clamp(x, min: 0), "torch.clamp_min(a, 0.0)"), U("sinc", F.sinc, x => torch.special.sinc(x)),
        S("logit", x => F.logit(x), "torch.logit(a)"),
        S("logit, clamped", x => F.logit(x, 0.1), "torch.logit(a, 0.1)"),
        U("relu", F.relu, x => nn.functional.relu(x)), S("relu6", F.relu6, "torch.relu6(a)"),
        S("hardtanh", x => F.hardtanh(x, -2, 3), "torch.hardtanh(a, -2.0, 3.0)"),
        U("hardsigmoid", F.hardsigmoid, x => nn.functional.hardsigmoid(x)), U("hardswish", F.hardswish, x => nn.functional.hardswish(x)),
        S("elu", x => F.elu(x), "torch.elu(a, 1.0)"), S("elu, alpha", x => F.elu(x, 0.5), "torch.elu(a, 0.5)"),
        S("selu", F.selu, "torch.selu(a)"), S("celu", x => F.celu(x, 2), "torch.celu(a, 2.0)"),
        S("leaky_relu", x => F.leaky_relu(x), "torch.leaky_relu(a, 0.01)"),
        S("softplus", x => F.softplus(x), "torch.softplus(a, 1.0, 20.0)"),
        U("logsigmoid", F.logsigmoid, x => nn.functional.logsigmoid(x)), U("mish", F.mish, x => nn.functional.mish(x)),
        U("silu", F.silu, x => nn.functional.silu(x)),
        U("gelu", x => F.gelu(x), x => nn.functional.gelu(x)) with { Noise = 1e-6 },
        U("gelu, tanh", x => F.gelu(x, "tanh"), x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)) with { Noise = 1e-6 },
        U("softsign", F.softsign, x => nn.functional.softsign(x)) with { Noise = 1e-6 },
        U("tanhshrink", F.tanhshrink, x => nn.functional.tanhshrink(x)),
        S("softshrink", x => F.softshrink(x), "torch.softshrink(a, 0.5)"),
        S("hardshrink", x => F.hardshrink(x), "torch.hardshrink(a, 0.5)"),
        S("threshold", x => F.threshold(x, 1, 20), "torch.threshold(a, 1.0, 20.0)"),
        S("pow 0", x => F.pow(x, 0), "torch.pow(a, 0)"), S("pow 1", x => F.pow(x, 1), "torch.pow(a, 1)"),
        S("pow 2", x => F.pow(x, 2), "torch.pow(a, 2)"), S("pow 0.5", x => F.pow(x, 0.5), "torch.pow(a, 0.5)"),
        S("pow 3", x => F.pow(x, 3), "torch.pow(a, 3)"), S("pow -1", x => F.pow(x, -1), "torch.pow(a, -1)"),
        S("pow -0.5", x => F.pow(x, -0.5), "torch.pow(a, -0.5)"),
        S("0 to the power", x => F.pow(0.0, x), "torch.pow(0.0, a)"), S("2 to the power", x => F.pow(2.0, x), "torch.pow(2.0, a)"),
        B("add", F.add, (a, b) => a + b), B("sub", F.sub, (a, b) => a - b), B("mul", F.mul, (a, b) => a * b),
        B("div", F.div, (a, b) => a / b),
        B("pow", F.pow, (a, b) => a.pow(b)), B("maximum", F.maximum, (a, b) => a.maximum(b)),
        B("minimum", F.minimum, (a, b) => a.minimum(b)),
        B("atan2", F.atan2, (a, b) => a.atan2(b)), B("hypot", F.hypot, (a, b) => a.hypot(b)),
        B("logaddexp", F.logaddexp, (a, b) => a.logaddexp(b)),
        B("logaddexp2", F.logaddexp2, (a, b) => a.logaddexp2(b)) with { Noise = 1e-6 }, B("xlogy", F.xlogy, (a, b) => a.xlogy(b)),
        B("copysign", F.copysign, (a, b) => a.copysign(b)),
        B("fmod", F.fmod, (a, b) => a.fmod(b)), B("remainder", F.remainder, (a, b) => a.remainder(b)),
        S("frac", F.frac, "torch.frac(a)"), S("i0", F.i0, "torch.i0(a)"),
        S("float_power", (a, b) => F.float_power(a, b), "torch.float_power(a, b)"),
        S("fmax", F.fmax, "torch.fmax(a, b)"), S("fmin", F.fmin, "torch.fmin(a, b)"), S("clamp_min", F.clamp_min, "torch.clamp_min(a, b)"),
        S("clamp_max", F.clamp_max, "torch.clamp_max(a, b)"),
        S("xlog1py", F.xlog1py, "torch.special_xlog1py(a, b)"), S("lerp", (a, b) => F.lerp(a, b, 0.25), "torch.lerp(a, b, 0.25)"),
        S("addcdiv", (a, b) => F.addcdiv(a, a, b), "torch.addcdiv(a, a, b)"),
        S("mse_loss", (a, b) => F.mse_loss(a, b, Reduction.None), "torch.mse_loss(a, b, 0)"),
        S("l1_loss", (a, b) => F.l1_loss(a, b, Reduction.None), "torch.l1_loss(a, b, 0)"),
        S("smooth_l1_loss", (a, b) => F.smooth_l1_loss(a, b, Reduction.None), "torch.smooth_l1_loss(a, b, 0, 1.0)"),
        S("huber_loss", (a, b) => F.huber_loss(a, b, Reduction.None), "torch.huber_loss(a, b, 0, 1.0)"),
        S("kl_div", (a, b) => F.kl_div(a, b, Reduction.None), "torch.kl_div(a, b, 0)") with { Noise = 1e-5 },
        S(
            "binary_cross_entropy_with_logits", (a, b) => F.binary_cross_entropy_with_logits(a, F.sigmoid(b), reduction: Reduction.None),
            "torch.binary_cross_entropy_with_logits(a, torch.sigmoid(b), None, None, 0)") with { Noise = 1e-6 },
        B("where", (a, b) => F.where(a > b, a, b), (a, b) => torch.where(a > b, a, b)), B(
            "prelu", (a, b) => F.where(a > 0, a, b * F.where(a > 0, 0, a)),
            (a, b) => torch.where(a > 0, a, b * torch.where(a > 0, torch.zeros_like(a), a))),
    }.ToDictionary(row => row.Name);

    private static readonly (string Name, double[] Values)[] s_lines =
    [
        ("one", [3]), ("a zero", [2, 0, 3, -1]), ("two zeros", [2, 0, 3, 0, 4]), ("zeros", [0, -0.0, 0, 0]),
        ("ties", [1, 3, 3, 2, 3, 1, 1]), ("all equal", [2, 2, 2, 2]),
        ("two", [1, 2]), ("tie of two", [5, 5]), ("infinite", [1, double.PositiveInfinity, 2]),
        ("minus infinite", [1, double.NegativeInfinity, 2, 0]),
        ("both infinite", [double.NegativeInfinity, 1, double.PositiveInfinity]),
        ("tie of infinities", [double.PositiveInfinity, 1, double.PositiveInfinity, 3]),
        ("nothing but minus infinite", [double.NegativeInfinity, double.NegativeInfinity]),
        ("not a number", [1, double.NaN, 2, 3]), ("two not numbers", [double.NaN, 1, double.NaN]),
        ("first is no number", [double.NaN, 4, 1]), ("far apart", [-800, 0, 800]),
        ("tiny", [1e-200, 2e-200, -3e-200]), ("huge", [1e200, -2e200, 1e200]), ("even ties", [4, 1, 4, 1, 2, 2]),
        ("long ties", [.. Enumerable.Range(0, 40).Select(i => (double)(i * 7 % 5))]),
    ];

    private static readonly Dictionary<string, Row> s_reductions = new[]
    {
        U("sum", x => F.sum(x, 1), x => x.sum(1)), U("mean", x => F.mean(x, 1), x => x.mean([1])),
        U("prod", x => F.prod(x, 1), x => x.prod(1)),
        U("amax", x => F.amax(x, 1), x => x.amax([1])), U("amin", x => F.amin(x, 1), x => x.amin([1])),
        U("max", x => F.max(x, 1).values, x => x.max(1).values), U("min", x => F.min(x, 1).values, x => x.min(1).values),
        U("max of all", x => F.max(x[0]), x => x[0].max()), U("min of all", x => F.min(x[0]), x => x[0].min()),
        U("aminmax", x => F.aminmax(x, [1]).max + F.aminmax(x, [1]).min, x => x.amax([1]) + x.amin([1])),
        S("median", x => F.median(x, 1).values, "torch.median(a, 1)[0]"), U("median of all", x => F.median(x[0]), x => x[0].median()),
        U("kthvalue", x => F.kthvalue(x, 1, 1).values, x => x.kthvalue(1, 1).values),
        S("sort", x => F.sort(x, 1).values, "torch.sort(a, stable=True, dim=1)[0]"),
        S("sort, descending", x => F.sort(x, 1, true).values, "torch.sort(a, stable=True, dim=1, descending=True)[0]"),
        U("topk", x => F.topk(x, (x.shape[1] + 1) / 2, 1).values, x => x.topk((int)(x.shape[1] + 1) / 2, 1).values),
        U("var", x => F.var(x, 1), x => x.var([1], true)), U("var of everything", x => F.var(x, 1, correction: 0), x => x.var([1], false)),
        U("std", x => F.std(x, 1), x => x.std([1], true)), U("std of everything", x => F.std(x, 1, correction: 0), x => x.std([1], false)),
        S("norm", x => F.norm(x, 1), "torch.linalg_vector_norm(a, 2.0, [1])"),
        S("norm 0.5", x => F.norm(x, 0.5, 1), "torch.linalg_vector_norm(a, 0.5, [1])"),
        S("norm 1", x => F.norm(x, 1.0, 1), "torch.linalg_vector_norm(a, 1.0, [1])"),
        S("norm 3", x => F.norm(x, 3.0, 1), "torch.linalg_vector_norm(a, 3.0, [1])"),
        S("norm 1.5", x => F.norm(x, 1.5, 1), "torch.linalg_vector_norm(a, 1.5, [1])"),
        S("norm inf", x => F.norm(x, double.PositiveInfinity, 1), "torch.linalg_vector_norm(a, float('inf'), [1])"),
        S("norm -inf", x => F.norm(x, double.NegativeInfinity, 1), "torch.linalg_vector_norm(a, float('-inf'), [1])"),
        S("norm 0", x => F.norm(x, 0.0, 1) + (x.sum(1) * 0.5), "torch.linalg_vector_norm(a, 0.0, [1]) + (a.sum(1) * 0.5)"),
        U("logsumexp", x => F.logsumexp(x, 1), x => x.logsumexp(1)), U("softmax", x => F.softmax(x, 1), x => x.softmax(1)),
        U("log_softmax", x => F.log_softmax(x, 1), x => x.log_softmax(1)),
        U("cumsum", x => F.cumsum(x, 1), x => x.cumsum(1)), U("cumprod", x => F.cumprod(x, 1), x => x.cumprod(1)),
        U("logcumsumexp", x => F.logcumsumexp(x, 1), x => x.logcumsumexp(1)),
        U("cummax", x => F.cummax(x, 1).values, x => x.cummax(1).values), U("cummin", x => F.cummin(x, 1).values, x => x.cummin(1).values),
        S("nansum", x => F.nansum(x, [1]), "torch.nansum(a, [1])"), S("nanmean", x => F.nanmean(x, [1]), "torch.nanmean(a, [1])"),
        S("normalize", x => F.normalize(x, 2, 1), "a / torch.clamp_min(torch.linalg_vector_norm(a, 2.0, [1], True), 1e-12)") with
        {
            Noise = 1e-6
        }, U("diff", x => F.diff(x, 1, 1), x => x.diff(1, 1)),
        S("nanmedian", x => F.nanmedian(x, 1).values, "torch.nanmedian(a, 1)[0]"),
        S("quantile", x => F.quantile(x, 0.5, 1), "torch.quantile(a, 0.5, 1)"),
        S("cosine_similarity", x => F.cosine_similarity(x, F.flip(x, 1), 1), "torch.cosine_similarity(a, torch.flip(a, [1]), 1, 1e-8)") with
        {
            Noise = 1e-6
        },
        S(
            "pairwise_distance", x => F.pairwise_distance(x, F.flip(x, 1)),
            "torch.pairwise_distance(a, torch.flip(a, [1]), 2.0, 1e-6, False)"),
        S("cdist", x => F.cdist(x, F.flip(x, 1)), "torch.cdist(a, torch.flip(a, [1]), 2.0)"),
        S("dist of equals", x => F.dist(x, x * 1), "torch.dist(a, a * 1, 2.0)"),
        S("layer_norm", x => F.layer_norm(x, [x.shape[1]]), "torch.layer_norm(a, [a.size(1)])") with { Noise = 1e-5 },
        S("softmin", x => F.softmin(x, 1), "torch.softmax(-a, 1)") with { Noise = 1e-6 },
        S("renorm", x => F.renorm(x, 2, 0, 1), "torch.renorm(a, 2.0, 0, 1.0)") with { Noise = 1e-6 },
    }.ToDictionary(row => row.Name);

    /// <summary>Where gradients are meant to differ from those of libtorch, and why.</summary>
    private static readonly Dictionary<string, (Func<double[], bool> At, string Why)> s_differences = new()
    {
        ["hardsigmoid"] = (_ => true, "libtorch rounds 1/6 to float32"),
        ["elu"] = (IsNan, "libtorch gives NaN, or a slope, by the element's place in its vector; here it is NaN"),
        ["elu, alpha"] = (IsNan, "as elu"),
        ["selu"] = (IsNan, "as elu"),
        ["celu"] = (IsNan, "as elu"),
        ["hardswish"] = (IsNan, "as elu"),
        ["hardtanh"] = (IsNan, "libtorch gives 0, or the gradient, by the element's place in its vector; here it is 0"),
        ["relu6"] = (IsNan, "as hardtanh"),
        ["softshrink"] = (IsNan, "as hardtanh"),
        ["hardshrink"] = (IsNan, "as hardtanh"),
        ["logit, clamped"] = (IsNan, "libtorch gives 0, or NaN, by the element's place in its vector; here it is 0, as that of clamp"),
        ["sinc"] = (
            x => Math.Abs(x[0]) is < 0.04 or > 1e100,
            "libtorch's formula loses digits near 0, where the series here does not, and squares x"),
        ["atan2"] = (
            x => x.Any(v => Math.Abs(v) > 1e150),
            "libtorch multiplies by the operand first, which may overflow, and infinity times 0 is NaN"),
        ["hypot"] = (
            x => x.All(v => Math.Abs(v) < 1e-150) || x.Any(v => Math.Abs(v) > 1e150),
            "libtorch multiplies by the operand first, which loses digits of subnormal numbers, and may overflow"),
        ["mish"] = (x => x[0] > 1e150, "libtorch's formula overflows; the slope is 1"),
        ["copysign"] = (
            x => !double.IsFinite((float)x[0]), "libtorch divides the result by the operand; of infinities the slope is 1 or -1"),
        ["logaddexp"] = (
            x => x[0].Equals(x[1]) || (!double.IsFinite((float)x[0]) && (float)x[0] == (float)x[1]),
            "equal infinities share the gradient, as other equal operands do"),
        ["clamp_min"] = (x => x.Any(double.IsNaN), "x, which is the result or NaN, keeps its gradient; libtorch's goes to neither"),
        ["clamp_max"] = (x => x.Any(double.IsNaN), "as clamp_min"),
        ["addcdiv"] = (
            x => Math.Abs(x[1]) is < 1e-20 or > 1e20 || Math.Abs(x[0]) > 1e20, "libtorch squares the divisor, which vanishes or overflows"),
        ["kl_div"] = (x => (float)x[1] == 0 || x.Any(v => !(Math.Abs(v) < 1e20)), "a target of 0 has the slope of the rest, where that of "
            + "0 log 0 is infinite; of infinities and their differences libtorch makes NaN"),
        ["binary_cross_entropy_with_logits"] = (
            x => !(Math.Abs(x[0]) < 20),
            "libtorch subtracts large logits from each other, and infinite ones; the sum here keeps small losses, and is infinite there"),
        ["xlog1py"] = (x => (float)x[0] == 0 || Math.Abs(x[1]) < 1e-300, "0 times an infinite slope is 0; log1p of subnormal numbers is 0"),
        ["logaddexp2"] = (x => x[0].Equals(x[1]) || (!double.IsFinite((float)x[0]) && (float)x[0] == (float)x[1]), "as logaddexp"),
    };

    private static readonly Dictionary<(string Name, string Line), string> s_lineDifferences = new()
    {
        [("amax", "not a number")] = "elements that are NaN share the gradient, as in libtorch's max of all; its amax divides 0 by 0",
        [("amax", "two not numbers")] = "elements that are NaN share the gradient, as in libtorch's max of all; its amax divides 0 by 0",
        [("amax", "first is no number")] = "elements that are NaN share the gradient, as in libtorch's max of all; its amax divides 0 by 0",
        [("amin", "not a number")] = "elements that are NaN share the gradient, as in libtorch's max of all; its amin divides 0 by 0",
        [("amin", "two not numbers")] = "elements that are NaN share the gradient, as in libtorch's max of all; its amin divides 0 by 0",
        [("amin", "first is no number")] = "elements that are NaN share the gradient, as in libtorch's max of all; its amin divides 0 by 0",
        [("aminmax", "not a number")] = "elements that are NaN share the gradient, as in libtorch's max of all; its aminmax divides 0 by 0",
        [("aminmax", "two not numbers")] =
            "elements that are NaN share the gradient, as in libtorch's max of all; its aminmax divides 0 by 0",
        [("aminmax", "first is no number")] =
            "elements that are NaN share the gradient, as in libtorch's max of all; its aminmax divides 0 by 0",
        [("cumprod", "minus infinite")] = "infinity times the zero after it is NaN; libtorch leaves out what comes after a zero",
        [("prod", "minus infinite")] = "the product of all is NaN",
        [("norm 3", "huge")] = "the norm overflows: its slope is 0",
        [("norm 0.5", "minus infinite")] = "slopes at 0 are 0",
        [("logcumsumexp", "both infinite")] = "e^-infinity has no share in the sum",
        [("logcumsumexp", "nothing but minus infinite")] = "e^-infinity has no share in the sum",
        [("quantile", "long ties")] = "of equal elements any may be chosen; here the first by a stable sort",
        [("renorm", "not a number")] = "slices whose norm is NaN are NaN",
        [("renorm", "two not numbers")] = "slices whose norm is NaN are NaN",
        [("renorm", "first is no number")] = "slices whose norm is NaN are NaN",
        [("logsumexp", "huge")] = "slopes sum to 1; libtorch rounds the result before it subtracts it",
    };

    private static bool IsNan(double[] x) => double.IsNaN(x[0]);

    public static TheoryData<string> Elementwise => [.. s_elementwise.Keys];

    public static TheoryData<string> Reductions => [.. s_reductions.Keys];

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void GradientsOfElementwiseFunctions(string name)
    {
        var row = s_elementwise[name];

        // Twice, shifted: some of libtorch's kernels give other values where they compute several elements at once.
        double[] first = row.Arity == 1
            ? [.. s_specials, .. s_specials[3..], .. s_specials[5..]]
            : [.. s_specials.SelectMany(v => Enumerable.Repeat(v, s_specials.Length))];
        double[] second = [.. Enumerable.Repeat(s_specials, s_specials.Length).SelectMany(v => v)];
        Check(row, [.. new[] { first, second }.Take(row.Arity)], [first.Length], name);
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void GradientsOfReductions(string name)
    {
        var problems = new List<string>();
        foreach (var (line, values) in s_lines)
        {
            var all = Problems(s_reductions[name], [values], [1, values.Length], $"{name} of '{line}'");
            problems.AddRange(s_lineDifferences.ContainsKey((name, line))
                ? all.Where(p => p.Contains("eager", StringComparison.Ordinal) && !p.Contains("value", StringComparison.Ordinal))
                : all);
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static void Check(Row row, double[][] values, Shape shape, string what)
    {
        var problems = Problems(row, values, shape, what);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static List<string> Problems(Row row, double[][] values, Shape shape, string what)
    {
        var problems = new List<string>();
        foreach (var dtype in new[] { DType.Float64, DType.Float32 })
        {
            var inputs = values.Select(v => Brachy.Tensor.FromArray(v, shape).to(dtype)).ToArray();
            var (value, theirs, weights) = Autograd(row, inputs);
            var (result, eager) = Pullback.Differentiate(inputs, t => new[] { row.Ours(t) }, y => (y, [weights]));
            var compiled = Jit.Compile(
                (Brachy.Tensor[] x) =>
                {
                    var (y, gradients) = Pullback.Differentiate(x, t => new[] { row.Ours(t) }, y => (y, [weights]));
                    return gradients.Select((g, k) => g ?? F.zeros_like(x[k])).Append(y[0]).ToArray();
                },
                backend: Backend.TorchScript,
                name: row.Name).Invoke(inputs);
            problems.AddRange(ValueProblems(row.Name, $"{what}, {dtype.Name()}", values, value, result[0], compiled[^1], row.Noise));
            for (var k = 0; k < inputs.Length; k++)
            {
                var own = (eager[k] ?? F.zeros_like(inputs[k])).to(DType.Float64).ToArray<double>();
                var (native, jitted) = (theirs[k].to(DType.Float64).ToArray<double>(), compiled[k].to(DType.Float64).ToArray<double>());
                for (var i = 0; i < own.Length; i++)
                {
                    double[] at = [.. values.Select(v => v[i])];
                    var place = $"{what}, {dtype.Name()}, by operand {k} at ({string.Join(", ", at.Select(a => $"{a:R}"))})";
                    if (!IsClose(own[i], jitted[i], dtype, row.Noise))
                    {
                        problems.Add($"{place}: eager {own[i]:R}, compiled {jitted[i]:R}");
                    }

                    if (!IsClose(native[i], own[i], dtype, row.Noise)
                        && !(s_differences.TryGetValue(row.Name, out var difference) && difference.At(at)))
                    {
                        problems.Add($"{place}: libtorch {native[i]:R}, Brachy {own[i]:R}");
                    }
                }
            }
        }

        return problems;
    }

    private static IEnumerable<string> ValueProblems(
        string name, string what, double[][] values, Brachy.Tensor theirs, Brachy.Tensor eager, Brachy.Tensor compiled, double noise)
    {
        var dtype = eager.dtype;
        if (theirs.Type.Shape != eager.Type.Shape || theirs.dtype != dtype)
        {
            return [$"{what}: libtorch {theirs.Type}, Brachy {eager.Type}"];
        }

        var (native, own, jitted) = (
            theirs.to(DType.Float64).ToArray<double>(), eager.to(DType.Float64).ToArray<double>(),
            compiled.to(DType.Float64).ToArray<double>());
        return Enumerable.Range(0, own.Length)
            .Where(i => !IsClose(own[i], jitted[i], dtype, noise)
                || (!IsClose(native[i], own[i], dtype, noise) && !(own.Length == values[0].Length
                    && s_differences.TryGetValue(name, out var difference) && difference.At([.. values.Select(v => v[i])]))))
            .Select(i => $"{what}, value "
                + $"{i}{(own.Length == values[0].Length ? $" at ({string.Join(", ", values.Select(v => $"{v[i]:R}"))})" : "")}: libtorch "
                + $"{native[i]:R}, eager {own[i]:R}, compiled {jitted[i]:R}");
    }

    private static (Brachy.Tensor Value, Brachy.Tensor[] Gradients, Brachy.Tensor Weights) Autograd(Row row, Brachy.Tensor[] inputs)
    {
        // TorchSharp hands arrays of tensors to native code without keeping them; a scope does.
        using var scope = NewDisposeScope();
        var leaves = Array.ConvertAll(inputs, x => x.AsTorch().clone().requires_grad_());
        var y = row.Theirs(leaves);
        var weights = Make.Positive((Shape)y.shape, inputs[0].dtype, seed: 7);
        var gradients = autograd.grad([y], leaves, [weights.AsTorch()], allow_unused: true);
        return (
            F.clone((Brachy.Tensor)y),
            [.. gradients.Select((g, k) => g is null || g.IsInvalid ? F.zeros_like(inputs[k]) : F.clone((Brachy.Tensor)g))], weights);
    }

    private static bool IsClose(double expected, double actual, DType dtype, double noise) =>
        expected.Equals(actual) || expected == actual
        || Math.Abs(expected - actual) <= ((dtype == DType.Float64 ? 1e-11 : 2e-5) * Math.Abs(expected))
            + (dtype == DType.Float64 ? 1e-300 + (noise * 1e-9) : 1e-36 + noise);

    private static Row S(string name, Func<Brachy.Tensor, Brachy.Tensor> ours, string theirs)
    {
        var function = $"f{s_scripts.Count}";
        s_scripts.Add($"{function}(a)", theirs);
        return U(name, ours, x => (torch.Tensor)s_unit.Value.invoke(function, x));
    }

    private static Row S(string name, Func<Brachy.Tensor, Brachy.Tensor, Brachy.Tensor> ours, string theirs)
    {
        var function = $"f{s_scripts.Count}";
        s_scripts.Add($"{function}(a, b)", theirs);
        return B(name, ours, (a, b) => (torch.Tensor)s_unit.Value.invoke(function, a, b));
    }

    private static Row U(string name, Func<Brachy.Tensor, Brachy.Tensor> ours, Func<torch.Tensor, torch.Tensor> theirs) =>
        new(name, 1, x => ours(x[0]), x => theirs(x[0]));

    private static Row B(
        string name, Func<Brachy.Tensor, Brachy.Tensor, Brachy.Tensor> ours, Func<torch.Tensor, torch.Tensor, torch.Tensor> theirs) =>
        new(name, 2, x => ours(x[0], x[1]), x => theirs(x[0], x[1]));
}
