using Brachy.Modules;
using Brachy.NN;
using Brachy.Tests.Modules;
using Brachy.Trees;
using TorchSharp;

namespace Brachy.Tests.Transforms;

/// <summary>Gradients by trees: which result, which argument, which part of the tree; by the state of a bound module.</summary>
[Trait("Category", "Quick")]
public class GradTreeTests
{
    private static readonly Tensor s_x = F.tensor(3.0);

    [Fact]
    public void ALinearLayerAsInPyTorch()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Linear(5, 5);
        (tree.Params["weight"], tree.Params["bias"]) = (F.eye(5), F.ones([5]));
        var compiled = Jit.Compile((StructureTree t, GlobalConfig c, Tensor x) =>
        {
            (t, var y) = t.Apply(c, x);
            return (t, (y * y).sum());
        });
        var eager = (StructureTree t, GlobalConfig c, Tensor x) =>
        {
            (t, var y) = t.Apply(c, x);
            return (t, (y * y).sum());
        };
        foreach (var run in new[]
        {
            Grad.TreeValueAndGrad((StructureTree t, GlobalConfig c, Tensor x) => compiled.Invoke(t, c, x)), Grad.TreeValueAndGrad(eager)
        })
        {
            var ((next, loss), grads) = run(tree, config, F.ones([5]));
            Assert.Equal(20, (double)loss, 5);
            Assert.Equal(Enumerable.Repeat(4f, 5), grads.Params["bias"].Tensor.ToArray<float>());
            Assert.Equal(Enumerable.Repeat(4f, 25), grads.Params["weight"].Tensor.ToArray<float>());
            Assert.Equal(tree.ApplyFn, next.ApplyFn);
        }
    }

    [Fact]
    public void TheOutputNumberCountsAfterTheTree()
    {
        var (tree, config) = new Scaler(2);
        var loss = (StructureTree t, GlobalConfig c, Tensor x) =>
        {
            (t, var y) = t.Apply(c, x);
            return (t, y, y * y, y * 10);
        };
        foreach (var (number, expected) in new[] { (0, 3.0), (1, 2 * 6 * 3.0), (2, 30.0) })
        {
            var gradient = Grad.TreeValueAndGrad(loss, outputNum: number);
            foreach (var run in new[] { gradient, Jit.Compile(gradient).Invoke })
            {
                var ((next, a, b, c), grads) = run(tree, config, s_x);
                Assert.Equal((6, 36, 60), ((double)a, (double)b, (double)c));
                Assert.Equal((expected, 1), ((double)grads.Params["scale"].Tensor, (long)next.Buffers["calls"].Tensor));
                Assert.Equal(["scale"], grads.Tensors().Select(t => t.Path));
            }
        }

        Assert.Equal(3, (double)Grad.TreeValueAndGrad(m => loss(m, config, s_x))(tree).Grads.Params["scale"].Tensor);
        Assert.Equal(36, (double)Grad.TreeValueAndGrad(m => loss(m, config, s_x), outputNum: 1)(tree).Grads.Params["scale"].Tensor);
        Assert.Equal(
            3,
            (double)Grad.TreeValueAndGrad((StructureTree m, Tensor x) => loss(m, config, x).Item2)(tree, s_x).Grads.Params["scale"].Tensor);
    }

    [Fact]
    public void AnyArgumentIsTheTreeOrSeveral()
    {
        var (first, config) = new Scaler(2);
        var (second, _) = new Scaler(5);
        var loss = (Tensor x, StructureTree a, GlobalConfig c, StructureTree b) =>
        {
            (a, var y) = a.Apply(c, x);
            (b, y) = b.Apply(c, y);
            return (b, y);
        };
        Assert.Equal(15, (double)Grad.TreeValueAndGrad(loss, argnums: 1)(s_x, first, config, second).Grads.Params["scale"].Tensor);
        Assert.Equal(6, (double)Grad.TreeValueAndGrad(loss, argnums: 3)(s_x, first, config, second).Grads.Params["scale"].Tensor);
        var both = Grad.TreeValueAndGrad(loss, argnums: [3, 1]);
        foreach (var run in new[] { both, Jit.Compile(both).Invoke })
        {
            var ((next, value), grads) = run(s_x, first, config, second);
            Assert.Equal((30, 1), ((double)value, (long)next.Buffers["calls"].Tensor));
            Assert.Equal([6.0, 15], grads.Select(g => (double)g.Params["scale"].Tensor));
        }

        var (_, pair) = Grad.TreeValueAndGrad(
            (StructureTree a, StructureTree b) => (a, a.Params["scale"].Tensor * b.Params["scale"]), [0, 1])(first, second);
        Assert.Equal([5.0, 2], pair.Select(g => (double)g.Params["scale"].Tensor));
        Assert.Equal(5, (double)Grad.TreeValueAndGrad(
            (Tensor x, StructureTree a, StructureTree b) => a.Params["scale"].Tensor * b.Params["scale"],
            argnums: [1])(s_x, first, second).Grads[0].Params["scale"].Tensor);
    }

    [Fact]
    public void DifferentiatedByAPartOfTheTree()
    {
        using var rng = Rng.Scope(3);
        var (model, config) = new SmallNet(3, 4, 2);
        var x = Rng.Normal([5, 3]);
        var loss = (StructureTree m) =>
        {
            (m, var y) = m.Apply(config, x);
            return (m, (y * y).mean());
        };
        var all = Grad.TreeValueAndGrad(loss)(model).Grads;
        var split = (StructureTree m) => (
            m.MapParamsBuffers((path, t) => path.StartsWith("layers.3", StringComparison.Ordinal) ? t : null),
            m.MapParamsBuffers((path, t) => path.StartsWith("layers.3", StringComparison.Ordinal) ? null : t));
        foreach (var gradient in new[]
        {
            Grad.TreeValueAndGrad(loss, split: split),
            Grad.TreeValueAndGrad(loss, split: split, merge: (part, others) => StructureTree.Map(
                (_, a, b) => new()
                {
                    Params = b!.Params.Map((key, v) => a!.Params[key].IsNone ? v : a.Params[key]), Buffers = b.Buffers, Aux = b.Aux,
                    ApplyFn = b.ApplyFn,
                },
                part,
                others)),
        })
        {
            var ((next, _), grads) = gradient(model);
            Assert.Equal(["layers.3.weight", "layers.3.bias"], grads.Tensors().Select(t => t.Path));
            Assert.All(grads.Tensors(), t =>
                Assert.Equal(At(all, t.Path).ToArray<float>(), t.Tensor.ToArray<float>(), (p, q) => Math.Abs(p - q) < 1e-6));
            Assert.Equal(model.Tensors().Select(t => t.Path), next.Tensors().Select(t => t.Path));
        }

        static Tensor At(StructureTree tree, string path) => tree.Tensors().Single(t => t.Path == path).Tensor;
    }

    [Fact]
    public void BuffersCanBeDifferentiatedAndSharedWeightsStayOne()
    {
        var shared = F.tensor(2.0);
        var tree = new StructureTree
        {
            Params = { ["a"] = shared, ["c"] = F.tensor(7.0) },
            Buffers = { ["n"] = F.tensor(5.0) },
            Submodules = { ["inner"] = new() { Params = { ["b"] = shared } } },
        };
        var function = (StructureTree t) => (t, t.Params["a"].Tensor * t.Submodules["inner"].Params["b"] * t.Buffers["n"] + t.Params["c"]);
        var (_, byBuffers) = Grad.TreeValueAndGrad(
            function, split: t => t.Split(TreeParts.Buffers, TreeParts.Params | TreeParts.Static))(tree);
        Assert.Equal(4, (double)byBuffers.Buffers["n"].Tensor);
        Assert.Empty(byBuffers.GetParams().Tensors());

        // Only one of its two places is in the part that is split off.
        var ((next, _), grads) = Grad.TreeValueAndGrad(
            function, split: t => (new StructureTree { Params = { ["a"] = t.Params["a"] } }, new StructureTree()))(tree);
        Assert.Equal(20, (double)grads.Params["a"].Tensor);
        Assert.Equal(["a", "c", "n", "inner.b"], next.Tensors().Select(t => t.Path));
    }

    [Fact]
    public void ByTheStateOfABoundModule()
    {
        var (tree, config) = new Pair(new Scaler(5));
        var (state, module) = tree.BindModule<(Tensor, Tensor), (Tensor Sum, Tensor Both)>(config);
        var gradient = Grad.StateValueAndGrad(
            (StructureTree s, Tensor x, Tensor y) =>
            {
                (s, var (sum, both)) = module.Apply(s, (x, y));
                return (s, sum, both);
            },
            outputNum: 1);
        foreach (var run in new[] { gradient, Jit.Compile(gradient).Invoke })
        {
            var ((next, sum, both), grads) = run(state, s_x, F.tensor(10.0));
            Assert.Equal((56, 300), ((double)sum, (double)both));
            Assert.Equal(["first.scale", "second.scale"], grads.Tensors().Select(t => t.Path));
            Assert.Equal([150.0, 60], grads.Tensors().Select(t => (double)t.Tensor));
            Assert.Equal(1, (long)next.Submodules["first"].Buffers["calls"].Tensor);
            Assert.Null(next.ApplyFn);
            Assert.Equal(next.Tensors().Select(t => t.Path), state.Tensors().Select(t => t.Path));
        }

        Assert.Equal([3.0, 10], Grad.StateValueAndGrad(s => module.Apply(s, (s_x, F.tensor(10.0))).Output.Sum)(state).Grads.Tensors()
            .Select(t => (double)t.Tensor));
        Assert.Equal(
            [3.0, 3], Grad.StateValueAndGrad((StructureTree s, Tensor x) => (s, module.Apply(s, (x, x)).Output.Sum))(state, s_x).Grads
                .Tensors().Select(t => (double)t.Tensor));
        Assert.Equal(
            [6.0, 6], Grad.StateValueAndGrad((StructureTree s, Tensor x, Tensor y, int k) => (s, module.Apply(s, (x, y)).Output.Sum * k))(
                state, s_x, s_x, 2).Grads.Tensors().Select(t => (double)t.Tensor));
    }

    [Fact]
    public void SecondDerivativesAgreeWithFiniteDifferences()
    {
        // How the size of the params' gradient changes with the input.
        using var rng = Rng.Scope(1);
        var (model, config) = new SmallNet(3, 4, 2);
        model = model.MapParamsBuffers((_, t) => t.to(DType.Float64));
        model.Submodules["layers"].Submodules["1"] = StructureTree.FromFunc((Tensor t) => F.tanh(t));
        var size = (Tensor x) => Grad.TreeValueAndGrad((StructureTree m, GlobalConfig c, Tensor v) =>
        {
            (m, var y) = m.Apply(c, v);
            return (m, y, (y * y).sum());
        }, outputNum: 1)(model, config, x).Grads.Tensors().Aggregate(F.tensor(0.0), (sum, t) => sum + (t.Tensor * t.Tensor).sum());

        var x = Rng.Normal([2, 3]).to(DType.Float64);
        var gradient = Grad.Of(size);
        var expected = new double[6];
        var values = x.ToArray<double>();
        for (var i = 0; i < values.Length; i++)
        {
            double Shifted(double by)
            {
                var moved = values.ToArray();
                moved[i] += by;
                return (double)size(F.reshape(F.tensor(moved), [2, 3]));
            }

            expected[i] = (Shifted(1e-5) - Shifted(-1e-5)) / 2e-5;
        }

        Assert.Equal(expected, gradient(x).ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-5 * (1 + Math.Abs(p)));
        Assert.Equal(expected, Jit.Compile(gradient).Invoke(x).ToArray<double>(), (p, q) => Math.Abs(p - q) < 1e-5 * (1 + Math.Abs(p)));
    }

    [Fact]
    public void GradientsOfHalfPrecisionModelsAreMasters()
    {
        using var rng = Rng.Scope(2);
        using var scope = torch.NewDisposeScope();
        var (model, config) = new SmallNet(3, 4, 2);
        var x = Rng.Normal([8, 3]);
        var loss = (StructureTree m, GlobalConfig c, Tensor v) =>
        {
            (m, var y) = m.Apply(c, v);
            return (m, y, (y * y).mean());
        };
        var full = Grad.TreeValueAndGrad(loss, outputNum: 1)(model, config, x).Grads;
        var half = MixedPrecision.Cast(model, DType.BFloat16);
        var run = Grad.TreeValueAndGrad(loss, outputNum: 1);
        var (state, module) = half.BindModule(config);
        var bound = Grad.StateValueAndGrad((StructureTree s, Tensor v) =>
        {
            (s, var y) = module.Apply(s, v);
            return (s, (y * y).mean());
        });
        foreach (var grads in new[] { run(half, config, x).Grads, Jit.Compile(run).Invoke(half, config, x).Grads, bound(state, x).Grads })
        {
            Assert.Equal(full.Tensors().Select(t => (t.Path, t.Tensor.Type)), grads.Tensors().Select(t => (t.Path, t.Tensor.Type)));
            Assert.All(full.Tensors().Zip(grads.Tensors()), pair =>
                Assert.Equal(pair.First.Tensor.ToArray<float>(), pair.Second.Tensor.ToArray<float>(), (p, q) => Math.Abs(p - q) < 0.03));
        }
    }

    [Fact]
    public void WrongNumbersAndShapesAreNamed()
    {
        var (tree, config) = new Scaler(2);
        var loss = (StructureTree t, GlobalConfig c, Tensor x) => t.Apply(c, x);
        Assert.Contains(
            "1 result besides the tree",
            Assert.Throws<ArgumentOutOfRangeException>(() => Grad.TreeValueAndGrad(loss, outputNum: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Grad.TreeValueAndGrad(loss, outputNum: -1));
        Assert.Contains(
            "GlobalConfig", Assert.Throws<ArgumentException>(() => Grad.TreeValueAndGrad(loss, argnums: 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "3 arguments", Assert.Throws<ArgumentOutOfRangeException>(() => Grad.TreeValueAndGrad(loss, argnums: 3)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Grad.TreeValueAndGrad(loss, argnums: [0, 0]));
        Assert.Contains(
            "picks the loss", Assert.Throws<ArgumentException>(
                () => Grad.TreeValueAndGrad((StructureTree t, Tensor x) => new Weights(x, x, ""))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "first", Assert.Throws<DifferentiationException>(
                () => Grad.TreeValueAndGrad((StructureTree t, Tensor x) => (x, x))(tree, s_x)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "null", Assert.Throws<DifferentiationException>(() => Grad.TreeValueAndGrad(loss)(null!, config, s_x)).Message,
            StringComparison.Ordinal);
        Assert.Throws<DifferentiationException>(() => Grad.TreeValueAndGrad(loss, split: t => (t, null!))(tree, config, s_x));
        Assert.Contains("'new'", Assert.Throws<DifferentiationException>(() => Grad.TreeValueAndGrad(
            loss, split: t => (new StructureTree { Params = { ["new"] = s_x } }, t))(tree, config, s_x)).Message, StringComparison.Ordinal);
    }
}
