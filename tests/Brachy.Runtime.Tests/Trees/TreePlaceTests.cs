using Brachy.Modules;
using Brachy.NN;
using Brachy.Tests.Modules;
using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>Places that read like others, that are something else, or that cannot be.</summary>
public class TreePlaceTests
{
    private static readonly Tensor s_one = F.tensor(1.0);
    private static readonly Tensor s_two = F.tensor(2.0);

    [Fact]
    public void KeysOfDictionariesMayHoldDots()
    {
        var tree = new StructureTree
        {
            Params =
            {
                ["d"] = new TreeDictionary<TreeValue>
                {
                    ["a.b"] = s_one,
                    ["a"] = new TreeDictionary<TreeValue> { ["c"] = s_two },
                    ["l.x"] = new TreeValue[] { s_two }
                }
            }
        };
        foreach (var (path, tensor) in tree.Tensors())
        {
            Assert.Same(tensor, tree[path].Tensor);
        }

        tree["d.a.b"] = s_two;
        tree["d.l.x.0"] = s_one;
        Assert.Equal([2.0, 2, 1], tree.Tensors().Select(t => (double)t.Tensor));
        Assert.Same(s_one, tree.At("d.a.b").Set(s_one)["d.a.b"].Tensor);
        Assert.False(tree.TryGet("d.a.b.c", out _));
        Assert.False(tree.TryGet("d.", out _));
    }

    [Fact]
    public void TwoTensorsOfOnePathAreNamed()
    {
        var tree = new StructureTree
        {
            Params = { ["d"] = new TreeDictionary<TreeValue> { ["a.b"] = s_one, ["a"] = new TreeDictionary<TreeValue> { ["b"] = s_two } } }
        };
        Assert.Same(s_one, tree["d.a.b"].Tensor);
        var gradient = Grad.TreeValueAndGrad(
            (StructureTree t) => t.Tensors().First().Tensor, split: t => t.Split(TreeParts.Params, TreeParts.Static));
        Assert.Contains(
            "'d.a.b' is the path of two tensors", Assert.Throws<ArgumentException>(() => gradient(tree)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AStaticValueIsNotOverlaidByAParam()
    {
        var tree = new StructureTree { Submodules = { ["a"] = new() { Aux = { ["axis"] = 1 } } } };
        foreach (var set in new Action[]
        {
            () => tree["a.axis"] = s_one, () => tree.At("a.axis").Set(s_one), () => tree.At("a.axis").Set(s_one, asBuffer: true),
            () => tree["a.axis"] = new StructureTree()
        })
        {
            Assert.Contains("'a.axis' is a static value", Assert.Throws<ArgumentException>(set).Message, StringComparison.Ordinal);
        }

        Assert.Empty(tree.Tensors());
    }

    [Fact]
    public void TheRootIsNotRemoved()
    {
        var tree = new Scaler(2).Tree;
        Assert.Contains("root", Assert.Throws<InvalidOperationException>(() => tree.At("**").Remove()).Message, StringComparison.Ordinal);
        Assert.Empty(tree.At("*").Remove().Tensors());
        Assert.Empty(tree.At((PathFilter)"**.scale" | "**.calls").Remove().Tensors());
    }

    [Theory]
    [InlineData("a.*|b.*", '|')]
    [InlineData("a&b", '&')]
    [InlineData("!a", '!')]
    [InlineData("a.[01]", '[')]
    [InlineData("{a,b}.w", '{')]
    public void WhatLooksLikeACombinationIsRefused(string pattern, char sign)
    {
        var message = Assert.Throws<ArgumentException>(() => (PathFilter)pattern).Message;
        Assert.Contains($"'{sign}'", message, StringComparison.Ordinal);
        Assert.Contains("(PathFilter)\"a.*\" | \"b.*\"", message, StringComparison.Ordinal);
        Assert.Single(new StructureTree { Params = { [$"a{sign}b"] = s_one } }.Select("a?b"));
    }

    [Fact]
    public void AnUpdateIsOfParamsAndBuffersAlone()
    {
        var tree = new StructureTree { Params = { ["w"] = s_one }, Submodules = { ["a"] = new() } };
        var growing = new ApplyFn<Tensor, Tensor>("growing", (node, _, x) =>
        {
            node.Aux["seen"] = 1;
            node.Buffers["calls"] = x;
            node.Submodules["a"].ApplyFn = StructureTree.PassThrough;
            node.Submodules["a"].Params["v"] = x;
            node.Submodules["b"] = new Scaler(2).Tree;
            return x;
        });
        tree.ApplyFn = growing;
        var updated = tree.Update(tree.Apply(GlobalConfig.Empty, s_two).Tree);
        Assert.Equal(["w", "calls", "a.v"], updated.Tensors().Select(t => t.Path));
        Assert.Empty(updated.Aux);
        Assert.Equal(["a"], updated.Submodules.Keys);
        Assert.Null(updated.Submodules["a"].ApplyFn);
    }

    [Fact]
    public void AMissingTreeIsNamedAsItsParameterIs()
    {
        var tree = new StructureTree();
        Assert.Equal("second", Assert.Throws<ArgumentNullException>(() => StructureTree.Map((_, a, b) => new(), tree, null!)).ParamName);
        Assert.Equal(
            "third", Assert.Throws<ArgumentNullException>(() => StructureTree.Map((_, a, b, c) => new(), tree, tree, null!)).ParamName);
        Assert.Equal("first", Assert.Throws<ArgumentNullException>(() => StructureTree.Merge(null!, tree)).ParamName);
        Assert.Equal(
            "second", Assert.Throws<ArgumentNullException>(() => StructureTree.MapParamsBuffers((_, a, b) => a, tree, null!)).ParamName);
    }

    [Fact]
    public void ASummaryIsTakenOutsideOfCompiledCode()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Linear(2, 3);
        var function = Jit.Compile((StructureTree t, Tensor x) => x * ModuleSummary.Of(t, config, x).Parameters);
        Assert.Contains(
            "take it outside", Assert.Throws<InvalidOperationException>(() => function.Invoke(tree, F.ones([1, 2]))).Message,
            StringComparison.Ordinal);
    }
}
