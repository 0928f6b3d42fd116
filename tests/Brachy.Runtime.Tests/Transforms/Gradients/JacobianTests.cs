using Brachy.NN;
using Brachy.Tests.Ops;
using Brachy.Transforms;

namespace Brachy.Tests.Transforms;

/// <summary>Whole matrices of derivatives against their rows one by one, and against finite differences.</summary>
public class JacobianTests
{
    private static Tensor Function(Tensor x) => F.sin(F.cumsum(x, 0)).reshape(3, 1) * x.reshape(1, 3);

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    [InlineData(2L)]
    [InlineData(100L)]
    public void BothModesGiveTheRows(long? chunk)
    {
        var x = Make.Real([3]);
        var rows = Enumerable.Range(0, 9).Select(i => Grad.Of((Tensor own) => Function(own).reshape(9)[i])(x));
        var expected = F.stack([.. rows]).reshape(3, 3, 3);
        OpCheck.AssertClose(expected, Grad.JacobianReverse<Tensor>(Function, chunk)(x), 1e-12, "reverse");
        OpCheck.AssertClose(expected, Grad.JacobianForward<Tensor>(Function, chunk)(x), 1e-12, "forward");
        OpCheck.AssertClose(expected, Jit.Compile(Grad.JacobianReverse<Tensor>(Function, chunk)).Invoke(x), 1e-12, "reverse, compiled");
        OpCheck.AssertClose(expected, Jit.Compile(Grad.JacobianForward<Tensor>(Function, chunk)).Invoke(x), 1e-12, "forward, compiled");
    }

    [Fact]
    public void BothAreTheSlopes()
    {
        var x = Make.Real([3]);
        const double Step = 1e-6;
        var columns = Enumerable.Range(0, 3).Select(i =>
        {
            var along = Step * F.one_hot(F.full([], i, DType.Int64), 3).to(DType.Float64);
            return (Function(x + along) - Function(x - along)) / (2 * Step);
        });
        var expected = F.stack([.. columns], -1);
        OpCheck.AssertClose(expected, Grad.JacobianReverse<Tensor>(Function)(x), 1e-7, "reverse");
        OpCheck.AssertClose(expected, Grad.JacobianForward<Tensor>(Function)(x), 1e-7, "forward");
    }

    [Fact]
    public void EachPartOfAnArgumentHasItsOwn()
    {
        (Tensor W, Tensor N, Tensor B) at = (Make.Real([2, 3]), F.arange(2), Make.Real([2], seed: 5));
        static Tensor Of((Tensor W, Tensor N, Tensor B) p) => F.tanh(p.W.sum([1]) * p.B) + p.N;
        foreach (var jacobian in new[]
        {
            Grad.JacobianReverse<(Tensor W, Tensor N, Tensor B)>(Of)(at), Grad.JacobianForward<(Tensor W, Tensor N, Tensor B)>(Of)(at),
        })
        {
            for (var i = 0; i < 2; i++)
            {
                var row = Grad.Of(((Tensor W, Tensor N, Tensor B) p) => Of(p)[i])(at);
                OpCheck.AssertClose(row.W, jacobian.W[i], 1e-12, "W");
                OpCheck.AssertClose(row.B, jacobian.B[i], 1e-12, "B");
            }

            Assert.Equal([2, 2], jacobian.N.shape);
            Assert.Equal(DType.Int64, jacobian.N.dtype);
            OpCheck.AssertClose(F.zeros([2, 2], DType.Int64), jacobian.N, 0, "integers");
        }
    }

    [Fact]
    public void EachPartOfAResultHasItsOwn()
    {
        (Tensor A, Tensor B) at = (Make.Real([2]), Make.Real([3], seed: 5));
        static (Tensor, List<Tensor>) Of((Tensor A, Tensor B) p) => (p.A.sum() * p.B, [F.exp(p.A), p.B]);
        var expected = new Dictionary<string, (Tensor A, Tensor B)>
        {
            ["Item1"] = (F.unsqueeze(at.B, 1) * F.ones([1, 2], DType.Float64), at.A.sum() * F.eye(3, dtype: DType.Float64)),
            ["Item2.0"] = (F.diag(F.exp(at.A)), F.zeros([2, 3], DType.Float64)),
            ["Item2.1"] = (F.zeros([3, 2], DType.Float64), F.eye(3, dtype: DType.Float64)),
        };
        var reverse = Grad.JacobianReverse<(Tensor A, Tensor B), (Tensor, List<Tensor>)>(Of);
        var forward = Grad.JacobianForward<(Tensor A, Tensor B), (Tensor, List<Tensor>)>(Of);
        foreach (var jacobian in new[] { reverse(at), forward(at), Jit.Compile(reverse).Invoke(at), Jit.Compile(forward).Invoke(at) })
        {
            Assert.Equal(expected.Keys, jacobian.Keys);
            foreach (var (path, (a, b)) in expected)
            {
                OpCheck.AssertClose(a, jacobian[path].A, 1e-12, path);
                OpCheck.AssertClose(b, jacobian[path].B, 1e-12, path);
            }
        }
    }

    [Fact]
    public void ModelsAreArguments()
    {
        using var rng = Rng.Scope(3);
        var (model, config) = new Linear(3, 2);
        var x = Make.Real([4, 3]).to(DType.Float32);
        Tensor Of(StructureTree m) => F.tanh(Linear.Apply(m, config, x).Output);
        foreach (var jacobian in new[] { Grad.JacobianReverse<StructureTree>(Of)(model), Grad.JacobianForward<StructureTree>(Of)(model) })
        {
            var row = Grad.Of((StructureTree m) => Of(m)[3, 1])(model);
            Assert.Equal([4, 2, 2, 3], jacobian["weight"].Tensor.shape);
            OpCheck.AssertClose(row["weight"].Tensor, jacobian["weight"].Tensor[3, 1], 1e-6, "weight");
            OpCheck.AssertClose(row["bias"].Tensor, jacobian["bias"].Tensor[3, 1], 1e-6, "bias");
        }
    }

    [Fact]
    public void SeveralArgumentsHaveOneEach()
    {
        var (a, b) = (Make.Real([2]), Make.Real([3], seed: 5));
        static Tensor Of(Tensor a, Tensor b) => F.unsqueeze(F.sin(a), 1) * b;
        var byA = Grad.JacobianReverse((Tensor own) => Of(own, b))(a);
        var byB = Grad.JacobianReverse((Tensor own) => Of(a, own))(b);
        foreach (var (dA, dB) in new[]
        {
            Grad.JacobianReverse<Tensor, Tensor>(Of)(a, b), Grad.JacobianForward<Tensor, Tensor>(Of)(a, b),
            Jit.Compile(Grad.JacobianForward<Tensor, Tensor>(Of, chunkSize: 2)).Invoke(a, b),
            Grad.JacobianReverse((Tensor x, Tensor y) => (Of(x, y), x))(a, b)["Item1"],
            Grad.JacobianForward((Tensor x, Tensor y) => (Of(x, y), x))(a, b)["Item1"],
        })
        {
            OpCheck.AssertClose(byA, dA, 1e-12, "a");
            OpCheck.AssertClose(byB, dB, 1e-12, "b");
        }
    }

    [Fact]
    public void AHessianIsTheJacobianOfTheGradient()
    {
        var x = Make.Real([2, 2]);
        static Tensor Of(Tensor own) => F.exp(own).sum() * F.sin(own).prod();
        var gradient = Grad.Of((Tensor own) => Of(own));
        var rows = Enumerable.Range(0, 4).Select(i => Grad.Of((Tensor own) => gradient(own).reshape(4)[i])(x));
        var expected = F.stack([.. rows]).reshape(2, 2, 2, 2);
        OpCheck.AssertClose(expected, Grad.Hessian(Of)(x), 1e-11, "eager");
        OpCheck.AssertClose(expected, Grad.Hessian(Of, chunkSize: 3)(x), 1e-11, "in chunks");
        OpCheck.AssertClose(expected, Jit.Compile(Grad.Hessian(Of)).Invoke(x), 1e-11, "compiled");
        var each = Vmap.Of((Tensor own) => Grad.Hessian(Of)(own))(F.stack([x, 2 * x]));
        OpCheck.AssertClose(expected, each[0], 1e-11, "of a batch");
        OpCheck.AssertClose(Grad.Hessian(Of)(2 * x), each[1], 1e-11, "of a batch");
        OpCheck.AssertClose(
            expected, Grad.Hessian(own => Vmap.Of((Tensor one) => Of(one))(F.unsqueeze(own, 0)).sum())(x), 1e-11, "of a mapped function");
    }

    [Fact]
    public void AHessianHasABlockForEachPair()
    {
        var (a, b) = (Make.Real([2]), Make.Real([3], seed: 5));
        static Tensor Of(Tensor a, Tensor n, Tensor b) => (F.square(a).sum() * F.exp(b).sum()) + n.sum();
        var blocks = Grad.Hessian<Tensor, Tensor, Tensor>(Of)(a, F.arange(2), b);
        Assert.Equal(["Item1", "Item3"], blocks.Keys);
        OpCheck.AssertClose(2 * F.exp(b).sum() * F.eye(2, dtype: DType.Float64), blocks["Item1"].Item1, 1e-11, "a, a");
        OpCheck.AssertClose(2 * F.unsqueeze(a, 1) * F.exp(b), blocks["Item1"].Item3, 1e-11, "a, b");
        OpCheck.AssertClose(2 * F.unsqueeze(F.exp(b), 1) * a, blocks["Item3"].Item1, 1e-11, "b, a");
        OpCheck.AssertClose(F.square(a).sum() * F.diag(F.exp(b)), blocks["Item3"].Item3, 1e-11, "b, b");
        OpCheck.AssertClose(F.zeros([2, 2], DType.Int64), blocks["Item1"].Item2, 0, "a, integers");
        var ofTuple = Grad.Hessian(((Tensor A, Tensor B) p) => Of(p.A, F.arange(2), p.B))((a, b));
        OpCheck.AssertClose(blocks["Item1"].Item3, ofTuple["Item1"].B, 1e-11, "of a tuple");
    }

    [Fact]
    public void SizesOfZeroAndOneAreSizes()
    {
        foreach (var compiled in new[] { false, true })
        {
            Tensor Run(Func<Tensor, Tensor> jacobian, Tensor x) => compiled ? Jit.Compile(jacobian).Invoke(x) : jacobian(x);
            foreach (var make in new Func<Func<Tensor, Tensor>, Func<Tensor, Tensor>>[]
            {
                f => Grad.JacobianReverse(f), f => Grad.JacobianForward(f),
            })
            {
                var scalar = Run(make(F.sin), F.full([], 0.5, DType.Float64));
                Assert.Equal([], scalar.shape);
                Assert.Equal(Math.Cos(0.5), scalar.item<double>(), 1e-12);
                Assert.Equal([0, 3], Run(make(x => x[..0]), Make.Real([3])).shape);
                Assert.Equal([0, 2, 0, 2], Run(make(F.sin), F.zeros([0, 2], DType.Float64)).shape);
                OpCheck.AssertClose(F.zeros([3, 0], DType.Float64), Run(make(x => x.sum() + F.ones([3], DType.Float64)),
                    F.zeros([0], DType.Float64)), 0, "of nothing");
                var constant = Run(make(x => F.ones([2], DType.Float64)), Make.Real([3]));
                OpCheck.AssertClose(F.zeros([2, 3], DType.Float64), constant, 0, "constant");
            }

            Assert.Equal(-Math.Sin(0.5), Run(Grad.Hessian(F.sin), F.full([], 0.5, DType.Float64)).item<double>(), 1e-12);
            Assert.Equal([0, 0], Run(Grad.Hessian(x => x.sum()), F.zeros([0], DType.Float64)).shape);
        }
    }

    [Fact]
    public void LoopsAreDifferentiated()
    {
        var x = Make.Real([2]);
        static Tensor Of(Tensor own) =>
            Brachy.Control.Scan((Tensor h, Tensor step) => (F.sin(h + step), h), own, F.arange(3).to(DType.Float64)).State;
        var expected = Grad.JacobianReverse((Tensor own) => F.sin(F.sin(F.sin(own) + 1) + 2))(x);
        foreach (var jacobian in new[] { Grad.JacobianReverse<Tensor>(Of), Grad.JacobianForward<Tensor>(Of) })
        {
            OpCheck.AssertClose(expected, jacobian(x), 1e-12, "eager");
            OpCheck.AssertClose(expected, Jit.Compile(jacobian).Invoke(x), 1e-12, "compiled");
        }

        var open = Grad.JacobianForward((Tensor own) => Brachy.Control.While((Tensor h) => h.sum() < 100, h => h * h * 2, own));
        OpCheck.AssertClose(open(x + 2), Jit.Compile(open).Invoke(x + 2), 1e-12, "without a known end");
    }

    [Fact]
    public void TheFunctionRunsOnce()
    {
        var runs = 0;
        Tensor Of((Tensor, Tensor) p)
        {
            runs++;
            return p.Item1 * p.Item2;
        }

        Grad.JacobianReverse<(Tensor, Tensor)>(Of)((Make.Real([2]), Make.Real([2])));
        Grad.JacobianForward<(Tensor, Tensor)>(Of)((Make.Real([2]), Make.Real([2])));
        Grad.Hessian<(Tensor, Tensor)>(p => Of(p).sum())((Make.Real([2]), Make.Real([2])));
        Assert.Equal(3, runs);
    }

    [Fact]
    public void TransformsOfOnesOwnLiftThem()
    {
        var (a, b) = (Make.Real([2]), Make.Real([2], seed: 5));
        foreach (var transform in new Func<TensorFunction, TensorFunction>[]
        {
            f => Grad.JacobianReverseTransform(f), f => Grad.JacobianForwardTransform(f, chunkSize: 1),
        })
        {
            var blocks = transform(x => [x[0] * x[1], x[0]])([a, b]);
            Assert.Equal(4, blocks.Length);
            OpCheck.AssertClose(F.diag(b), blocks[0], 1e-12, "first by first");
            OpCheck.AssertClose(F.diag(a), blocks[1], 1e-12, "first by second");
            OpCheck.AssertClose(F.eye(2, dtype: DType.Float64), blocks[2], 1e-12, "second by first");
            OpCheck.AssertClose(F.zeros([2, 2], DType.Float64), blocks[3], 0, "second by second");
        }
    }

    [Fact]
    public void WhatHasNoDerivativeIsRefused()
    {
        foreach (var (name, make) in new (string, Func<Func<Tensor, Tensor>, Func<Tensor, Tensor>>)[]
        {
            ("JacobianReverse", f => Grad.JacobianReverse(f)), ("JacobianForward", f => Grad.JacobianForward(f)),
        })
        {
            var error = Assert.Throws<DifferentiationException>(() => make(x => F.argmax(x))(Make.Real([2])));
            Assert.Contains($"{name}: the result is int64[]", error.Message, StringComparison.Ordinal);
            error = Assert.Throws<DifferentiationException>(() => make(x => x.to(DType.Float64))(F.arange(2)));
            Assert.Contains("The argument holds no floating-point tensor", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentNullException>(() => make(null!));
        }

        Assert.Throws<DifferentiationException>(() => Grad.Hessian(x => x)(Make.Real([2])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad.JacobianReverse<Tensor>(Function, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad.JacobianForward<Tensor>(Function, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad.Hessian(x => x.sum(), 0));
    }
}
