using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

/// <summary>Modules that derive from modules are views of one node with the members of all.</summary>
[Trait("Category", "Quick")]
public class DerivedModuleTests
{
    private static readonly Tensor s_x = F.full([2], 3.0);

    [Fact]
    public void MembersOfTheBaseComeFirst()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new Cubic();
        Assert.Equal(["scale", "offset", "cube"], tree.Params.Keys);
        Assert.Equal(["scale", "offset", "cube", "calls", "inner.weight", "inner.bias"], tree.Tensors().Select(t => t.Path));
        Assert.Equal(["calls"], tree.Buffers.Keys);
        Assert.Equal(1, tree.Aux["times"]);
        Assert.Same(Cubic.ApplyFunction, tree.ApplyFn);
        Assert.Equal("Brachy.Tests.Modules.Cubic", Cubic.ApplyFunction.Name);
        Assert.Equal("plus", config["mode"]);
        Assert.Equal(false, config["train_mode"]);
        Assert.Equal(true, new Affine(1, 1).Config["train_mode"]);
    }

    [Fact]
    public void AViewReadsAndWritesInheritedMembers()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new Cubic();
        var view = Cubic.Bind(tree, config);
        view.Scale = F.full([], 5.0);
        view.Times = 2;
        tree.Params["offset"] = F.full([], 7.0);
        Assert.Equal((5, 7, 2), ((double)tree.Params["scale"].Tensor, (double)view.Offset, (int)tree.Aux["times"]!));
        Assert.Same(tree.Submodules["inner"], view.Inner.Tree);

        // A view by the base reads the same node, and a call computes what the node says.
        Assert.Equal(Cubic.Apply(tree, config, s_x).Output.ToArray<float>(), Affine.Bind(tree, config).Call(s_x).ToArray<float>());
    }

    [Fact]
    public void EachClassHasAnApplyFunctionOfItsOwn()
    {
        var (tree, config) = new Affine(2, 1, times: 2);
        Assert.Equal(13, (double)Affine.Apply(tree, config, s_x).Output[0]);
        Assert.NotEqual<ApplyFn>(Affine.ApplyFunction, Cubic.ApplyFunction);
        Assert.NotEqual<ApplyFn>(Linear.ApplyFunction, GainedLinear.ApplyFunction);
        Assert.NotSame(Affine.JitApplyFunction, Cubic.JitApplyFunction);
        var (sum, sumConfig) = new ScaledSum();
        Assert.Equal(12, (double)ScaledSum.Apply(sum, sumConfig, s_x, s_x).Output[0]);
        Assert.Equal(12, (double)new ScaledSum().Call(s_x, s_x)[0]);
    }

    [Fact]
    public void ApplyIsPureAndJitApplyTheSameCompiled()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new Cubic();
        var (eager, output) = Cubic.Apply(tree, config, s_x);
        Assert.Equal((0, 1), ((long)tree.Buffers["calls"].Tensor, (long)eager.Buffers["calls"].Tensor));
        var compiled = tree;
        for (var i = 1; i <= 3; i++)
        {
            (compiled, var y) = Cubic.JitApply(compiled, config, s_x);
            Assert.Equal(i, (long)compiled.Buffers["calls"].Tensor);
            Assert.Equal(output.ToArray<float>(), y.ToArray<float>(), Tolerance);
        }

        Assert.Equal(-(double)output[0], (double)Negated(tree, config)[0], 1e-4);
    }

    [Fact]
    public void InheritedParamsHaveGradients()
    {
        var (tree, config) = new Affine(2, 1, times: 3);
        var gradient = Grad.TreeValueAndGrad((StructureTree t) => Affine.Apply(t, config, s_x).Output.sum());
        var grads = gradient(tree).Grads;
        Assert.Equal((2 * 3 * 3 * 4, 2), ((double)grads.Params["scale"].Tensor, (double)grads.Params["offset"].Tensor));
    }

    [Fact]
    public void ALayerOfTheLibraryIsABase()
    {
        using var rng = Rng.Scope(1);
        var layer = new GainedLinear(2, 3);
        var (tree, config) = layer;
        Assert.Equal(["weight", "bias", "gain"], tree.Params.Keys);
        var expected = F.linear(s_x, layer.Weight, layer.Bias) * 3;
        Assert.Equal(expected.ToArray<float>(), layer.Call(s_x).ToArray<float>());
        Assert.Equal(expected.ToArray<float>(), GainedLinear.JitApply(tree, config, s_x).Output.ToArray<float>(), Tolerance);
        Assert.Equal(
            F.linear(s_x, layer.Weight, layer.Bias).ToArray<float>(),
            Linear.ApplyFunction.Call(tree.Copy(), config, s_x).ToArray<float>());
        Assert.Single(tree.SelectNodes(GainedLinear.ApplyFunction));
    }

    [Fact]
    public void AModuleWhoseBaseSaysNoSignatureGoesWhereItsSignatureIsAskedFor()
    {
        using var rng = Rng.Scope(1);
        Module<Tensor, Tensor> view = new Affine(2, 1);
        Assert.Equal(7, (double)view.Call(s_x)[0]);
        Affine? none = null;
        Module<Tensor, Tensor>? noView = none;
        Assert.Null(noView);

        var (tree, config) = new Sequential(new Affine(2, 1), new GainedLinear(2, 2), new Cubic());
        Assert.Equal(
            [
                "0.scale", "0.offset", "0.calls", "1.weight", "1.bias", "1.gain", "2.scale", "2.offset", "2.cube", "2.calls",
                "2.inner.weight", "2.inner.bias"
            ],
            tree.Tensors().Select(t => t.Path));
        Assert.Equal("plus", config["mode"]);
        Assert.Equal(1, (long)Sequential.Apply(tree, config, s_x).Tree.Submodules["2"].Buffers["calls"].Tensor);
    }

    [Fact]
    public void AGenericBaseIsCompletedByItsLeaf()
    {
        var (tree, config) = new Increment();
        Assert.Equal(DayOfWeek.Friday, tree.Aux["label"]);
        Assert.Equal(["key"], Increment.ApplyFunction.RandomKeys);
        var (_, (first, second)) = Increment.JitApply(tree, config, s_x);
        Assert.Equal((8, 13), ((double)first[0], (double)second[0]));
    }

    [Fact]
    public void CheckpointsFindTheFunctionsOfDerivedModules()
    {
        using var rng = Rng.Scope(1);
        using var folder = new TemporaryFolder();
        var (tree, config) = new Cubic();
        var (other, otherConfig) = new Increment();
        Checkpoint.Save(folder["model"], ("cubic", (tree, config)), ("increment", (other, otherConfig)));
        var checkpoint = Checkpoint.Load(folder["model"]);
        var (loaded, loadedConfig) = checkpoint.Tree("cubic");
        Assert.Same(Cubic.ApplyFunction, loaded.ApplyFn);
        Assert.Equal(
            Cubic.Apply(tree, config, s_x).Output.ToArray<float>(), Cubic.Apply(loaded, loadedConfig, s_x).Output.ToArray<float>());
        Assert.Equal(DayOfWeek.Friday, checkpoint.Tree("increment").Tree.Aux["label"]);
    }

    private static bool Tolerance(float a, float b) => Math.Abs(a - b) <= 1e-5f * Math.Max(1, Math.Abs(b));

    /// <summary>The output of the node in the other mode, with what is added in that mode the other way round.</summary>
    private static Tensor Negated(StructureTree tree, GlobalConfig config)
    {
        var minus = Cubic.Apply(tree, config.With("train_mode", true).With("mode", "minus"), s_x).Output;
        return minus - (2 * F.pow(s_x, 3) * 0.5);
    }
}
