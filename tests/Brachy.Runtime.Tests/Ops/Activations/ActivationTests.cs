using Brachy.Extending;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.Ops;

/// <summary>Values and gradients of activation functions at their kinks and far from zero, against libtorch's own.</summary>
public class ActivationTests
{
    private static readonly double[] s_points =
    [
        double.NegativeInfinity, -1e4, -100, -40, -20.5, -3, -1.5, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 1.5, 3, 6, 20.5, 40, 100, 1e4,
        double.PositiveInfinity,
    ];

    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, Func<torch.Tensor, torch.Tensor> Theirs)> s_cases = new()
    {
        ["relu"] = (x => F.relu(x), x => functional.relu(x)),
        ["relu6"] = (x => F.relu6(x), x => functional.relu6(x)),
        ["leaky_relu"] = (x => F.leaky_relu(x, 0.2), x => functional.leaky_relu(x, 0.2)),
        ["prelu"] = (
            x => F.prelu(x, F.tensor([0.3], DType.Float64).to(x.dtype)), x => functional.prelu(x, torch.tensor([0.3], dtype: x.dtype))),
        ["threshold"] = (x => F.threshold(x, 0.5, 9), x => functional.threshold(x, 0.5, 9)),
        ["hardsigmoid"] = (x => F.hardsigmoid(x), x => functional.hardsigmoid(x)),
        ["hardswish"] = (x => F.hardswish(x), x => functional.hardswish(x)),
        ["hardshrink"] = (x => F.hardshrink(x), x => functional.hardshrink(x)),
        ["softshrink"] = (x => F.softshrink(x), x => functional.softshrink(x)),
        ["elu"] = (x => F.elu(x, 1.5), x => functional.elu(x, 1.5)),
        ["selu"] = (x => F.selu(x), x => functional.selu(x)),
        ["celu"] = (x => F.celu(x, 0.7), x => functional.celu(x, 0.7)),
        ["gelu"] = (x => F.gelu(x), x => functional.gelu(x)),
        ["gelu by tanh"] = (x => F.gelu(x, "tanh"), x => functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)),
        ["silu"] = (x => F.silu(x), x => functional.silu(x)),
        ["mish"] = (x => F.mish(x), x => functional.mish(x)),
        ["sigmoid"] = (x => F.sigmoid(x), x => functional.sigmoid(x)),
        ["logsigmoid"] = (x => F.logsigmoid(x), x => functional.logsigmoid(x)),
        ["tanh"] = (x => F.tanh(x), x => functional.tanh(x)),
        ["tanhshrink"] = (x => F.tanhshrink(x), x => functional.tanhshrink(x)),
        ["softsign"] = (x => F.softsign(x), x => functional.softsign(x)),
        ["softplus"] = (x => F.softplus(x), x => functional.softplus(x)),
        ["softplus, sharp"] = (x => F.softplus(x, 3, 5), x => functional.softplus(x, 3, 5)),
        ["glu"] = (x => F.glu(F.stack([x, -x * 0.3], 1)), x => functional.glu(torch.stack([x, -x * 0.3], 1))),
    };

    public static TheoryData<string, DType> Names
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var name in s_cases.Keys)
            {
                data.Add(name, DType.Float64);
                data.Add(name, DType.Float32);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void KinksAndFarValuesAreThoseOfLibtorch(string name, DType dtype)
    {
        var (ours, theirs) = s_cases[name];
        var x = Tensor.FromArray(s_points, [s_points.Length]).to(dtype);
        var leaf = x.AsTorch().clone().requires_grad_();
        var expected = theirs(leaf);
        expected.sum().backward();
        var (actual, gradients) = Pullback.Differentiate([x], t => ours(t[0]), y => ([y], [F.ones_like(y)]));
        AssertClose(expected.detach(), actual, "value");
        AssertClose(leaf.grad!, gradients[0]!, "gradient");

        // libtorch takes constants of two gradients in float32. Infinity times zero is not a number in libtorch;
        // nothing is asked of us there.
        void AssertClose(Tensor e, Tensor a, string what) => OpCheck.AssertClose(
            F.where(F.isnan(e), 0, e).to(dtype), F.where(F.isnan(e), 0, a).to(dtype),
            name is "celu" or "hardsigmoid" ? 1e-7 : OpCheck.Rounding(dtype), $"{what} of {name}");
    }

    [Fact]
    public void HardtanhIsFlatAtItsLimits()
    {
        var x = F.tensor([double.NegativeInfinity, -1, 0.5, 1, 1e4]);
        var (y, g) = Pullback.Differentiate([x], t => F.hardtanh(t[0]), r => ([r], [F.ones_like(r)]));
        Assert.Equal([-1.0, -1, 0.5, 1, 1], y.ToArray<double>());
        Assert.Equal([0.0, 0, 1, 0, 0], g[0]!.ToArray<double>());
    }

    [Fact]
    public void PreluOfInfinityHasAFiniteGradientByItsSlope()
    {
        var x = Tensor.FromArray([double.PositiveInfinity, -2.0], [2]);
        var (_, g) = Pullback.Differentiate([F.tensor([0.5])], w => F.prelu(x, w[0]), y => ([y], [F.ones_like(y)]));
        Assert.Equal([-2.0], g[0]!.ToArray<double>());
    }

    [Fact]
    public void ConditionsLeaveElementsOut()
    {
        var x = Make.Real([2, 3]);
        var mask = Given(true, false, true, false, false, false);
        var picked = F.stack([x[0, 0], x[0, 2]]);
        var none = double.NegativeInfinity;
        OpCheck.AssertClose(F.logsumexp(picked, 0), F.logsumexp(x, 1, mask)[0], 1e-12, "logsumexp");
        OpCheck.AssertClose(F.logmeanexp(picked, 0), F.logmeanexp(x, 1, mask)[0], 1e-12, "logmeanexp");
        OpCheck.AssertClose(F.log_softmax(picked, 0)[0], F.log_softmax(x, 1, mask)[0, 0], 1e-12, "log_softmax");
        Assert.Equal([none, none, none], F.log_softmax(x, 1, mask)[1].ToArray<double>());
        Assert.Equal(none, F.logsumexp(x, 1, mask)[1].item<double>());
        Assert.Equal(2, F.logsumexp(x, 1, mask, keepdim: true).ndim);
        foreach (var f in
            new Func<Tensor, Tensor>[] { t => F.logsumexp(t, 1, mask), t => F.log_softmax(t, 1, mask), t => F.softmax(t, 1, mask) })
        {
            var (_, g) = Pullback.Differentiate([x], t => f(t[0]), y => ([y], [F.ones_like(y)]));
            Assert.All(g[0]!.ToArray<double>(), v => Assert.True(double.IsFinite(v)));
        }

        static Tensor Given(params bool[] values) => Tensor.FromArray(values, [2, 3]);
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        var x = Make.Real([2, 3]);
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => F.hardtanh(x, 1, -1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => F.hardtanh(x, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.celu(x, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.softshrink(x, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.squareplus(x, 0));
        Assert.Contains("even", Assert.Throws<ShapeException>(() => F.glu(x)).Message, StringComparison.Ordinal);
        Assert.Contains("3 channels", Assert.Throws<ShapeException>(() => F.prelu(x, F.ones([2]))).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => F.elu(x.to(DType.Int64)));
        Assert.Throws<DTypeException>(() => F.sparse_plus(x.to(DType.UInt8)));
        Assert.Throws<DTypeException>(() => F.log_softmax(x, 1, where: x));
        Assert.Throws<ArgumentNullException>(() => F.glu(null!));
        Assert.Throws<ArgumentNullException>(() => F.logsumexp(x, 1, where: null!));
    }
}
