using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>Matrices of derivatives by some of several arguments, against differences and functions of one argument.</summary>
[Trait("Category", "Quick")]
public class JacobianArgumentTests
{
    private static readonly Tensor[] s_at = [Make.Real([2], seed: 1), Make.Real([3], seed: 2), Make.Real([2, 2], seed: 3)];

    private static Tensor Of(Tensor a, Tensor b, Tensor c) => F.unsqueeze(F.sin(c.matmul(a)) * c.sum(), 1) * F.exp(b) * a[0];

    private static Tensor Loss(Tensor a, Tensor b, Tensor c) => F.square(Of(a, b, c)).sum();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(2, 0)]
    [InlineData(1, 2)]
    [InlineData(0, 1, 2)]
    public void ChosenArgumentsHaveTheirDerivatives(params int[] argnums)
    {
        var reverse = Grad.JacobianReverse<Tensor, Tensor, Tensor>(Of, argnums: argnums);
        var forward = Grad.JacobianForward<Tensor, Tensor, Tensor>(Of, chunkSize: 2, argnums: argnums);
        Func<Tensor, Tensor, Tensor, (Tensor, List<Tensor>)> several = (a, b, c) => (a, [Of(a, b, c)]);
        var severalReverse = Grad.JacobianReverse(several, argnums: argnums);
        var severalForward = Grad.JacobianForward(several, argnums: argnums);
        var (x, y, z) = (s_at[0], s_at[1], s_at[2]);
        foreach (var (name, found) in new[]
        {
            ("reverse", reverse(x, y, z)), ("forward", forward(x, y, z)), ("reverse, compiled", Jit.Compile(reverse).Invoke(x, y, z)),
            ("forward, compiled", Jit.Compile(forward).Invoke(x, y, z)), ("reverse of several", severalReverse(x, y, z)["Item2.0"]),
            ("forward of several", severalForward(x, y, z)["Item2.0"]),
            ("of several, compiled", Jit.Compile(severalForward).Invoke(x, y, z)["Item2.0"]),
        })
        {
            Tensor?[] blocks = [found.Item1, found.Item2, found.Item3];
            for (var i = 0; i < 3; i++)
            {
                if (!argnums.Contains(i))
                {
                    Assert.Null(blocks[i]);
                    continue;
                }

                OpCheck.AssertClose(Grad.JacobianReverse((Tensor own) => With(i, own))(s_at[i]), blocks[i]!, 1e-12, $"{name}, {i}");
                OpCheck.AssertClose(Differences(own => With(i, own), s_at[i]), blocks[i]!, 1e-7, $"{name}, differences, {i}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0, 2)]
    [InlineData(0, 1, 2)]
    public void AHessianHasBlocksOfChosenArguments(params int[] argnums)
    {
        var hessian = Grad.Hessian<Tensor, Tensor, Tensor>(Loss, argnums: argnums);
        foreach (var blocks in new[] { hessian(s_at[0], s_at[1], s_at[2]), Jit.Compile(hessian).Invoke(s_at[0], s_at[1], s_at[2]) })
        {
            Assert.Equal(argnums.Select(i => $"Item{i + 1}"), blocks.Keys);
            foreach (var i in argnums)
            {
                var row = blocks[$"Item{i + 1}"];
                Tensor?[] found = [row.Item1, row.Item2, row.Item3];
                for (var j = 0; j < 3; j++)
                {
                    if (!argnums.Contains(j))
                    {
                        Assert.Null(found[j]);
                        continue;
                    }

                    Tensor Gradient(Tensor other) => Grad.Of((Tensor own) => Loss(Pick(0), Pick(1), Pick(2), i, own, j, other))(
                        i == j ? other : s_at[i]);
                    OpCheck.AssertClose(Differences(Gradient, s_at[j]), found[j]!, 1e-6, $"{i}, {j}");
                }
            }
        }
    }

    /// <summary>What is passed by may be anything, and what is chosen have any structure.</summary>
    [Fact]
    public void ArgumentsMayBeAnything()
    {
        static Tensor Scaled((Tensor W, Tensor N) p, int power, List<Tensor> xs) => p.W * (xs[0] * xs[1]).pow(power) + p.N;
        var p = (W: Make.Real([2]), N: F.arange(2));
        List<Tensor> xs = [Make.Real([2], seed: 5), Make.Real([2], seed: 6)];
        var expected = F.diag((xs[0] * xs[1]).pow(2));
        var (byP, byPower, byXs) = Grad.JacobianForward<(Tensor W, Tensor N), int, List<Tensor>>(Scaled, argnums: [0])(p, 2, xs);
        OpCheck.AssertClose(expected, byP.W, 1e-12, "W");
        OpCheck.AssertClose(F.zeros([2, 2], DType.Int64), byP.N, 0, "N");
        Assert.Equal((0, null), (byPower, byXs));

        var (none, _, both) = Grad.JacobianReverse<(Tensor W, Tensor N), int, List<Tensor>>(Scaled, argnums: [2])(p, 2, xs);
        Assert.Null(none.W);
        OpCheck.AssertClose(F.diag(2 * p.W * xs[0] * F.square(xs[1])), both[0], 1e-12, "xs");

        // A batch of another argument than the chosen one.
        var each = Vmap.Of(
            Grad.JacobianReverse<Tensor, Tensor, Tensor>(Of, argnums: [0]), inAxes: [null, 0, null], outAxes: [0, null, null]);
        var batch = F.stack([s_at[1], 2 * s_at[1]]);
        var ofSecond = Grad.JacobianReverse((Tensor own) => Of(own, batch[1], s_at[2]))(s_at[0]);
        OpCheck.AssertClose(ofSecond, each(s_at[0], batch, s_at[2]).Item1[1], 1e-12, "batch");

        // The derivative by one argument is a function of the others.
        var mixed = Grad.Of((Tensor b) => Grad.JacobianForward<Tensor, Tensor, Tensor>(Of, argnums: [0])(s_at[0], b, s_at[2]).Item1.sum());
        OpCheck.AssertClose(
            Grad.Of((Tensor b) => Grad.JacobianForward((Tensor own) => Of(own, b, s_at[2]))(s_at[0]).sum())(s_at[1]), mixed(s_at[1]), 1e-12,
            "mixed");
    }

    [Fact]
    public void WrongChoicesAreRefused()
    {
        Func<int[], object>[] all =
        [
            argnums => Grad.JacobianReverse<Tensor, Tensor, Tensor>(Of, argnums: argnums),
            argnums => Grad.JacobianForward<Tensor, Tensor, Tensor>(Of, argnums: argnums),
            argnums => Grad.JacobianReverse((Tensor a, Tensor b) => (a, b), argnums: argnums),
            argnums => Grad.JacobianForward((Tensor a, Tensor b) => (a, b), argnums: argnums),
            argnums => Grad.Hessian<Tensor, Tensor, Tensor>(Loss, argnums: argnums),
        ];
        foreach (var make in all)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => make([3]));
            Assert.Throws<ArgumentOutOfRangeException>(() => make([-1]));
            Assert.Throws<ArgumentException>(() => make([]));
            Assert.Throws<ArgumentException>(() => make([1, 1]));
        }

        var error = Assert.Throws<DifferentiationException>(
            () => Grad.JacobianReverse((Tensor a, Tensor b) => a * b, argnums: [0, 1])(s_at[0], F.arange(2)));
        Assert.Contains("Argument 1 holds no floating-point tensor", error.Message, StringComparison.Ordinal);
        var (byA, byB) = Grad.JacobianReverse((Tensor a, Tensor b) => a * b)(s_at[0], F.arange(2));
        Assert.Equal((DType.Float64, DType.Int64), (byA.dtype, byB.dtype));
    }

    private static Tensor Pick(int i) => s_at[i];

    private static Tensor With(int i, Tensor own) => Of(i == 0 ? own : s_at[0], i == 1 ? own : s_at[1], i == 2 ? own : s_at[2]);

    private static Tensor Loss(Tensor a, Tensor b, Tensor c, int i, Tensor own, int j, Tensor other)
    {
        Tensor[] all = [a, b, c];
        all[j] = other;
        all[i] = own;
        return Loss(all[0], all[1], all[2]);
    }

    /// <summary>The derivatives by central differences.</summary>
    private static Tensor Differences(Func<Tensor, Tensor> function, Tensor at)
    {
        const double Step = 1e-5;
        var columns = Enumerable.Range(0, (int)at.numel()).Select(i =>
        {
            var step = (F.eq(F.arange(at.numel()), i).to(DType.Float64) * Step).reshape(at.shape);
            return (function(at + step) - function(at - step)) / (2 * Step);
        });
        var all = F.stack([.. columns], -1);
        return all.reshape([.. all.shape.Take(all.ndim - 1), .. at.shape]);
    }
}
