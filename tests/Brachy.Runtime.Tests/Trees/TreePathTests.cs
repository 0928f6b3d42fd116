using Brachy.Modules;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Trees;
using CsCheck;

namespace Brachy.Tests.Trees;

/// <summary>Places of a tree by their path.</summary>
[Trait("Category", "Quick")]
public class TreePathTests
{
    [Fact]
    public void APathLeadsToNodesParamsBuffersAndWhatTheyHold()
    {
        var tree = Tree();
        Assert.Same(tree.Submodules["head"].Params["weight"].Tensor, tree["head.weight"].Tensor);
        Assert.Same(tree.Submodules["head"], (StructureTree)tree["head"]);
        Assert.Same(tree, tree[""].Tree);
        Assert.Equal(7, (double)(Tensor)tree["head.parts.1.low"]);
        Assert.Equal(9, (double)(Tensor)tree["momentum.hidden.weight"]);
        Assert.Equal(2, tree["head.parts"].List.Count);
        Assert.True(tree["head.bias"].IsNone);
        Assert.True(tree.TryGet("head.bias", out var bias) && bias.IsNone);
        foreach (var missing in new[]
        {
            "heat", "head.weight.0", "head.parts.2", "head.parts.01", "head.parts.-1", "head.", ".head", "head..weight", "head.bias.x"
        })
        {
            Assert.False(tree.TryGet(missing, out _), missing);
        }
    }

    [Fact]
    public void AnOptimizersStateIsReachedThroughItsBuffers()
    {
        using var rng = Rng.Scope(0);
        var (model, _) = new Linear(3, 2);
        var (opt, _) = new SGD(model, lr: 0.1, momentum: 0.9);
        var (path, tensor) = opt.Tensors().First(t => t.Path.EndsWith(".weight", StringComparison.Ordinal));
        Assert.Same(tensor, opt[path].Tensor);
        Assert.Equal(new Shape(), opt["lr"].Tensor.shape);
    }

    [Theory]
    [InlineData(
        "head.wieght", "There is no 'head.wieght' in the tree. 'head' has the keys {weight, bias, parts}. Did you mean 'head.weight'?")]
    [InlineData("hed.weight", "There is no 'hed.weight' in the tree. The tree has the keys {momentum, head}. Did you mean 'head'?")]
    [InlineData("optimizer", "There is no 'optimizer' in the tree. The tree has the keys {momentum, head}.")]
    [InlineData("head.weight.x", "There is no 'head.weight.x' in the tree. 'head.weight' is a tensor float32[2], which has no keys.")]
    [InlineData("head.bias.x", "There is no 'head.bias.x' in the tree. 'head.bias' is None, which has no keys.")]
    [InlineData("head.parts.5", "There is no 'head.parts.5' in the tree. 'head.parts' has the keys {0, 1}. Did you mean 'head.parts.0'?")]
    public void AMissingPlaceIsNamedWithWhatIsThere(string path, string message)
    {
        Assert.Equal(message, Assert.Throws<KeyNotFoundException>(() => Tree()[path]).Message);
        Assert.Equal(message, Assert.Throws<KeyNotFoundException>(() => Tree().At(path).Update(t => t)).Message);
        Assert.Equal(message, Assert.Throws<KeyNotFoundException>(() => Tree().At(path).Remove()).Message);
    }

    [Fact]
    public void SettingChangesTheTreeInPlace()
    {
        var tree = Tree();
        var (one, node) = (F.ones([1]), new StructureTree());
        tree["head.weight"] = one;
        tree["head.parts.0"] = one;
        tree["head.parts.1.low"] = one;
        tree["head.parts.1.new"] = one;
        tree["momentum.hidden.weight"] = one;
        tree["head.scale"] = one;
        tree["tail"] = node;
        tree["head.bias"] = TreeValue.None;
        Assert.Same(one, tree.Submodules["head"].Params["weight"].Tensor);
        Assert.Same(one, tree.Submodules["head"].Params["scale"].Tensor);
        Assert.Same(one, tree.Submodules["head"].Params["parts"].List[0].Tensor);
        Assert.Equal(["low", "new"], tree["head.parts.1"].Dictionary.Keys);
        Assert.Same(one, tree.Buffers["momentum"].Tree.Submodules["hidden"].Params["weight"].Tensor);
        Assert.Same(node, tree.Submodules["tail"]);

        node = new();
        tree["head"] = node;
        Assert.Same(node, tree.Submodules["head"]);
        tree["momentum"] = node;
        Assert.Same(node, tree.Buffers["momentum"].Tree);
    }

    [Theory]
    [InlineData("", typeof(ArgumentException), "cannot be set")]
    [InlineData("head", typeof(ArgumentException), "'head' is a submodule, which only a StructureTree can replace")]
    [InlineData("head.", typeof(ArgumentException), "keys are not empty")]
    [InlineData("heat.weight", typeof(KeyNotFoundException), "There is no 'heat'")]
    [InlineData("head.parts.2", typeof(KeyNotFoundException), "the list 'head.parts' has 2 items")]
    [InlineData("head.weight.x", typeof(KeyNotFoundException), "'head.weight' is a tensor float32[2], which has no keys")]
    [InlineData("head.bias.x", typeof(KeyNotFoundException), "'head.bias' is None")]
    public void WhatCannotBeSetIsRefusedAndLeavesTheTreeAsItWas(string path, Type error, string message)
    {
        var tree = Tree();
        var before = RandomTrees.Snapshot(tree);
        Assert.Contains(message, Assert.Throws(error, () => tree[path] = F.ones([1])).Message, StringComparison.Ordinal);
        Assert.Equal(before, RandomTrees.Snapshot(tree));
    }

    [Fact]
    public void NodesComeInOrderWithTheRootFirst()
    {
        using var rng = Rng.Scope(0);
        var (tree, _) = new Sequential(new Linear(2, 2), new Sequential(new Linear(2, 2), new ReLU()));
        Assert.Equal(["", "0", "1", "1.0", "1.1"], tree.Nodes().Select(n => n.Path));
        Assert.Equal(
            ["Sequential", "Linear", "Sequential", "Linear", "ReLU"],
            tree.Nodes().Select(n => n.Node.ApplyFn!.Name["Brachy.NN.".Length..]));
        Assert.All(tree.Nodes(), n => Assert.Same(n.Node, tree[n.Path].Tree));

        Assert.Equal(["", "head"], Tree().Nodes().Select(n => n.Path));
        var nested = Tree();
        nested["head.parts.0"] = new TreeValue[] { new StructureTree { Params = { ["q"] = new StructureTree() } } };
        Assert.Equal(
            ["", "momentum", "momentum.hidden", "head", "head.parts.0.0", "head.parts.0.0.q"],
            nested.Nodes(inValues: true).Select(n => n.Path));
    }

    [Fact]
    public void NodesAreSelectedByPathContentAndFunction()
    {
        using var rng = Rng.Scope(0);
        var (tree, _) = new Sequential(new Linear(2, 2), new Sequential(new Linear(2, 2), new ReLU()));
        Assert.Equal(["0", "1"], tree.SelectNodes("*").Select(n => n.Path));
        Assert.Equal(["", "0", "1", "1.0", "1.1"], tree.SelectNodes("**").Select(n => n.Path));
        Assert.Equal(["1", "1.0", "1.1"], tree.SelectNodes("1.**").Select(n => n.Path));
        Assert.Equal(["0", "1.0"], tree.SelectNodes((PathFilter)"0" | "1.0").Select(n => n.Path));
        Assert.Equal(["0", "1.0"], tree.SelectNodes((_, node) => node.Params.ContainsKey("weight")).Select(n => n.Path));
        Assert.Equal(["0", "1.0"], tree.SelectNodes(Linear.ApplyFunction).Select(n => n.Path));
        Assert.Equal(["0", "1.0"], MixedPrecision.Cast(tree).SelectNodes(Linear.ApplyFunction).Select(n => n.Path));
        Assert.Contains(
            "Where looks at tensors", Assert.Throws<ArgumentException>(() => tree.SelectNodes(PathFilter.Where((_, _) => true))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TensorsAreSelectedByPathAndContent()
    {
        var tree = Tree();
        Assert.Equal(["head.weight"], tree.Select("head.*").Select(t => t.Path));
        Assert.Equal(["momentum.hidden.weight", "head.weight"], tree.Select("**.weight").Select(t => t.Path));
        Assert.Equal(
            ["momentum.hidden.weight", "head.parts.1.low"], tree.Select(PathFilter.Where((_, t) => t.ndim == 0)).Select(t => t.Path));
        Assert.Empty(tree.Select("none"));
    }

    [Fact]
    public void EveryPathOfARandomTreeLeadsBackToItsPlace() => Gen.Int.Select(RandomTrees.Make).Sample(tree =>
    {
        Assert.All(tree.Tensors(), t => Assert.Same(t.Tensor, tree[t.Path].Tensor));
        Assert.All(tree.Nodes(inValues: true), n => Assert.Same(n.Node, tree[n.Path].Tree));
        Assert.Equal(tree.Tensors(), tree.Select("**"));
    }, iter: 200, threads: 1);

    private static StructureTree Tree() => new()
    {
        Buffers =
        {
            ["momentum"] =
                new StructureTree { Submodules = { ["hidden"] = new StructureTree { Params = { ["weight"] = F.full([], 9.0) } } } }
        },
        Submodules =
        {
            ["head"] = new StructureTree
            {
                Params =
                {
                    ["weight"] = F.ones([2]),
                    ["bias"] = TreeValue.None,
                    ["parts"] = new TreeValue[] { TreeValue.None, new TreeDictionary<TreeValue> { ["low"] = F.full([], 7.0) } },
                },
            },
        },
    };
}
