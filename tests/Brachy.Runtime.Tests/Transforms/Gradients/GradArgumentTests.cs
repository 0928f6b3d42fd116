using Brachy.Tests.Modules;
using TorchSharp;

namespace Brachy.Tests.Transforms;

/// <summary>Gradients by some arguments and of some results of functions of tensors.</summary>
public class GradArgumentTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.5, 1.5, -2.0 });
    private static readonly Tensor s_y = F.tensor(new[] { 2.0, -1.0, 0.25 });

    [Fact]
    public void AnyItemOfATupleIsTheLoss()
    {
        var function = (Tensor x) => (x.sum(), (x * x).sum(), x * 10, (x * x * x).sum());
        var ((a, b, c, d), grad) = Grad.ValueAndGrad(function, outnum: 1)(s_x);
        Assert.Equal((0, 6.5), ((double)a, (double)b));
        Assert.Equal([5, 15, -20], c.ToArray<double>());
        Assert.Equal(0.125 + 3.375 - 8, (double)d, 12);
        Assert.Equal([1, 3, -4], grad.ToArray<double>());
        Assert.Equal([0.75, 6.75, 12], Grad.ValueAndGrad(function, outnum: 3)(s_x).Grad.ToArray<double>());
        Assert.Equal([1, 1, 1], Grad.ValueAndGrad(function, 0)(s_x).Grad.ToArray<double>());
        Assert.Equal([1, 1, 1], Grad.ValueAndGrad((Tensor x) => x.sum(), 0)(s_x).Grad.ToArray<double>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void GradientsByOneArgumentAreThoseOfAutograd(int argument)
    {
        using var scope = torch.NewDisposeScope();
        var values = new[] { s_x, s_y, F.tensor(new[] { 0.1, 0.2, 0.3 }) };
        var theirs = values.Select(v => torch.tensor(v.ToArray<double>(), requires_grad: true)).ToArray();
        (theirs[0].sin() * theirs[1].exp() + theirs[2] * theirs[0] * theirs[1]).sum().backward();

        var gradient = Grad.ValueAndGrad((Tensor a, Tensor b, Tensor c) => (F.sin(a) * F.exp(b) + c * a * b).sum(), argnums: [argument]);
        foreach (var run in new[] { gradient, Jit.Compile(gradient).Invoke })
        {
            var (_, grads) = run(values[0], values[1], values[2]);
            var all = new[] { grads.Item1, grads.Item2, grads.Item3 };
            for (var i = 0; i < 3; i++)
            {
                if (i == argument)
                {
                    Assert.Equal(theirs[i].grad!.data<double>().ToArray(), all[i].ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
                }
                else
                {
                    Assert.Null(all[i]);
                }
            }
        }
    }

    [Fact]
    public void SeveralArgumentsOfAnyType()
    {
        var (value, (byWeights, power, byX, none)) = Grad.ValueAndGrad(
            (Weights w, int power, Tensor x, GlobalConfig config) => ((double)(long)config["factor"]! * F.pow(w.W * x, power)).sum(),
            argnums: [2, 0])(
            new Weights(s_x, s_y, "w"), 2, s_y, new GlobalConfig(("factor", 3)));
        Assert.Equal(3 * (1 + 2.25 + 0.25), (double)value, 12);
        Assert.Equal(
            [3 * 2 * 1.0 * 2, 3 * 2 * -1.5 * -1, 3 * 2 * -0.5 * 0.25], byWeights.W.ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
        Assert.Equal([0, 0, 0], byWeights.B.ToArray<double>());
        Assert.Equal([3 * 2 * 1.0 * 0.5, 3 * 2 * -1.5 * 1.5, 3 * 2 * -0.5 * -2], byX.ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
        Assert.Equal((0, null), (power, none));
    }

    [Fact]
    public void TheSameTensorTwiceIsTwoArguments()
    {
        var (_, (first, second)) = Grad.ValueAndGrad((Tensor a, Tensor b) => (a * a * b).sum(), [0, 1])(s_x, s_x);
        Assert.Equal(s_x.ToArray<double>().Select(v => 2 * v * v), first.ToArray<double>());
        Assert.Equal(s_x.ToArray<double>().Select(v => v * v), second.ToArray<double>());
    }

    [Fact]
    public void ArgumentsResultsAndPickersTogether()
    {
        var function = (Tensor a, Tensor b) => (Sum: (a + b).sum(), Product: (a * b).sum());
        Assert.Equal(s_x.ToArray<double>(), Grad.ValueAndGrad(function, [1], outnum: 1)(s_x, s_y).Grads.Item2.ToArray<double>());
        Assert.Equal(
            s_x.ToArray<double>(), Grad.ValueAndGrad(function, r => r.Product, argnums: [1])(s_x, s_y).Grads.Item2.ToArray<double>());
        Assert.Equal([1, 1, 1], Grad.ValueAndGrad(function)(s_x, s_y).Grads.Item1.ToArray<double>());
        Assert.Equal(s_y.ToArray<double>(), Grad.ValueAndGrad(
            (Tensor a, Tensor b, Tensor c) => (c, (a * b * c).sum()), r => r.Item2)(s_x, s_y, F.tensor(1.0)).Grads.Item1.ToArray<double>());
        Assert.Equal(s_x.ToArray<double>(), Grad.ValueAndGrad((Tensor a, Tensor b, Tensor c, int k) => (a, (a * b * c).sum() * k), [1], 1)(
            s_x, s_y, F.tensor(1.0), 1).Grads.Item2.ToArray<double>());
    }

    [Fact]
    public void SecondDerivativesOfChosenArguments()
    {
        // d/da Σ ∂/∂b (a³ b²) = 6 a² b.
        var mixed = Grad.ValueAndGrad(
            (Tensor a, Tensor b) =>
                Grad.ValueAndGrad((Tensor p, Tensor q) => (p * p * p * q * q).sum(), argnums: [1])(a, b).Grads.Item2.sum());
        var expected = s_x.ToArray<double>().Zip(s_y.ToArray<double>(), (a, b) => 6 * a * a * b);
        Assert.Equal(expected, mixed(s_x, s_y).Grads.Item1.ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
        Assert.Equal(expected, Jit.Compile(mixed).Invoke(s_x, s_y).Grads.Item1.ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-12);
    }

    [Fact]
    public void WrongNumbersAreNamed()
    {
        var one = (Tensor x) => (x.sum(), x);
        var two = (Tensor x, Tensor y) => (x * y).sum();
        Assert.Contains(
            "2 results", Assert.Throws<ArgumentOutOfRangeException>(() => Grad.ValueAndGrad(one, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad.ValueAndGrad(one, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad.ValueAndGrad(two, outnum: 1));
        Assert.Contains(
            "picks the loss", Assert.Throws<ArgumentException>(() => Grad.ValueAndGrad((Tensor x) => new Weights(x, x, ""), 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "2 arguments", Assert.Throws<ArgumentOutOfRangeException>(() => Grad.ValueAndGrad(two, [2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Grad.ValueAndGrad(two, []));
        Assert.Throws<ArgumentException>(() => Grad.ValueAndGrad(two, [1, 1]));
        Assert.Contains(
            "float64[3]", Assert.Throws<DifferentiationException>(() => Grad.ValueAndGrad(one, 1)(s_x)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Item 1", Assert.Throws<DifferentiationException>(() => Grad.ValueAndGrad((Tensor x) => (x.sum(), 3), 1)(s_x)).Message,
            StringComparison.Ordinal);
    }
}
