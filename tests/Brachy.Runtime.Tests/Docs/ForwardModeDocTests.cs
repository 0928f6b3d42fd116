using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/forward-mode.md.</summary>
[Trait("Category", "Quick")]
public class ForwardModeDocTests
{
    private static readonly Tensor s_x = Make.Real([4], seed: 1);
    private static readonly Tensor s_v = Make.Real([4], seed: 2);

    private static Tensor Rosenbrock(Tensor x)
    {
        var (a, b) = (F.narrow(x, 0, 0, x.shape[0] - 1), F.narrow(x, 0, 1, x.shape[0] - 1));
        return (100 * F.square(b - F.square(a)) + F.square(1 - a)).sum();
    }

    [Fact]
    public void DirectionalDerivative()
    {
        var (value, slope) = Grad.Jvp(Rosenbrock, s_x, s_v);
        OpCheck.AssertClose(Rosenbrock(s_x), value, 1e-12, "value");
        OpCheck.AssertClose((Grad.Of<Tensor>(Rosenbrock)(s_x) * s_v).sum(), slope, 1e-10, "slope");
    }

    [Fact]
    public void SeveralArgumentsAndTrees()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(4, 3);
        var x = F.ones([2, 4]);
        var direction = model.MapParamsBuffers((_, weight) => F.ones_like(weight));
        var (output, change) = Grad.Jvp(
            (StructureTree m, Tensor input) => Linear.Apply(m, config, input).Output, (model, x), (direction, null!));
        Assert.Equal(output.shape, change.shape);
        OpCheck.AssertClose(F.full([2, 3], 5.0, DType.Float32), change, 1e-6, "change");
    }

    // Newton's method with conjugate gradients: the Hessian is never formed.
    private static Tensor NewtonStep(Func<Tensor, Tensor> loss, Tensor x, int iterations)
    {
        var (gradient, hessian) = Grad.Linearize(Grad.Of(loss), x);
        return x - ConjugateGradients(hessian, gradient, iterations);
    }

    private static Tensor ConjugateGradients(Func<Tensor, Tensor> product, Tensor b, int iterations)
    {
        var (x, rest) = (F.zeros_like(b), b);
        var direction = rest;
        for (var i = 0; i < iterations; i++)
        {
            var along = product(direction);
            var norm = (rest * rest).sum();
            var step = norm / (direction * along).sum();
            (x, rest) = (x + (step * direction), rest - (step * along));
            direction = rest + ((rest * rest).sum() / norm * direction);
        }

        return x;
    }

    [Fact]
    public void Newton()
    {
        static Tensor Bowl(Tensor x) => (F.exp(x) - (2 * x)).sum();
        var x = 0.2 * s_x;
        for (var i = 0; i < 5; i++)
        {
            x = NewtonStep(Bowl, x, iterations: 4);
        }

        OpCheck.AssertClose(F.full([4], Math.Log(2), DType.Float64), x, 1e-6, "minimum");
    }

    [Fact]
    public void HessianVectorProducts()
    {
        var product = Grad.HessianVectorProduct(Rosenbrock, s_x, s_v);
        var compiled = Jit.Compile((Tensor x, Tensor v) => Grad.HessianVectorProduct(Rosenbrock, x, v));
        OpCheck.AssertClose(product, compiled.Invoke(s_x, s_v), 1e-10, "product");
        OpCheck.AssertClose(Grad.Of((Tensor x) => (Grad.Of<Tensor>(Rosenbrock)(x) * s_v).sum())(s_x), product, 1e-10, "product");
    }

    // The Gauss-Newton matrix of a sum of squares is Jᵀ J: forward mode gives J v, the pullback Jᵀ of that.
    private static Tensor GaussNewtonStep(Func<Tensor, Tensor> residuals, Tensor x, double damping, int iterations)
    {
        var (r, jvp) = Grad.Linearize(residuals, x);
        var (_, pullback) = Grad.Pullback(residuals, x);
        return x - ConjugateGradients(v => pullback(jvp(v)) + (damping * v), pullback(r), iterations);
    }

    [Fact]
    public void GaussNewton()
    {
        var times = F.linspace(0, 2, 9, DType.Float64);
        var measured = 2 * F.exp(-0.7 * times) + 0.3;
        var x = F.tensor(new[] { 1.0, -0.2, 0.0 });
        for (var i = 0; i < 12; i++)
        {
            x = GaussNewtonStep(p => (p[0] * F.exp(p[1] * times)) + p[2] - measured, x, damping: 1e-6, iterations: 3);
        }

        OpCheck.AssertClose(F.tensor(new[] { 2.0, -0.7, 0.3 }), x, 1e-3, "fit");
    }

    [Fact]
    public void RulesOfOnesOwn()
    {
        var softplus = CustomJvp.Create((Tensor x) => F.log(1 + F.exp(x)), (x, y, t) => t * F.sigmoid(x));
        var large = F.tensor(new[] { 1000.0 });
        Assert.Equal(1, (double)Grad.Of((Tensor x) => softplus(x).sum())(large));
    }
}
