using Brachy.Compilation;
using Brachy.NN;
using Brachy.Tests.Lowering;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>What functions whose gradient computes again may contain, against the same functions without that.</summary>
[Trait("Category", "Quick")]
public class GradCheckpointInsideTests
{
    private static readonly Tensor s_x = Make.Real([4], seed: 1);
    private static readonly Tensor s_w = Make.Real([4, 4], seed: 2);

    /// <summary>A gradient that no other rule would give: it is the one that is used, from values computed again.</summary>
    [Fact]
    public void AGradientOfOnesOwnIsUsed()
    {
        var withResiduals = CustomVjp.Create(
            (Tensor y) => F.sin(y), (Tensor y) => (F.sin(y), (y, F.exp(y))), (kept, g) => 3 * g * kept.Item2 + kept.y);
        var withResult = CustomVjp.Create((Tensor y) => F.tanh(y), (Tensor y, Tensor result, Tensor g) => 5 * g * result * y);
        Tensor Block(Tensor x, Tensor w) => withResult(withResiduals(w.matmul(F.cos(x)))) * x;
        foreach (var policy in new[] { null, CheckpointPolicy.ProductsSaved, CheckpointPolicy.ResultsSaved(p => p.Name == "sin") })
        {
            var block = Grad.Checkpoint<Tensor, Tensor, Tensor>(Block, policy);
            Agree(
                (x, w) => Grad.ValueAndGrad((Tensor a, Tensor b) => Block(Block(a, b), b).sum(), [0, 1])(x, w).Grads,
                (x, w) => Grad.ValueAndGrad((Tensor a, Tensor b) => block(block(a, b), b).sum(), [0, 1])(x, w).Grads);
            Agree(
                (x, w) => Grad.Of((Tensor a) => (Grad.Of((Tensor b) => Block(b, w).sum())(a) * w[0]).sum())(x),
                (x, w) => Grad.Of((Tensor a) => (Grad.Of((Tensor b) => block(b, w).sum())(a) * w[0]).sum())(x));
            Agree(
                (x, w) => Vmap.Of((Tensor row) => Grad.Of((Tensor a) => Block(a, w).sum())(row))(w),
                (x, w) => Vmap.Of((Tensor row) => Grad.Of((Tensor a) => block(a, w).sum())(row))(w));
            Agree(
                (x, w) => Grad.Jvp((Tensor a) => Block(a, w), x, w[1]).Tangent,
                (x, w) => Grad.Jvp((Tensor a) => block(a, w), x, w[1]).Tangent);
        }

        // The rules were asked, and not those of sin and tanh.
        Assert.NotEqual(
            Grad.Of((Tensor x) => F.tanh(F.sin(s_w.matmul(F.cos(x)))).sum())(s_x).ToArray<double>(),
            Grad.Of((Tensor x) => Block(x, s_w).sum())(s_x).ToArray<double>());
    }

    [Fact]
    public void IntegersInTreesPassThrough()
    {
        static (StructureTree Next, Tensor Y, (Tensor Rows, bool IsLast) Others) Block(
            StructureTree model, (Tensor X, Tensor Rows) p, int times)
        {
            var y = F.index_select(F.tanh(model["weight"].Tensor.matmul(p.X)), 0, p.Rows) * model["child.count"].Tensor;
            return (model.At("child.count").Set(model["child.count"].Tensor + times), F.sin(y), (p.Rows + 1, times > 1));
        }

        var tree = new StructureTree
        {
            Params = { ["weight"] = s_w },
            Submodules = { ["child"] = new() { Buffers = { ["count"] = F.full([], 3L), ["mask"] = F.tensor(new[] { true, false }) } } },
        };
        var rows = F.tensor(new[] { 2L, 0, 3, 3 });
        var block = Grad.Checkpoint<StructureTree, (Tensor X, Tensor Rows), int, (StructureTree, Tensor, (Tensor, bool))>(Block);
        Func<StructureTree, Tensor, (StructureTree, Tensor, StructureTree, Tensor)> Of(
            Func<StructureTree, (Tensor X, Tensor Rows), int, (StructureTree, Tensor, (Tensor, bool))> f) => (model, x) =>
            {
                var (value, (byModel, byX)) = Grad.ValueAndGrad(
                    (StructureTree m, Tensor own) =>
                    {
                        var (next, y, (taken, isLast)) = f(m, (own, rows), 2);
                        Assert.True(isLast);
                        var (last, z, _) = f(next, (y, taken - 1), 1);
                        return (Next: last, Loss: (z * own).sum());
                    },
                    result => result.Loss, [0, 1])(model, x);
                return (value.Next, value.Loss, byModel, byX);
            };
        var expected = Of(Block)(tree, s_x);
        foreach (var found in new[] { Of(block)(tree, s_x), Jit.Compile(Of(block)).Invoke(tree, s_x) })
        {
            Assert.Equal(6, found.Item1["child.count"].Tensor.item<long>());
            Assert.Equal([true, false], found.Item1["child.mask"].Tensor.ToArray<bool>());
            Close(expected.Item2, found.Item2);
            Assert.Equal(expected.Item3.Tensors().Select(t => t.Path), found.Item3.Tensors().Select(t => t.Path));
            Close(expected.Item3["weight"].Tensor, found.Item3["weight"].Tensor);
            Close(expected.Item4, found.Item4);
        }
    }

    /// <summary>Bit for bit: masks by a key, by a layer's key and by the ambient one.</summary>
    [Theory]
    [InlineData("key")]
    [InlineData("layer")]
    [InlineData("scope")]
    public void MasksAreThoseWithoutBitByBit(string source)
    {
        using var outer = Rng.Scope(1);
        var (layer, config) = new Dropout(0.5);
        var x = Make.Real([64], seed: 4);
        (StructureTree Layer, Tensor Y) Block(StructureTree own, RngKey key, Tensor h)
        {
            var (next, y) = source switch
            {
                "key" => (own, F.dropout(F.exp(h), 0.5, training: true, key)),
                "layer" => own.Apply(config, F.exp(h)),
                _ => (own, F.dropout(F.exp(h), 0.5)),
            };
            return (next, y * F.sin(h));
        }

        var block = Grad.Checkpoint<StructureTree, RngKey, Tensor, (StructureTree Layer, Tensor Y)>(Block);
        Func<StructureTree, RngKey, Tensor, (Tensor First, Tensor Second, Tensor Key, Tensor Grad)> Of(
            Func<StructureTree, RngKey, Tensor, (StructureTree Layer, Tensor Y)> f) => (own, key, h) =>
            {
                using var rng = Rng.Scope(key);
                var (value, gradient) = Grad.ValueAndGrad(
                    (Tensor a) =>
                    {
                        var first = f(own, key, a);
                        var second = f(first.Layer, Rng.FoldIn(key, 1), first.Y);
                        return (First: first.Y, Second: second.Y, Key: second.Layer["key"].Tensor, Loss: (second.Y * a).sum());
                    },
                    result => result.Loss)(h);
                return (value.First, value.Second, value.Key, gradient);
            };
        var compiled = Jit.Compile(Of(block));
        var zeros = 0;
        for (var i = 0; i < 3; i++)
        {
            var expected = Of(Block)(layer, Rng.Seed(i), x);
            var (plain, eager) = (Jit.Compile(Of(Block)).Invoke(layer, Rng.Seed(i), x), Of(block)(layer, Rng.Seed(i), x));
            foreach (var found in new[] { plain, eager, compiled.Invoke(layer, Rng.Seed(i), x) })
            {
                Assert.Equal(Dropped(expected.First), Dropped(found.First));
                Assert.Equal(Dropped(expected.Second), Dropped(found.Second));
                Assert.Equal(Dropped(expected.Grad), Dropped(found.Grad));
                Assert.Equal(expected.Key.ToArray<long>(), found.Key.ToArray<long>());
                Close(expected.Second, found.Second);
                Close(expected.Grad, found.Grad);
            }

            zeros += Dropped(expected.First).Count(dropped => dropped);
        }

        Assert.InRange(zeros, 3 * 64 / 4, 3 * 64 * 3 / 4);
    }

    [Fact]
    public void ChecksInsideAreMadeOnce()
    {
        static Tensor Block(Tensor x)
        {
            Checks.Require(F.gt(x, 0), "not positive");
            return F.log(x) * F.exp(x);
        }

        var block = Grad.Checkpoint<Tensor, Tensor>(Block);
        Tensor Gradient(Tensor x) => Grad.Of((Tensor y) => block(F.exp(block(y))).sum())(x);
        var compiled = Jit.Compile((Tensor x) => Gradient(x));
        var batch = Jit.Compile(Vmap.Of((Tensor x) => Gradient(x)));
        var loop = Jit.Compile((Tensor x) => Grad.Of((Tensor y) => Brachy.Control.For(0, 2, (_, h) => block(h) + 1, y).sum())(x));
        var good = F.abs(s_x) + 0.5;
        Close(Grad.Of((Tensor y) => Block(F.exp(Block(y))).sum())(good), compiled.Invoke(good));
        Close(Gradient(good), batch.Invoke(F.stack([good, good]))[1]);
        loop.Invoke(good);

        // Each call has one check, which the gradient does not make again.
        var plain = Jit.Compile((Tensor x) => Grad.Of((Tensor y) => Block(F.exp(Block(y))).sum())(x));
        plain.Invoke(good);
        Assert.Equal(Comparisons(plain.Graph!), Comparisons(compiled.Graph!));

        var bad = good * F.tensor(new[] { 1.0, 1, -1, 1 });
        foreach (var run in new Func<Tensor, Tensor>[] { Gradient, compiled.Invoke, x => batch.Invoke(F.stack([good, x])), loop.Invoke })
        {
            var error = Assert.Throws<CheckFailedException>(() => run(bad));
            Assert.Contains("not positive", error.Message, StringComparison.Ordinal);
            Assert.Contains("2]", error.Message, StringComparison.Ordinal);
        }

        static int Comparisons(Graph graph) => graph.Equations.Count(e => e.Primitive.Name == "gt");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void ACompiledGradientHoldsLess(int blocks)
    {
        const int Width = 6;
        static Tensor Block(Tensor x, Tensor w)
        {
            for (var i = 0; i < Width; i++)
            {
                x = F.sin(F.tanh(x.matmul(w)));
            }

            return x;
        }

        double Peak(Func<Tensor, Tensor, Tensor> block)
        {
            var compiled = Jit.Compile((Tensor x, Tensor w) => Grad.Of((Tensor y) =>
            {
                for (var i = 0; i < blocks; i++)
                {
                    y = block(y, w);
                }

                return y.sum();
            })(x));
            compiled.Invoke(F.ones([32, 4], DType.Float64), s_w);
            return LiveBytes.Peak(compiled.Graph!) / (32 * 4 * sizeof(double));
        }

        var kept = Peak(Block);
        var again = Peak(Grad.Checkpoint<Tensor, Tensor, Tensor>(Block));
        var all = Peak(Grad.Checkpoint<Tensor, Tensor, Tensor>(Block, CheckpointPolicy.EverythingSaved));

        // Without, what each of the steps' tanh gave, which both derivatives are made of; with, what each block gave and the inside of one.
        Assert.InRange(kept, Width * blocks, (Width * blocks) + 4);
        Assert.InRange(again, blocks - 1, blocks + Width + 4);
        Assert.Equal(kept, all);
    }

    private static bool[] Dropped(Tensor x) => [.. x.ToArray<double>().Select(value => value == 0)];

    private static void Agree<T>(Func<Tensor, Tensor, T> plain, Func<Tensor, Tensor, T> checkpointed)
    {
        var expected = Tensors(plain(s_x, s_w));
        foreach (var found in new[] { Tensors(checkpointed(s_x, s_w)), Tensors(Jit.Compile(checkpointed).Invoke(s_x, s_w)) })
        {
            Assert.Equal(expected.Length, found.Length);
            for (var i = 0; i < expected.Length; i++)
            {
                Close(expected[i], found[i]);
            }
        }
    }

    private static Tensor[] Tensors(object? value) => value is (Tensor first, Tensor second) ? [first, second] : [(Tensor)value!];

    private static void Close(Tensor expected, Tensor actual) => OpCheck.AssertClose(expected, actual, 1e-10, "value");
}
