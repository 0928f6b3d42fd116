using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>The verbs on trees, on one tree by hand.</summary>
public class ToolkitTests
{
    private static readonly ApplyFn<Tensor, Tensor> s_root = new("root", static (tree, _, x) => x + tree.Params["a"].Tensor);
    private static readonly ApplyFn<Tensor, Tensor> s_child = new("child", static (tree, _, x) => x * 3);
    private static readonly ApplyFn<Tensor, Tensor> s_grandchild = new("grandchild", static (tree, _, x) => -x);

    [Fact]
    public void SplitGivesTheSameNodesWithSomeParts()
    {
        var tree = Tree();
        var (parameters, buffers, rest) = tree.Split(TreeParts.Params, TreeParts.Buffers, TreeParts.Static);
        Assert.Equal(["a", "b", "c.f", "c.d.f"], parameters.Tensors().Select(t => t.Path));
        Assert.Equal(["x", "c.g", "c.d.g"], buffers.Tensors().Select(t => t.Path));
        Assert.Empty(rest.Tensors());
        Assert.Equal(("this is some text", 234), (rest.Aux["comment"], rest.Aux["4"]));
        Assert.Equal(
            (s_root, s_child, s_grandchild), (rest.ApplyFn, rest.Submodules["c"].ApplyFn, rest.Submodules["c"].Submodules["d"].ApplyFn));
        Assert.Equal("this is a grand child node", rest.Submodules["c"].Submodules["d"].Aux["comment"]);
        Assert.All([parameters, buffers], t => Assert.Null(t.Submodules["c"].ApplyFn));
        Assert.All([parameters, buffers], t => Assert.Empty(t.Submodules["c"].Aux));

        Assert.Equal(RandomTrees.Snapshot(tree), RandomTrees.Snapshot(StructureTree.Merge(parameters, buffers, rest)));
        Assert.Equal(
            RandomTrees.Snapshot(tree.Filter()), RandomTrees.Snapshot(StructureTree.Merge([parameters, buffers, rest], TreeParts.State)));
        Assert.Equal(4, tree.Split().Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Filter((TreeParts)16));
    }

    [Fact]
    public void WhatOverridesAndWhatDoesNot()
    {
        var first = new StructureTree { Params = { ["w"] = F.ones([1]) }, Aux = { ["p"] = 1 } };
        var second =
            new StructureTree { Params = { ["w"] = F.zeros([1]), ["v"] = F.zeros([2]) }, Aux = { ["p"] = 2, ["q"] = 3 }, ApplyFn = s_root };
        var third = new StructureTree { Aux = { ["p"] = 4 }, ApplyFn = s_child, Submodules = { ["c"] = new() { Aux = { ["r"] = 5 } } } };

        var all = StructureTree.Merge(first, second, third);
        Assert.Equal((0, 2), ((double)all.Params["w"].Tensor, all.Params["v"].Tensor.numel()));
        Assert.Equal((4, 3, s_child), (all.Aux["p"], all.Aux["q"], all.ApplyFn));
        Assert.Equal(5, all.Submodules["c"].Aux["r"]);

        var kept = StructureTree.Merge([first, second, third], TreeParts.All, keysToOverride: TreeParts.Params);
        Assert.Equal(0, (double)kept.Params["w"].Tensor);
        Assert.Equal(["p"], kept.Aux.Keys);
        Assert.Equal((1, s_root), (kept.Aux["p"], kept.ApplyFn));
        Assert.Null(StructureTree.Merge(first, second, keysToMerge: TreeParts.State).ApplyFn);

        Assert.Throws<ArgumentException>(() => StructureTree.Merge());
        Assert.Throws<ArgumentNullException>(() => StructureTree.Merge(first, null!));
    }

    [Fact]
    public void ANameMustBeOneThing()
    {
        var buffer = new StructureTree { Submodules = { ["c"] = new() { Buffers = { ["w"] = F.ones([1]) } } } };
        var parameter = new StructureTree { Submodules = { ["c"] = new() { Params = { ["w"] = F.ones([1]) } } } };
        var node = new StructureTree { Submodules = { ["c"] = new() { Submodules = { ["w"] = new() } } } };
        foreach (var (a, b) in new[] { (buffer, parameter), (parameter, node), (node, buffer) })
        {
            Assert.Contains("'c.w'", Assert.Throws<ArgumentException>(() => StructureTree.Merge(a, b)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AnEmptyTreeIsWholeAndPassesOn()
    {
        var tree = Tree();
        var empty = tree.Empty();
        Assert.True(StructureTree.IsStructureTree(empty, recurse: true));
        Assert.Equal(RandomTrees.Paths(tree), RandomTrees.Paths(empty));
        foreach (var path in RandomTrees.Paths(empty))
        {
            var node = RandomTrees.At(empty, path)!;
            Assert.Equal((0, 0, 0), (node.Params.Count, node.Buffers.Count, node.Aux.Count));
            Assert.Equal([1, 2], node.Apply(GlobalConfig.Empty, F.tensor(new[] { 1.0, 2.0 })).Output.ToArray<double>());
        }

        var single = new StructureTree().Fill();
        Assert.True(StructureTree.IsStructureTree(single) && single.IsLeaf);
        Assert.Equal(single.ApplyFn, empty.ApplyFn);
        Assert.Equal(s_root, tree.Fill().ApplyFn);
    }

    [Fact]
    public void MapSeesPathsAndMakesLeaves()
    {
        var tree = Tree();
        var paths = new List<string>();
        var halves = tree.Map((path, node) =>
        {
            paths.Add(path);
            return new() { Buffers = node.Params, ApplyFn = node.ApplyFn };
        });
        Assert.Equal(["", "c", "c.d"], paths);
        Assert.Equal(["a", "b", "c.f", "c.d.f"], halves.Tensors().Select(t => t.Path));
        Assert.Empty(halves.GetParams().Tensors());

        var (first, second, third) = tree.Map(
            (_, node) => (node.CopyToLeaf(), new StructureTree(), new StructureTree { Aux = { ["n"] = node.Params.Count } }));
        Assert.Equal(RandomTrees.Snapshot(tree), RandomTrees.Snapshot(first));
        Assert.Equal(["", "c", "c.d"], RandomTrees.Paths(second));
        Assert.Equal((2, 1, 1), (third.Aux["n"], third.Submodules["c"].Aux["n"], third.Submodules["c"].Submodules["d"].Aux["n"]));

        Assert.Contains(
            "'c'", Assert.Throws<ArgumentException>(() => tree.Map((path, node) => path.Length == 0 ? new() : node)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'c.d'", Assert.Throws<ArgumentException>(() => tree.Map((path, node) => path == "c.d" ? null! : new StructureTree())).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "2", Assert.Throws<ArgumentException>(() => tree.Map(
                (path, _) => path.Length == 0 ? new StructureTree[2] { new(), new() } : [new()])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapOfThreeTreesAddsThemUp()
    {
        static StructureTree Leaf(double value, params (string Key, StructureTree Tree)[] below)
        {
            var tree = new StructureTree { Params = { ["v"] = F.tensor(value) } };
            Array.ForEach(below, b => tree.Submodules.Add(b.Key, b.Tree));
            return tree;
        }

        var sums = StructureTree.Map(
            (path, a, b, c) =>
                new() { Aux = { ["sum"] = new[] { a, b, c }.Sum(node => node is null ? 0 : (double)node.Params["v"].Tensor) } },
            Leaf(1, ("y", Leaf(2))),
            Leaf(10, ("x", Leaf(20)), ("y", Leaf(30))),
            Leaf(100, ("z", Leaf(200, ("y", Leaf(300))))));
        Assert.Equal(["y", "x", "z"], sums.Submodules.Keys);
        Assert.Equal([111.0, 32, 20, 200, 300], new[] { "", "y", "x", "z", "z.y" }.Select(path => RandomTrees.At(sums, path)!.Aux["sum"])
            .Cast<double>());

        var counts = StructureTree.Map(
            (_, nodes) => [new() { Aux = { ["n"] = nodes.Count(n => n is not null) } }, new()], [Leaf(1), Leaf(2), Leaf(3), Leaf(4)]);
        Assert.Equal((2, 4), (counts.Length, counts[0].Aux["n"]));
        Assert.Throws<ArgumentException>(() => StructureTree.Map((_, nodes) => new StructureTree(), []));
    }

    [Fact]
    public void WhatIsAWholeTree()
    {
        Assert.True(StructureTree.IsStructureTree(Tree(), recurse: true));
        Assert.False(StructureTree.IsStructureTree("tree"));
        Assert.False(StructureTree.IsStructureTree(null));
        Assert.False(StructureTree.IsStructureTree(new StructureTree()));
        Assert.False(StructureTree.IsStructureTree(Tree().Filter()));

        Below(tree => tree.ApplyFn = null);
        Below(tree => tree.Params["g"] = F.ones([1]));
        Below(tree => tree.Submodules["f"] = new StructureTree().Fill());
        Below(tree => tree.Submodules["n"] = null!);
        Below(tree => tree.Submodules["self"] = tree);
        Below(tree =>
        {
            var list = new TreeValue[1];
            list[0] = list;
            tree.Params["list"] = list;
        });

        var twice = Tree();
        twice.Submodules["again"] = twice.Submodules["c"];
        Assert.True(StructureTree.IsStructureTree(twice, recurse: true));

        static void Below(Action<StructureTree> edit)
        {
            var tree = Tree();
            edit(tree.Submodules["c"]);
            Assert.True(StructureTree.IsStructureTree(tree));
            Assert.False(StructureTree.IsStructureTree(tree, recurse: true));
        }
    }

    [Fact]
    public void ATreeInsideItselfIsAnErrorAndNotTheEndOfTheProcess()
    {
        var tree = Tree();
        tree.Submodules["c"].Submodules["up"] = tree;
        Assert.Contains(
            "'c.up' is below itself", Assert.Throws<InvalidOperationException>(() => tree.Filter()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(tree.Copy);
        Assert.Throws<InvalidOperationException>(tree.GetParams);
        tree.Submodules["c"].Submodules["up"] = null!;
        Assert.Contains("'c.up'", Assert.Throws<InvalidOperationException>(() => tree.Filter()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeysArePartsOfPaths()
    {
        var tree = new StructureTree();
        Assert.Contains(
            "'a.b'", Assert.Throws<ArgumentException>(() => tree.Params["a.b"] = F.ones([1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => tree.Buffers.Add("", F.ones([1])));
        Assert.Throws<ArgumentException>(() => tree.Submodules["a.b"] = new());
        Assert.Throws<ArgumentException>(() => tree.Params = new TreeDictionary<TreeValue> { ["a.b"] = F.ones([1]) });
        tree.Aux["a.b"] = 1;
        Assert.Equal((0, 0, 0, 1), (tree.Params.Count, tree.Buffers.Count, tree.Submodules.Count, tree.Aux.Count));
        tree.Params["values"] = new TreeDictionary<TreeValue> { ["a.b"] = F.ones([1]) };
        Assert.Throws<ArgumentException>(() => tree.Copy().Params["c.d"] = F.ones([1]));
    }

    internal static StructureTree Tree() => new()
    {
        Params = { ["a"] = F.ones([4]), ["b"] = F.zeros([1, 2, 1]) },
        Buffers = { ["x"] = F.tensor(new long[] { 1, 2, 3 }) },
        Aux = { ["comment"] = "this is some text", ["4"] = 234 },
        ApplyFn = s_root,
        Submodules =
        {
            ["c"] = new()
            {
                Params = { ["f"] = F.zeros([1, 3]) },
                Buffers = { ["g"] = F.tensor(new long[] { 1, 99, 3 }) },
                Aux = { ["comment"] = "this is a child node" },
                ApplyFn = s_child,
                Submodules =
                {
                    ["d"] = new()
                    {
                        Params = { ["f"] = F.zeros([2, 3]) },
                        Buffers = { ["g"] = F.tensor(new long[] { 33, 99, 3 }) },
                        Aux = { ["comment"] = "this is a grand child node" },
                        ApplyFn = s_grandchild,
                    },
                },
            },
        },
    };
}
