using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/jacobians.md.</summary>
[Trait("Category", "Quick")]
public class JacobianDocTests
{
    private static readonly Tensor s_t = F.linspace(0, 1, 6, DType.Float64);
    private static readonly Tensor s_y = 2 * F.exp(-1.5 * s_t);

    private static Tensor Residuals(Tensor p) => (p[0] * F.exp(p[1] * s_t)) - s_y;

    // One step for a sum of squares: the matrix itself, where the params are few.
    private static Tensor GaussNewtonStep(Func<Tensor, Tensor> residuals, Tensor p, double damping)
    {
        var r = residuals(p);
        var j = Grad.JacobianForward(residuals)(p);
        var normal = F.matmul(j.T, j) + (damping * F.eye(p.numel(), dtype: p.dtype));
        return p - F.linalg.solve(normal, F.matmul(j.T, r));
    }

    [Fact]
    public void BothModes()
    {
        var x = Make.Real([3]);
        static Tensor Polar(Tensor x) => F.stack([F.square(x).sum(), x.prod()]);

        var byRows = Grad.JacobianReverse<Tensor>(Polar)(x);     // shape [2, 3]
        var byColumns = Grad.JacobianForward<Tensor>(Polar)(x);  // the same

        OpCheck.AssertClose(F.stack([2 * x, x.prod() / x]), byRows, 1e-10, "rows");
        OpCheck.AssertClose(byRows, byColumns, 1e-12, "columns");
    }

    [Fact]
    public void BlocksOfTrees()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(3, 2);
        var x = F.ones([3]);

        var jacobian = Grad.JacobianReverse((StructureTree m) => Linear.Apply(m, config, x).Output)(model);
        var byWeight = jacobian["weight"].Tensor;                // shape [2, 2, 3]

        var blocks = Grad.JacobianReverse((Tensor a, Tensor b) => (Product: a * b, Sum: (a + b).sum()))(x, 2 * x);
        var (byA, byB) = blocks["Item1"];                        // of the product, [3, 3] each

        Assert.Equal([2, 2, 3], byWeight.shape);
        OpCheck.AssertClose(F.diag(2 * x), byA, 1e-6, "a");
        OpCheck.AssertClose(F.diag(x), byB, 1e-6, "b");
    }

    [Fact]
    public void ChosenArguments()
    {
        var (a, b) = (F.ones([3]), F.full([3], 2f));

        var (none, byB) = Grad.JacobianForward((Tensor a, Tensor b) => a * F.square(b), argnums: [1])(a, b); // none is null

        Assert.Null(none);
        OpCheck.AssertClose(F.diag(2 * b), byB, 1e-6, "b");
    }

    [Fact]
    public void Hessians()
    {
        static Tensor Loss(Tensor x) => F.square(F.sin(x)).sum();
        var x = Make.Real([4]);
        var v = Make.Real([4], seed: 2);

        var hessian = Jit.Compile(Grad.Hessian(Loss)).Invoke(x);
        var product = Grad.HessianVectorProduct(Loss, x, v);     // without the matrix

        OpCheck.AssertClose(F.diag(2 * F.cos(2 * x)), hessian, 1e-10, "matrix");
        OpCheck.AssertClose(F.matmul(hessian, v), product, 1e-10, "product");
    }

    [Fact]
    public void ManySamples()
    {
        static Tensor Field(Tensor x) => F.tanh(F.cumsum(x, 0));
        var xs = Make.Real([5, 3]);

        var each = Vmap.Of(Grad.JacobianReverse<Tensor>(Field))(xs);
        var inChunks = Grad.JacobianReverse<Tensor>(Field, chunkSize: 2)(xs[0]);

        Assert.Equal([5, 3, 3], each.shape);
        OpCheck.AssertClose(inChunks, each[0], 1e-12, "first");
    }

    [Fact]
    public void GaussNewton()
    {
        var p = F.tensor(new[] { 1.0, -1.0 });
        for (var i = 0; i < 20; i++)
        {
            p = GaussNewtonStep(Residuals, p, 1e-6);
        }

        OpCheck.AssertClose(F.tensor(new[] { 2.0, -1.5 }), p, 1e-6, "params");
    }
}
