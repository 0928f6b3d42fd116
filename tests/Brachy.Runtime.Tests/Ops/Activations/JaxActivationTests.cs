using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>Every function of jax.nn under its name here, against JAX's documented formula.</summary>
public class JaxActivationTests
{
    private static readonly double[] s_points = [-1e4, -30, -3.5, -3, -1, -0.6, 0, 0.4, 1, 2.5, 3, 6, 7, 30, 1e4];

    // From the name in jax.nn to ours; formulas where the function is elementwise.
    private static readonly Dictionary<string, (string Name, Func<Tensor, Tensor>? Ours, Func<double, double>? Formula)> s_cases = new()
    {
        ["relu"] = ("relu", x => F.relu(x), x => Math.Max(x, 0)),
        ["relu6"] = ("relu6", F.relu6, x => Math.Clamp(x, 0, 6)),
        ["sigmoid"] = ("sigmoid", F.sigmoid, Sigmoid),
        ["softplus"] = ("softplus", x => F.softplus(x, 1, 40), Softplus),
        ["sparse_plus"] = ("sparse_plus", F.sparse_plus, x => x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4),
        ["sparse_sigmoid"] = ("sparse_sigmoid", F.sparse_sigmoid, x => Math.Clamp((x + 1) / 2, 0, 1)),
        ["soft_sign"] = ("softsign", F.softsign, x => x / (1 + Math.Abs(x))),
        ["silu"] = ("silu", F.silu, x => x * Sigmoid(x)),
        ["swish"] = ("silu", F.silu, x => x * Sigmoid(x)),
        ["log_sigmoid"] = ("logsigmoid", F.logsigmoid, x => -Softplus(-x)),
        ["leaky_relu"] = ("leaky_relu", x => F.leaky_relu(x), x => x >= 0 ? x : 0.01 * x),
        ["hard_sigmoid"] = ("hardsigmoid", F.hardsigmoid, x => Math.Clamp(x + 3, 0, 6) / 6),
        ["hard_silu"] = ("hardswish", F.hardswish, x => x * (Math.Clamp(x + 3, 0, 6) / 6)),
        ["hard_swish"] = ("hardswish", F.hardswish, x => x * (Math.Clamp(x + 3, 0, 6) / 6)),
        ["hard_tanh"] = ("hardtanh", x => F.hardtanh(x), x => Math.Clamp(x, -1, 1)),
        ["tanh"] = ("tanh", F.tanh, Math.Tanh),
        ["elu"] = ("elu", x => F.elu(x), x => x > 0 ? x : Math.Exp(x) - 1),
        ["celu"] = ("celu", x => F.celu(x, 2), x => Math.Max(x, 0) + (2 * (Math.Exp(Math.Min(x, 0) / 2) - 1))),
        ["selu"] = ("selu", F.selu, x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1))),
        ["gelu"] = ("gelu", x => F.gelu(x, "tanh"), x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
        ["squareplus"] = ("squareplus", x => F.squareplus(x, 2), x => Math.Max(x, 0) + (1 / (Math.Sqrt((x * x) + 2) + Math.Abs(x)))),
        ["mish"] = ("mish", F.mish, x => x * Math.Tanh(Softplus(x))),
        ["identity"] = ("identity", F.identity, x => x),
        ["log1mexp"] = ("log1mexp", x => F.log1mexp(F.abs(x)), x => Math.Log(-Math.Exp(-Math.Abs(x)) + 1)),
        ["glu"] = ("glu", null, null),
        ["softmax"] = ("softmax", null, null),
        ["log_softmax"] = ("log_softmax", null, null),
        ["logsumexp"] = ("logsumexp", null, null),
        ["logmeanexp"] = ("logmeanexp", null, null),
        ["one_hot"] = ("one_hot", null, null),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void FunctionExistsAndHasTheValuesOfItsFormula(string name)
    {
        var (own, ours, formula) = s_cases[name];
        Assert.Contains(typeof(F).GetMethods(), m => m.Name == own);
        if (ours is not null)
        {
            var y = ours(Tensor.FromArray(s_points, [s_points.Length])).ToArray<double>();
            Assert.All(s_points.Zip(y), p => Assert.Equal(formula!(p.First), p.Second, 1e-12 * Math.Max(1, Math.Abs(p.First))));
        }
    }

    [Fact]
    public void FunctionsThatLibtorchLacksHaveTheirSlopesAtKinksAndInfinities()
    {
        double[] x = [double.NegativeInfinity, -1e4, -1, 0, 1, 1e4, double.PositiveInfinity];
        Assert.Equal([0, 0, 0, 0.5, 1, 1, 1], Slopes(F.sparse_plus, x));
        Assert.Equal([0, 0, 0, 0.5, 0, 0, 0], Slopes(F.sparse_sigmoid, x));
        Assert.Equal(
            [0, 1e-8, 0.276393, 0.5, 0.723607, 1, 1], Slopes(t => F.squareplus(t), x).Select(s => Math.Round(s, s < 1e-6 ? 12 : 6)));
        Assert.Equal(
            [1e4, 1, 0, 0],
            Slopes(F.log1mexp, [1e-4, Math.Log(2), 1e4, double.PositiveInfinity]).Select(s => Math.Round(s, s > 1e3 ? 0 : 6)));
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float32)]
    public void SquareplusOfLargeValuesStaysFiniteAndPrecise(DType dtype)
    {
        var y = F.squareplus(F.tensor([-1e4, 1e4]).to(dtype));
        Assert.Equal(dtype, y.dtype);
        var values = y.to(DType.Float64).ToArray<double>();
        Assert.Equal(1e-4, values[0], 1e-6);
        Assert.Equal(1e4, values[1], 20.0);
    }

    private static double[] Slopes(Func<Tensor, Tensor> f, double[] x) =>
        Pullback.Differentiate(
            [Tensor.FromArray(x, [x.Length])], t => f(t[0]), y => ([y], [F.ones_like(y)])).Gradients[0]!.ToArray<double>();

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
