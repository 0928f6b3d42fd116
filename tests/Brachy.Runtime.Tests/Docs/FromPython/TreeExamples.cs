using Brachy.NN;
using Brachy.Tests.Modules;
using Brachy.Trees;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: structure trees and their toolkit.</summary>
[Trait("Category", "Quick")]
public partial class TreeExamples
{
    [Fact]
    public void NodesHaveFiveParts()
    {
        var child = new StructureTree { Params = { ["w"] = F.tensor(2.0) }, Buffers = { ["n"] = F.tensor(0L) }, Aux = { ["axis"] = 1 } };
        var parent = new StructureTree { Submodules = { ["child"] = child }, ApplyFn = StructureTree.PassThrough };

        Assert.Equal(2, (double)parent.Submodules["child"].Params["w"].Tensor);
        Assert.Equal(1, parent.Submodules["child"].Aux["axis"]);
        Assert.Equal(["child.w", "child.n"], parent.Tensors().Select(t => t.Path));
    }

    [Fact]
    public void ConfigsAreChangedByWith()
    {
        var training = new GlobalConfig(("train_mode", true), ("factor", 3));
        var evaluation = training.With("train_mode", false);

        Assert.Equal(true, training["train_mode"]);
        Assert.Equal(false, evaluation["train_mode"]);
        Assert.Equal(3, evaluation.Get("factor", 0));
    }

    [Fact]
    public void TheFirstConfigWins()
    {
        var merged = GlobalConfig.Merge(new GlobalConfig(("a", 1)), new GlobalConfig(("a", 2), ("b", 3)));
        var winner = merged["a"]; // 1

        Assert.Equal(1L, winner);
        Assert.Equal(3L, merged["b"]);
    }

    [Fact]
    public void FilledAndEmptyTrees()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var whole = new StructureTree { Params = { ["w"] = F.tensor(2.0) } }.Fill();
        var empty = tree.Empty();

        Assert.True(StructureTree.IsStructureTree(whole));
        Assert.Equal(5, (double)whole.Apply(config, F.tensor(5.0)).Output);
        Assert.Equal(["0", "1"], empty.Submodules.Keys);
        Assert.Empty(empty.Tensors());
    }

    [Fact]
    public void Leaves()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var names = tree.Submodules.Keys; // "0", "1"
        var leaf = tree.CopyToLeaf();

        Assert.Equal(["0", "1"], names);
        Assert.Equal((true, false, tree.ApplyFn), (leaf.IsLeaf, tree.IsLeaf, leaf.ApplyFn));
    }

    [Fact]
    public void CopiesShareTensors()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var copy = tree.Copy();
        copy.Submodules["0"].Params["scale"] = F.tensor(5.0);

        Assert.Equal((2, 5), ((double)tree["0.scale"].Tensor, (double)copy["0.scale"].Tensor));
        Assert.Same(tree["1.scale"].Tensor, copy["1.scale"].Tensor);
    }

    [Fact]
    public void TreesAreRecognised()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var good = StructureTree.IsStructureTree(tree, recurse: true);
        var bad = StructureTree.IsStructureTree("a string");

        Assert.Equal((true, false), (good, bad));
    }

    [Fact]
    public void MapsOverNodes()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (left, right) = (new Scaler(2).Tree, new Scaler(3).Tree);
        var labelled = tree.Map((path, node) => new StructureTree { Aux = { ["path"] = path }, ApplyFn = node.ApplyFn });
        var (weights, counters) = StructureTree.Map(
            (path, a, b) => (a!.Filter(TreeParts.Params), b!.Filter(TreeParts.Buffers)), left, right);

        Assert.Equal(["", "0", "1"], labelled.Nodes().Select(n => n.Node.Aux["path"]));
        Assert.Equal(["scale"], weights.Tensors().Select(t => t.Path));
        Assert.Equal(["calls"], counters.Tensors().Select(t => t.Path));
    }

    [Fact]
    public void MapsOverTensors()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var doubled = tree.MapParamsBuffers((path, tensor) => tensor * 2);
        var half = tree.MapParamsBuffers(
            (path, tensor) => path.EndsWith("calls", StringComparison.Ordinal) ? tensor : tensor.to(DType.BFloat16));

        Assert.Equal((4, 6), ((double)doubled["0.scale"].Tensor, (double)doubled["1.scale"].Tensor));
        Assert.Equal((DType.BFloat16, DType.Int64), (half["0.scale"].Tensor.dtype, half["0.calls"].Tensor.dtype));
    }

    [Fact]
    public void SplitsByParts()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (parameters, buffers, others) = tree.Split(TreeParts.Params, TreeParts.Buffers, TreeParts.Static);
        var (state, functions) = tree.Split(TreeParts.State, TreeParts.Apply);

        Assert.Equal(["0.scale", "1.scale"], parameters.Tensors().Select(t => t.Path));
        Assert.Equal(["0.calls", "1.calls"], buffers.Tensors().Select(t => t.Path));
        Assert.Equal((tree.ApplyFn, 1), (others.ApplyFn, others.Submodules["0"].Aux["times"]));
        Assert.Equal(4, state.Tensors().Count());
        Assert.Empty(functions.Submodules["0"].Aux);
    }

    [Fact]
    public void FiltersByParts()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var aux = tree.Filter(TreeParts.Aux);
        var update = tree.GetUpdate(); // params and buffers, as tree.Filter()

        Assert.Equal(1, aux.Submodules["1"].Aux["times"]);
        Assert.Empty(aux.Tensors());
        Assert.Equal(["0.scale", "0.calls", "1.scale", "1.calls"], update.Tensors().Select(t => t.Path));
        Assert.Null(update.ApplyFn);
    }

    [Fact]
    public void ParamsAlone()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var parameters = tree.GetParams();
        var (same, rest) = tree.Split(TreeParts.Params, TreeParts.Buffers | TreeParts.Static);

        Assert.Equal(["0.scale", "1.scale"], parameters.Tensors().Select(t => t.Path));
        Assert.Equal(parameters.Tensors(), same.Tensors());
        Assert.Equal(["0.calls", "1.calls"], rest.Tensors().Select(t => t.Path));
    }

    [Fact]
    public void UsualSplits()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (parameters, buffers, rest) = tree.SplitParams();
        var (state, functions) = tree.SplitStatic();

        Assert.Equal((2, 2, 0), (parameters.Tensors().Count(), buffers.Tensors().Count(), rest.Tensors().Count()));
        Assert.Equal((4, tree.ApplyFn), (state.Tensors().Count(), functions.ApplyFn));
    }

    [Fact]
    public void MergesTrees()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var changes = new StructureTree
        {
            Submodules = { ["0"] = new StructureTree { Params = { ["scale"] = F.tensor(7.0) }, Buffers = { ["calls"] = F.tensor(9L) } } }
        };
        var merged = StructureTree.Merge(tree, changes);
        var kept = StructureTree.Merge(tree, changes, keysToMerge: TreeParts.All, keysToOverride: TreeParts.Buffers);

        Assert.Equal((7, 9), ((double)merged["0.scale"].Tensor, (long)merged["0.calls"].Tensor));
        Assert.Equal((2, 9), ((double)kept["0.scale"].Tensor, (long)kept["0.calls"].Tensor));
        Assert.Equal(3, (double)kept["1.scale"].Tensor);
    }

    [Fact]
    public void UpdatesTrees()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (next, _) = tree.Apply(config, F.tensor(1.0));
        tree = tree.Update(next.GetUpdate());

        Assert.Equal(1, (long)tree["0.calls"].Tensor);
    }

    [Fact]
    public void TreesAreApplied()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (next, output) = tree.Apply(config, F.tensor(1.0));
        (next, output) = tree.Apply(config, output);
        tree = tree.Update(next);

        Assert.Equal((36, 1, 1), ((double)output, (long)next["0.calls"].Tensor, (long)tree["1.calls"].Tensor));
        var pair = StructureTree.FromFunc((Tensor a, Tensor b) => a - b);
        Assert.Equal(2, (double)pair.Apply<(Tensor, Tensor), Tensor>(config, (F.tensor(5.0), F.tensor(3.0))).Output);
    }

    [Fact]
    public void ModulesAreBoundAndUnbound()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (state, module) = tree.BindModule(config);
        (tree, config) = StructureTree.UnbindModule(module.Apply(state, F.tensor(1.0)).State, module);

        Assert.Null(state.ApplyFn);
        Assert.Equal((1, 6), ((long)tree["0.calls"].Tensor, (double)tree.Apply(config, F.tensor(1.0)).Output));
    }

    [Fact]
    public void BoundModulesTakeAnotherConfig()
    {
        var (tree, config) = new Scaler(2);
        var (state, module) = tree.BindModule(config);
        var evaluated = module.BindGlobalConfig(config.With("train_mode", false)).Apply(state, F.tensor(1.0)).Output;

        Assert.Equal((-2, 2), ((double)evaluated, (double)module.Apply(state, F.tensor(1.0)).Output));
    }

    [Fact]
    public void TreesOfFunctions()
    {
        var square = StructureTree.FromFunc((Tensor a) => a * a);
        var (_, nine) = square.Apply(GlobalConfig.Empty, F.tensor(3.0));

        Assert.Equal(9, (double)nine);
    }

    [Fact]
    public void TraceableValues()
    {
        var traced = Tree.IsTraceable(new Dictionary<string, Tensor> { ["a"] = F.tensor(1.0) });
        var mixed = Tree.IsTraceable((F.tensor(1.0), "text"));

        Assert.Equal((true, false), (traced, mixed));
    }
}
