using Brachy.Trees;
using CsCheck;

namespace Brachy.Tests.Trees;

/// <summary>Trees taken apart by tensors and put together.</summary>
[Trait("Category", "Quick")]
public class TreePartitionTests
{
    [Fact]
    public void BothPartsKeepTheStructureAndHaveNoneWhereTheOtherHasTheTensor()
    {
        var tree = Tree();
        var before = RandomTrees.Snapshot(tree);
        var (selected, others) = tree.Partition("**.weight");
        Assert.Equal(["0.weight", "1.weight"], selected.Tensors().Select(t => t.Path));
        Assert.Equal(["0.bias", "1.bias", "1.parts.0"], others.Tensors().Select(t => t.Path));
        Assert.Same(tree["0.weight"].Tensor, selected["0.weight"].Tensor);
        foreach (var part in new[] { selected, others })
        {
            Assert.Equal(["weight", "bias"], part.Submodules["0"].Params.Keys);
            Assert.Equal("layer", part.Submodules["1"].ApplyFn!.Name);
            Assert.Equal([3], (List<int>)part.Submodules["1"].Aux["sizes"]!);
            Assert.Equal(2, part["1.parts"].List.Count);
        }

        Assert.True(selected["1.bias"].IsNone);
        Assert.Equal(before, RandomTrees.Snapshot(StructureTree.Combine(selected, others)));
        Assert.Equal(before, RandomTrees.Snapshot(tree));
        var (all, none) = tree.Partition("**");
        Assert.Equal(before, RandomTrees.Snapshot(all));
        Assert.Empty(none.Tensors());
    }

    [Fact]
    public void PartitionAndCombineIsTheIdentityForRandomTrees() => Gen.Int.Sample(seed =>
    {
        var tree = RandomTrees.Make(seed);
        var before = RandomTrees.Snapshot(tree);
        var random = new Random(seed);
        var picked = tree.Tensors().Where(_ => random.Next(2) == 0).Select(t => t.Path).ToHashSet();
        var (selected, others) = tree.Partition(PathFilter.Where((path, _) => picked.Contains(path)));
        Assert.Equal(before, RandomTrees.Snapshot(StructureTree.Combine(selected, others)));
        Assert.Equal(tree.Tensors().OrderBy(t => t.Path), StructureTree.Combine(others, selected).Tensors().OrderBy(t => t.Path));

        // A weight goes as a whole with any of its places, and no weight is in both.
        var wanted = tree.Tensors().Where(t => picked.Contains(t.Path)).Select(t => t.Tensor).ToHashSet();
        Assert.Equal(tree.Tensors().Where(t => wanted.Contains(t.Tensor)), selected.Tensors());
        Assert.Equal(tree.Tensors().Where(t => !wanted.Contains(t.Tensor)), others.Tensors());

        // Nothing is shared but tensors.
        var combined = StructureTree.Combine(selected, others);
        Assert.False(RandomTrees.Containers(tree, selected, others).Overlaps(RandomTrees.Containers(combined)));
        Assert.False(RandomTrees.Containers(selected).Overlaps(RandomTrees.Containers(others)));
        Assert.Equal(before, RandomTrees.Snapshot(tree));
    }, iter: 200, threads: 1);

    [Fact]
    public void APartIsDifferentiatedEagerlyAndCompiled()
    {
        // loss = Σ weight² · bias: by the weight, 2 weight · bias.
        var tree =
            new StructureTree { Params = { ["weight"] = Tensor.FromArray([1.0, 2.0], [2]), ["bias"] = Tensor.FromArray([3.0, 5.0], [2]) } };
        static (Tensor, StructureTree) Gradients(StructureTree model)
        {
            var (trained, frozen) = model.Partition("weight");
            return Grad.TreeValueAndGrad(part =>
            {
                var whole = StructureTree.Combine(part, frozen);
                return (whole["weight"].Tensor * whole["weight"].Tensor * whole["bias"].Tensor).sum();
            })(trained);
        }

        var compiled = Jit.Compile<StructureTree, (Tensor, StructureTree)>(Gradients);
        foreach (var (loss, grads) in new[] { Gradients(tree), compiled.Invoke(tree) })
        {
            Assert.Equal(23, (double)loss);
            Assert.Equal([6, 20], grads["weight"].Tensor.ToArray<double>());
            Assert.True(grads["bias"].IsNone);
        }
    }

    [Fact]
    public void CombineTakesPrunedTreesAndRefusesConflicts()
    {
        var weight = F.ones([2]);
        var left = new StructureTree { Params = { ["a"] = weight }, Aux = { ["n"] = 1 } };
        var right =
            new StructureTree { Buffers = { ["b"] = F.zeros([1]) }, Aux = { ["n"] = 1, ["m"] = 2 }, Submodules = { ["s"] = Tree() } };
        var both = StructureTree.Combine(left, right, left);
        Assert.Equal(["a", "b"], both.Tensors().Take(2).Select(t => t.Path));
        Assert.Equal(["n", "m"], both.Aux.Keys);
        Assert.Equal(2, both["s"].Tree.Submodules.Count);

        Refused(
            "values, a tensor float32[2] and a tensor float32[1]; one of them must be None, at 'a'",
            new() { Params = { ["a"] = F.zeros([1]) } });
        Refused("values, a tensor float32[2] and a list of 0", new() { Params = { ["a"] = Array.Empty<TreeValue>() } });
        Refused("places of different kinds: a param, a buffer or a submodule, at 'a'", new() { Buffers = { ["a"] = TreeValue.None } });
        Refused("different aux values, 1 and 2, at 'n'", new() { Aux = { ["n"] = 2 } });
        var other = new StructureTree { ApplyFn = new ApplyFn<Tensor, Tensor>("f", (_, _, x) => x) };
        Assert.Contains(
            "apply functions, f and g, at the root", Assert.Throws<ArgumentException>(() => StructureTree.Combine(
                other, new() { ApplyFn = new ApplyFn<Tensor, Tensor>("g", (_, _, x) => x) })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StructureTree.Combine());

        void Refused(string message, StructureTree conflicting) =>
            Assert.Contains(
                message, Assert.Throws<ArgumentException>(() => StructureTree.Combine(left, conflicting)).Message,
                StringComparison.Ordinal);
    }

    private static StructureTree Tree() => new()
    {
        Submodules =
        {
            ["0"] = new StructureTree { Params = { ["weight"] = F.ones([2]), ["bias"] = F.zeros([2]) } },
            ["1"] = new StructureTree
            {
                ApplyFn = new ApplyFn<Tensor, Tensor>("layer", (_, _, x) => x),
                Params = { ["weight"] = F.ones([2]), ["bias"] = F.zeros([2]), ["parts"] = new TreeValue[] { F.ones([1]), TreeValue.None } },
                Aux = { ["sizes"] = new List<int> { 3 } },
            },
        },
    };
}
