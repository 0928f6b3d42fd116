using Brachy.Trees;
using CsCheck;

namespace Brachy.Tests.Trees;

/// <summary>Two trees compared.</summary>
[Trait("Category", "Quick")]
public class TreeDiffTests
{
    private static readonly ApplyFn s_function = new ApplyFn<Tensor, Tensor>("f", (_, _, x) => x);

    public static TheoryData<string, string> Changes { get; } = new()
    {
        { "removed", "head.bias: the right has nothing; the left has the param a tensor float32[2]" },
        { "added", "head.extra: the left has nothing; the right has the param a tensor float32[1]" },
        { "node removed", "tail: the right has nothing; the left has the submodule f" },
        { "none", "head.bias: there is a tensor float32[2] on the left, None on the right" },
        { "list", "parts: there is a list of 2 on the left, a list of 0 on the right" },
        { "part", "head.bias: it is a param on the left, a buffer on the right" },
        { "shape", "head.bias: the shape is [2] on the left, [1] on the right" },
        { "dtype", "head.bias: the element type is float32 on the left, float64 on the right" },
        { "one value", "parts.1.k: the value is 7 on the left, 8 on the right" },
        { "values", "head.weight: 2 of 3 values differ, by up to 0.5" },
        { "aux", "sizes: the aux value is [1, 2] on the left, [1, 3] on the right" },
        { "aux removed", "sizes: the right has nothing; the left has the aux value [1, 2]" },
        { "apply", "(root): the apply function is f on the left, g on the right" },
        { "same name", "(root): the apply functions differ, though both are called f" },
        { "unshared", "tail.tied: it is the weight of head.weight on the left, a weight of its own on the right" },
        { "order", "head: the keys are {weight, bias} on the left, {bias, weight} on the right" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void EachDifferenceIsNamed(string change, string message)
    {
        var (left, right) = (Tree(), Tree());
        Assert.True(left.ValueEquals(right));
        Assert.Equal("no differences", StructureTree.Diff(left, right).ToString());
        var head = right.Submodules["head"];
        switch (change)
        {
            case "removed": head.Params.Remove("bias"); break;
            case "added": head.Params["extra"] = F.ones([1]); break;
            case "node removed": right.Submodules.Remove("tail"); break;
            case "none": head.Params["bias"] = TreeValue.None; break;
            case "list": right.Params["parts"] = Array.Empty<TreeValue>(); break;
            case "part": head.Params.Remove("bias"); head.Buffers["bias"] = F.zeros([2]); break;
            case "shape": head.Params["bias"] = F.zeros([1]); break;
            case "dtype": head.Params["bias"] = F.zeros([2], DType.Float64); break;
            case "one value": right["parts.1.k"] = F.full([], 8.0); break;
            case "values":
                right = right.At((PathFilter)"head.weight" | "tail.tied").Update(w => w + Tensor.FromArray([0, 0.5f, -0.25f], [3])); break;
            case "aux": right.Aux["sizes"] = new List<int> { 1, 3 }; break;
            case "aux removed": right.Aux.Clear(); break;
            case "apply": right.ApplyFn = new ApplyFn<Tensor, Tensor>("g", (_, _, x) => x); break;
            case "same name": right.ApplyFn = new ApplyFn<Tensor, Tensor>("f", (_, _, x) => -x); break;
            case "unshared": right["tail.tied"] = head.Params["weight"].Tensor + 0; break;
            case "order": head.Params = new(head.Params.Reverse()); break;
            default: throw new ArgumentException(change, nameof(change));
        }

        var diff = StructureTree.Diff(left, right);
        Assert.Equal([message], diff.Select(d => d.ToString()));
        Assert.Equal(message, diff.ToString());
        Assert.False(left.ValueEquals(right));
        var isAboutValues = change is "one value" or "values";
        Assert.Equal(isAboutValues, left.HasSameStructure(right));
        Assert.Equal(isAboutValues, diff[0].Kind == TreeDifferenceKind.Value);
    }

    [Fact]
    public void SidesAreMissingAndUnexpected()
    {
        var (small, large) = (new StructureTree(), Tree());
        Assert.All(StructureTree.Diff(large, small, TreeComparison.Exact with { Parts = TreeParts.State }), d =>
            Assert.Equal(TreeDifferenceKind.Missing, d.Kind));
        Assert.All(StructureTree.Diff(small, large, TreeComparison.Exact with { Parts = TreeParts.State }), d =>
            Assert.Equal(TreeDifferenceKind.Unexpected, d.Kind));
        Assert.Empty(StructureTree.Diff(Tree(), Tree().GetParams(), TreeComparison.Exact with { Parts = TreeParts.Params }));
        Assert.NotEmpty(StructureTree.Diff(Tree(), Tree().GetParams()));
    }

    [Theory]
    [InlineData(1.0, 1.0, true, true, true)]
    [InlineData(double.NaN, double.NaN, true, false, true)]
    [InlineData(0.0, -0.0, false, true, true)]
    [InlineData(1.0, 1.009, false, true, true)]
    [InlineData(1.0, 1.02, false, false, false)]
    [InlineData(0.0, 0.0009, false, true, true)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true, true, true)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, false, false, false)]
    [InlineData(1e300, double.PositiveInfinity, false, false, false)]
    public void ValuesAreComparedByBitsOrTolerance(double left, double right, bool exact, bool close, bool closeWithNaN)
    {
        var (a, b) = (
            new StructureTree { Params = { ["x"] = F.full([3], left, DType.Float64) } },
            new StructureTree { Params = { ["x"] = F.full([3], right, DType.Float64) } });
        Assert.Equal(exact, a.ValueEquals(b));
        Assert.Equal(close, a.IsClose(b, rtol: 0.01, atol: 0.001));
        Assert.Equal(closeWithNaN, a.IsClose(b, rtol: 0.01, atol: 0.001, equalNaN: true));
        Assert.True(a.ValueEquals(a.Copy()));
        Assert.Equal(!double.IsNaN(left), a.IsClose(a));
    }

    [Theory]
    [InlineData(DType.Bool)]
    [InlineData(DType.UInt8)]
    [InlineData(DType.Int16)]
    [InlineData(DType.Int64)]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float32)]
    public void EveryElementTypeIsComparedWhateverItsLayout(DType dtype)
    {
        var x = Tensor.FromArray<long>([0, 1, 1, 0, 1, 0], [2, 3]).to(dtype);
        var (a, b) = (
            new StructureTree { Params = { ["x"] = x.transpose(0, 1) } },
            new StructureTree { Params = { ["x"] = Tensor.FromArray<long>([0, 0, 1, 1, 1, 0], [3, 2]).to(dtype) } });
        Assert.True(a.ValueEquals(b));
        Assert.True(a.IsClose(b));
        b["x"] = Tensor.FromArray<long>([0, 0, 1, 1, 0, 1], [3, 2]).to(dtype);
        Assert.Equal("x: 2 of 6 values differ, by up to 1", StructureTree.Diff(a, b).ToString());
        Assert.False(a.IsClose(b));
    }

    [Fact]
    public void TracedTensorsHaveNoValuesToCompare()
    {
        var errors = new List<string>();
        var (concrete, same) = (Tree(), Tree());
        Jit.Compile<StructureTree, Tensor>(tree =>
        {
            Assert.True(tree.HasSameStructure(tree.Copy()));
            errors.Add(Assert.Throws<ConcretizationException>(() => tree.ValueEquals(tree.MapParamsBuffers((_, t) => t + 0))).Message);
            Assert.True(concrete.ValueEquals(same));
            return tree["x"];
        }).Invoke(new StructureTree { Params = { ["x"] = F.ones([2]) } });
        Assert.Contains("ValueEquals", Assert.Single(errors), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeComparison.Close(rtol: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeComparison.Close(atol: double.NaN));
    }

    [Fact]
    public void RandomTreesEqualTheirCopiesAndDifferWhereTheyWereChanged() => Gen.Select(Gen.Int, Gen.Int[0, 1000]).Sample((seed, choice) =>
    {
        var (tree, other) = (RandomTrees.Make(seed), RandomTrees.Make(seed));
        Assert.True(tree.ValueEquals(other), StructureTree.Diff(tree, other).ToString());
        Assert.Empty(StructureTree.Diff(tree, tree.MapParamsBuffers((_, t) => t + 0)));
        var all = tree.Tensors().ToArray();
        if (all.Length > 0)
        {
            var (path, tensor) = all[choice % all.Length];
            var diff = StructureTree.Diff(tree, tree.At(path).Update(t => t + 1));
            Assert.Contains(diff, d => d.Path == path && d.Kind == TreeDifferenceKind.Value);
            Assert.All(diff, d =>
                Assert.True(d.Path == path || (d.Kind == TreeDifferenceKind.Sharing && ReferenceEquals(tree[d.Path].Tensor, tensor))));
        }
    }, iter: 200, threads: 1);

    private static StructureTree Tree()
    {
        var shared = Tensor.FromArray([1f, 2f, 3f], [3]);
        return new()
        {
            ApplyFn = s_function,
            Aux = { ["sizes"] = new List<int> { 1, 2 } },
            Params = { ["parts"] = new TreeValue[] { TreeValue.None, new TreeDictionary<TreeValue> { ["k"] = F.full([], 7.0) } } },
            Submodules =
            {
                ["head"] = new StructureTree { Params = { ["weight"] = shared, ["bias"] = F.zeros([2]) } },
                ["tail"] = new StructureTree { ApplyFn = s_function, Buffers = { ["tied"] = shared } },
            },
        };
    }
}
