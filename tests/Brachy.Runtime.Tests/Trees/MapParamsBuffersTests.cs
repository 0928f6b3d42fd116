using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>Maps over the tensors of one tree and of several.</summary>
public class MapParamsBuffersTests
{
    [Fact]
    public void EveryTensorOfATree()
    {
        var tree = new StructureTree
        {
            Params =
            {
                ["a"] = new TreeDictionary<TreeValue> { ["p"] = F.tensor(0.0) },
                ["b"] = F.tensor(new[] { 1.0, 2 }),
                ["none"] = TreeValue.None
            },
            Buffers = { ["p"] = F.tensor(0.0) },
            Submodules =
            {
                ["k"] = new() { Params = { ["b"] = new TreeValue[] { F.tensor(new[] { 4.0, 3 }) } }, Buffers = { ["l"] = F.tensor(3.0) } }
            },
        };
        var mapped = tree.MapParamsBuffers((_, t) => t + 1);
        Assert.Equal(["a.p", "b", "p", "k.b.0", "k.l"], mapped.Tensors().Select(t => t.Path));
        Assert.Equal([1.0, 2, 3, 1, 5, 4, 4], mapped.Tensors().SelectMany(t => t.Tensor.to(DType.Float64).ToArray<double>()));
        Assert.Equal([0.0, 1, 2, 0, 4, 3, 3], tree.Tensors().SelectMany(t => t.Tensor.to(DType.Float64).ToArray<double>()));
        Assert.True(mapped.Params["none"].IsNone);
    }

    [Fact]
    public void TreesCombineTensorByTensor()
    {
        var (one, two, three, four) = (Tree(1), Tree(10), Tree(100), Tree(1000));
        var before = RandomTrees.Snapshot(one);
        Assert.Equal([11.0, 22, 33], Values(StructureTree.MapParamsBuffers((_, a, b) => a + b, one, two)));
        Assert.Equal([111.0, 222, 333], Values(StructureTree.MapParamsBuffers((_, a, b, c) => a + b + c, one, two, three)));
        Assert.Equal([1110.0, 2219, 3328], Values(StructureTree.MapParamsBuffers(
            (path, t) => path == "w" ? t[3] + t[2] + t[1] : path == "n" ? t[3] + t[2] + t[1] + t[0] - 3 : t[3] + t[2] + t[1] - 2,
            [one, two, three, four])));
        Assert.Equal(before, RandomTrees.Snapshot(one));
        Assert.Equal([1.0, 2, 3], Values(StructureTree.MapParamsBuffers((_, t) => t[0], [one])));

        var result = StructureTree.MapParamsBuffers((path, a, b) => path == "n" ? null : b, one, two);
        Assert.Equal((one.ApplyFn, 1, true), (result.ApplyFn, result.Aux["from"], result.Buffers["n"].IsNone));
        var jitted = Jit.Compile((StructureTree a, StructureTree b) => StructureTree.MapParamsBuffers((_, x, y) => x * y, a, b));
        Assert.Equal([10.0, 40, 90], Values(jitted.Invoke(one, two)));
    }

    [Fact]
    public void TheOrderOfKeysDoesNotMatter()
    {
        var other = new StructureTree
        {
            Submodules = { ["inner"] = new() { Params = { ["v"] = F.tensor(30.0) } } },
            Params = { ["n"] = F.tensor(20.0), ["w"] = F.tensor(10.0) },
        };
        Assert.Equal([11.0, 22, 33], Values(StructureTree.MapParamsBuffers((_, a, b) => a + b, Tree(1), other)));
    }

    [Fact]
    public void TheFirstPathThatDiffersIsNamed()
    {
        var other = Tree(1);
        other.Submodules["inner"].Params["u"] = F.tensor(1.0);
        var extra = Assert.Throws<ArgumentException>(() => StructureTree.MapParamsBuffers((_, a, b) => a + b, Tree(1), other));
        Assert.Contains("'inner.u', where only the other", extra.Message, StringComparison.Ordinal);
        var missing = Assert.Throws<ArgumentException>(() => StructureTree.MapParamsBuffers((_, a, b) => a + b, other, Tree(1)));
        Assert.Contains("'inner.u', where only the first", missing.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StructureTree.MapParamsBuffers((_, t) => t[0], []));
        Assert.Throws<ArgumentNullException>(() => StructureTree.MapParamsBuffers((_, a, b) => a, other, null!));
    }

    [Fact]
    public void ASharedWeightIsCombinedOnce()
    {
        var (shared, apart) = (F.tensor(1.0), F.tensor(5.0));
        var first = new StructureTree { Params = { ["a"] = shared, ["b"] = shared, ["c"] = shared } };
        var second = new StructureTree { Params = { ["a"] = apart, ["b"] = apart, ["c"] = F.tensor(7.0) } };
        var calls = new List<string>();
        var sum = StructureTree.MapParamsBuffers(
            (path, a, b) =>
            {
                calls.Add(path);
                return a + b;
            },
            first,
            second);
        Assert.Equal(["a", "c"], calls);
        Assert.Same(sum.Params["a"].Tensor, sum.Params["b"].Tensor);
        Assert.Equal([6.0, 6, 8], Values(sum));
    }

    private static double[] Values(StructureTree tree) => [.. tree.Tensors().Select(t => (double)t.Tensor)];

    private static StructureTree Tree(double scale) => new()
    {
        Params = { ["w"] = F.tensor(1 * scale) },
        Buffers = { ["n"] = F.tensor(2 * scale) },
        Aux = { ["from"] = (int)scale },
        ApplyFn = StructureTree.PassThrough,
        Submodules = { ["inner"] = new() { Params = { ["v"] = F.tensor(3 * scale) } } },
    };
}
