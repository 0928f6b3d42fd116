using Brachy.NN;
using Brachy.Trees;
using CsCheck;

namespace Brachy.Tests.Trees;

/// <summary>Changed copies of trees.</summary>
[Trait("Category", "Quick")]
public class TreeAtTests
{
    [Fact]
    public void SetPutsValuesInACopy()
    {
        var tree = Tree();
        var one = F.ones([1]);
        Assert.Same(one, Unchanged(tree, t => t.At("0.weight").Set(one))["0.weight"].Tensor);
        Assert.Same(one, Unchanged(tree, t => t.At("0.extra").Set(one)).Submodules["0"].Params["extra"].Tensor);
        Assert.Same(one, Unchanged(tree, t => t.At("0.extra").Set(one, asBuffer: true)).Submodules["0"].Buffers["extra"].Tensor);
        Assert.True(Unchanged(tree, t => t.At("0.bias").Set(TreeValue.None))["0.bias"].IsNone);
        Assert.Equal(["0", "1", "2"], Unchanged(tree, t => t.At("2").Set(new StructureTree())).Submodules.Keys);

        var biases = Unchanged(tree, t => t.At("**.bias").Set(one));
        Assert.Same(one, biases["0.bias"].Tensor);
        Assert.Same(one, biases["1.0.bias"].Tensor);
        Assert.Same(tree["0.weight"].Tensor, biases["0.weight"].Tensor);
    }

    [Fact]
    public void UpdateReplacesTensorsInACopy()
    {
        var tree = Tree();
        var halved = Unchanged(tree, t => t.At("**.weight").Update(w => w / 2));
        Assert.Equal([0.5f, 0.5f], halved["0.weight"].Tensor.ToArray<float>());
        Assert.Same(tree["0.bias"].Tensor, halved["0.bias"].Tensor);
        var paths = new List<string>();
        Unchanged(tree, t => t.At(PathFilter.Where((path, _) => path.StartsWith('1'))).Update((path, p) =>
        {
            paths.Add(path);
            return null;
        }));
        Assert.Equal(["1.0.weight", "1.0.bias"], paths);
    }

    [Fact]
    public void AWeightSharedAmongPickedPlacesIsUpdatedOnceAndStaysShared()
    {
        var weight = F.full([1], 3.0);
        var tree = new StructureTree { Params = { ["a"] = weight, ["b"] = weight, ["c"] = weight } };
        var calls = new List<string>();
        var updated = Unchanged(tree, t => t.At((PathFilter)"b" | "c").Update((path, w) =>
        {
            calls.Add(path);
            return w * 2;
        }));
        Assert.Equal(["b"], calls);
        Assert.Same(weight, updated["a"].Tensor);
        Assert.Same(updated["b"].Tensor, updated["c"].Tensor);
        Assert.Equal(6, (double)updated["c"].Tensor);

        var alone = Unchanged(tree, t => t.At("b").Set(F.zeros([1])));
        Assert.Equal([3, 0, 3], alone.Tensors().Select(t => (double)t.Tensor));
        Assert.Equal(2, alone.DistinctTensors().Count());
    }

    [Fact]
    public void NodesAreReplacedFromBelow()
    {
        var tree = Tree();
        var order = new List<string>();
        var marked = Unchanged(tree, t => t.At("**").UpdateNode((path, node) =>
        {
            order.Add(path);
            node.Aux["below"] = node.Submodules.Count;
            return path == "1" ? new StructureTree { Submodules = { ["inner"] = node } } : node;
        }));
        Assert.Equal(["0", "1.0", "1", ""], order);
        Assert.Equal(2, marked.Aux["below"]);
        Assert.Equal(["0", "1"], marked.Submodules.Keys);
        Assert.Equal(["", "0", "1", "1.inner", "1.inner.0"], marked.Nodes().Select(n => n.Path));

        var one = new StructureTree { Params = { ["w"] = F.ones([1]) } };
        var replaced = Unchanged(tree, t => t.AtNodes(Linear.ApplyFunction).Set(one));
        Assert.Equal(["0.w", "1.0.w"], replaced.Tensors().Select(t => t.Path));
        Assert.NotSame(replaced["0"].Tree, replaced["1.0"].Tree);
        Assert.Single(replaced.DistinctTensors());
        Assert.Equal(["0.w", "1.0.weight", "1.0.bias"], Unchanged(tree, t => t.At("0").SetNode(one)).Tensors().Select(t => t.Path));
        Assert.Equal(["0", "1", "new"], Unchanged(tree, t => t.At("new").SetNode(one)).Submodules.Keys);
        Assert.Equal(["0.w", "1.w"], Unchanged(tree, t => t.At("*").SetNode(one)).Tensors().Select(t => t.Path));
    }

    [Fact]
    public void ANodeInsideABufferIsReachedByItsPath()
    {
        var tree = new StructureTree { Buffers = { ["momentum"] = new StructureTree { Params = { ["w"] = F.ones([1]) } } } };
        var result = Unchanged(tree, t => t.At("momentum").UpdateNode(node => node.At("w").Update(w => w * 4)));
        Assert.Equal(4, (double)result["momentum.w"].Tensor);
        Assert.Contains(
            "'momentum.w' is a tensor", Assert.Throws<ArgumentException>(() => tree.At("momentum.w").UpdateNode(n => n)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void RemoveTakesOutPlacesAndNodes()
    {
        var tree = Tree();
        Assert.Equal(["0.weight", "1.0.weight"], Unchanged(tree, t => t.At("**.bias").Remove()).Tensors().Select(t => t.Path));
        Assert.Equal(["1"], Unchanged(tree, t => t.At("0").Remove()).Submodules.Keys);
        Assert.Equal(["weight"], Unchanged(tree, t => t.At("0.bias").Remove()).Submodules["0"].Params.Keys);
        Assert.Empty(Unchanged(tree, t => t.At("*").Remove()).Submodules);
        Assert.Equal(["", "1"], Unchanged(tree, t => t.AtNodes(Linear.ApplyFunction).Remove()).Nodes().Select(n => n.Path));
        Assert.Equal(["0.bias"], Unchanged(tree, t => t.At(!(PathFilter)"0.bias").Remove()).Tensors().Select(t => t.Path));
        Assert.Throws<InvalidOperationException>(() => tree.AtNodes((_, _) => true).Remove());

        var list = new StructureTree
        {
            Params = { ["xs"] = new TreeValue[] { F.zeros([]), F.ones([]), new TreeDictionary<TreeValue> { ["k"] = F.ones([]) } } }
        };
        Assert.Equal([1, 1], Unchanged(list, t => t.At("xs.0").Remove()).Tensors().Select(t => (double)t.Tensor));
        Assert.Equal(["xs.0", "xs.1"], Unchanged(list, t => t.At("xs.2.k").Remove()).Tensors().Select(t => t.Path));
    }

    [Fact]
    public void AFilterThatPicksNothingNamesWhatIsNear()
    {
        var tree = Tree();
        var message = Assert.Throws<KeyNotFoundException>(() => tree.At("0.wei*s").Update(t => t)).Message;
        Assert.StartsWith("\"0.wei*s\" picks no tensor of the tree; the nearest are '0.weight'", message, StringComparison.Ordinal);
        Assert.Contains(
            "\"1.0.0.*\" picks no node of the tree; the nearest are '1.0'",
            Assert.Throws<KeyNotFoundException>(() => tree.At("1.0.0.*").UpdateNode(n => n)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "picks no place", Assert.Throws<KeyNotFoundException>(() => tree.At("x.*").Remove()).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'0' (Brachy.NN.Linear)", Assert.Throws<KeyNotFoundException>(() => tree.AtNodes((_, _) => false).Set(tree)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "\"0.**\" picks all tensors below it", Assert.Throws<KeyNotFoundException>(() => tree.At("0").Update(t => t)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "null for the node '0'", Assert.Throws<InvalidOperationException>(() => tree.At("0").UpdateNode(_ => null!)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OneChangeOfARandomTreeChangesThatPlaceOnly() =>
        Gen.Select(Gen.Int.Select(RandomTrees.Make), Gen.Int[0, 1000]).Sample((tree, choice) =>
        {
            var all = tree.Tensors().ToArray();
            if (all.Length == 0)
            {
                return;
            }

            var (path, old) = all[choice % all.Length];
            var tensor = F.ones([3]);
            var changed = Unchanged(tree, t => t.At(path).Set(tensor));
            Assert.Equal(all.Select(t => t.Path == path ? (path, tensor) : t), changed.Tensors());
            Assert.Equal(RandomTrees.Snapshot(tree), RandomTrees.Snapshot(changed.At(path).Set(old)));
            Assert.False(Unchanged(tree, t => t.At(path).Remove()).Tensors().Count() == all.Length);
            Assert.Equal(
                all.Select(t => ReferenceEquals(t.Tensor, old)),
                Unchanged(tree, t => t.At(PathFilter.Where((_, x) => ReferenceEquals(x, old))).Update(_ => tensor)).Tensors()
                    .Select(t => ReferenceEquals(t.Tensor, tensor)));
        }, iter: 200, threads: 1);

    /// <summary>Runs a verb and checks that it leaves the tree given as it was, and gives another one.</summary>
    private static StructureTree Unchanged(StructureTree tree, Func<StructureTree, StructureTree> verb)
    {
        var before = RandomTrees.Snapshot(tree);
        var result = verb(tree);
        Assert.Equal(before, RandomTrees.Snapshot(tree));
        Assert.Empty(tree.Nodes(inValues: true).Select(n => n.Node)
            .Intersect(result.Nodes(inValues: true).Select(n => n.Node), ReferenceEqualityComparer.Instance));
        return result;
    }

    private static StructureTree Tree() => new()
    {
        Submodules = { ["0"] = Layer(), ["1"] = new StructureTree { Submodules = { ["0"] = Layer() } } },
    };

    private static StructureTree Layer() => new()
    {
        ApplyFn = Linear.ApplyFunction,
        Params = { ["weight"] = F.ones([2]), ["bias"] = F.zeros([2]) },
    };
}
