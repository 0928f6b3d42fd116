using Brachy.NN;
using Brachy.Tests.Modules;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: compiled functions and gradients.</summary>
[Trait("Category", "Quick")]
public partial class TransformExamples
{
    [Fact]
    public void GradientsAreStoppedAndReplaced()
    {
        var frozen = Grad.Of((Tensor a) => Grad.StopGradient(a) * a);
        var straight = CustomVjp.Create((Tensor a) => F.round(a), (a, rounded, g) => g);

        Assert.Equal(3, (double)frozen(F.tensor(3.0)));
        Assert.Equal(2, (double)straight(F.tensor(1.7)));
        Assert.Equal(1, (double)Grad.Of(straight)(F.tensor(1.7)));
    }

    [Fact]
    public void FunctionsAreCompiled()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var apply = Jit.Compile((StructureTree model, GlobalConfig settings, Tensor a) => model.Apply(settings, a));
        (tree, var output) = apply.Invoke(tree, config, F.tensor(1.0));

        Assert.Equal((6, 1, 1), ((double)output, (long)tree["0.calls"].Tensor, apply.TraceCount));
        Assert.Equal(8, (double)PowerJit(F.tensor(2.0), 3));
    }

    [Fact]
    public void StaticArguments()
    {
        var repeat = Jit.Compile((Tensor a, int times) => a * times);
        var six = repeat.Invoke(F.tensor(2.0), 3);

        repeat.Invoke(F.tensor(5.0), 3);
        Assert.Equal((6, 1), ((double)six, repeat.TraceCount));
        repeat.Invoke(F.tensor(5.0), 4);
        Assert.Equal(2, repeat.TraceCount);
    }

    [Fact]
    public void WhatIsLoggedIsAResult()
    {
        var log = new List<double>();
        var step = Jit.Compile((Tensor a) => (Result: a * 2, Seen: a.sum()));
        log.Add((double)step.Invoke(F.ones([3])).Seen);

        Assert.Equal([3.0], log);
    }

    [Fact]
    public void StaticCollectionsAreComparedByContent()
    {
        var scaled = Jit.Compile((Tensor a, List<int> sizes) => a * sizes.Sum());
        var six = scaled.Invoke(F.tensor(2.0), [1, 2]);

        Assert.Equal((6, 4), ((double)six, (double)scaled.Invoke(F.tensor(1.0), [1, 3])));
        scaled.Invoke(F.tensor(5.0), [1, 2]);
        Assert.Equal(2, scaled.TraceCount);
    }

    [Fact]
    public void GradientsByAPartOfATree()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var gradient = Grad.TreeValueAndGrad(
            (StructureTree model, Tensor a) => model.Apply(config, a), outputNum: 0, split: model => model.Partition("1.scale"));
        var ((next, loss), grads) = gradient(tree, F.tensor(5.0));

        Assert.Equal((30, 1), ((double)loss, (long)next["1.calls"].Tensor));
        Assert.Equal(["1.scale"], grads.Tensors().Select(t => t.Path));
        Assert.Equal(10, (double)grads["1.scale"].Tensor);
    }

    [Fact]
    public void TransformsAreLifted()
    {
        var lifted = Static.Lift(Jit.Transform).Of(
            (Dictionary<string, Tensor> a, string mode) => (mode == "sum" ? a["p"] + a["q"] : a["p"] * a["q"], mode));
        var (sum, said) = lifted(new Dictionary<string, Tensor> { ["p"] = F.tensor(2.0), ["q"] = F.tensor(5.0) }, "sum");

        Assert.Equal((7, "sum"), ((double)sum, said));
    }

    [Fact]
    public void ArgumentsAreDonated()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var step = Jit.Compile((StructureTree model, Tensor a) => model.MapParamsBuffers((_, tensor) => tensor + a), donate: [0]);
        tree = step.Invoke(tree, F.tensor(1L));

        Assert.Equal((3, 1), ((double)tree["0.scale"].Tensor, (long)tree["0.calls"].Tensor));
    }

    [Fact]
    public void GradientsOfTensors()
    {
        var both = Grad.ValueAndGrad((Tensor a, Tensor b) => (a + b, a * b), argnums: [1], outnum: 1);
        var ((sum, product), (_, byB)) = both(F.tensor(2.0), F.tensor(5.0));

        Assert.Equal((7, 10, 2), ((double)sum, (double)product, (double)byB));
    }

    [Fact]
    public void GradientsOfTrees()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var gradient = Grad.TreeValueAndGrad((StructureTree model, Tensor a) => model.Apply(config, a));
        var ((next, loss), grads) = gradient(tree, F.tensor(5.0));

        Assert.Equal(
            (30, 15, 10, 1),
            ((double)loss, (double)grads["0.scale"].Tensor, (double)grads["1.scale"].Tensor, (long)next["0.calls"].Tensor));
        Assert.Equal(["0.scale", "1.scale"], grads.Tensors().Select(t => t.Path));
    }

    [Fact]
    public void GradientsOfStates()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (state, module) = tree.BindModule(config);
        var ((next, loss), grads) = Grad.StateValueAndGrad((StructureTree s, Tensor a) => module.Apply(s, a))(state, F.tensor(5.0));

        Assert.Equal((30, 15, 1), ((double)loss, (double)grads["0.scale"].Tensor, (long)next["0.calls"].Tensor));
    }

    [Jit]
    public static Tensor Power(Tensor x, int exponent) => F.pow(x, exponent);
}
