using Brachy.Modules;
using Brachy.NN;
using Brachy.Native;
using Brachy.Tests.Trees;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

/// <summary>Tables of what models hold and compute, against counts by hand.</summary>
[Trait("Category", "Quick")]
public class ModuleSummaryTests
{
    [Fact]
    public void LeNetHasItsPublishedParamsAndIsNeverRun()
    {
        // LeNet-5 with full connections: 61,706 params. Multiply-adds by hand, element of the result times elements of a kernel:
        // 6·28·28·25 + 16·10·10·150 + 400·120 + 120·84 + 84·10.
        using var rng = Rng.Scope(0);
        var (tree, config) = new Sequential(
            new Conv2d(1, 6, 5, padding: 2), new Lambda(F.tanh), new AvgPool2d(2), new Conv2d(6, 16, 5), new Lambda(F.tanh),
            new AvgPool2d(2), new Flatten(), new Linear(400, 120), new Linear(120, 84), new Linear(84, 10));
        var before = RandomTrees.Snapshot(tree);
        var input = F.zeros([1, 1, 28, 28]);
        var calls = NativeCalls.OfThisThread;
        var summary = ModuleSummary.Of(tree, config, input);
        Assert.Equal(calls, NativeCalls.OfThisThread);
        Assert.Equal(before, RandomTrees.Snapshot(tree));
        Assert.Null(Trace.Current);

        Assert.Equal(61_706, summary.Parameters);
        Assert.Equal(4 * 61_706, summary.ParameterBytes);
        Assert.Equal((0, 0), (summary.Buffers, summary.BufferBytes));
        Assert.Equal(416_520, summary.MultiplyAdds);
        long[] own = [0, 117_600, 0, 0, 240_000, 0, 0, 0, 48_000, 10_080, 840];
        Assert.Equal(own, summary.Rows.Select(r => r.MultiplyAdds));
        Assert.Equal([0, 156, 0, 0, 2416, 0, 0, 0, 48_120, 10_164, 850], summary.Rows.Select(r => r.Parameters));
        Assert.Equal([416_520, .. own[1..]], summary.Rows.Select(r => r.TotalMultiplyAdds));
        Assert.Equal(["float32[1, 6, 28, 28]", "float32[1, 6, 28, 28]", "float32[1, 6, 14, 14]"], summary.Rows.Skip(1).Take(3)
            .Select(r => Assert.Single(r.Outputs).ToString()));
        Assert.Equal(32 * 416_520, ModuleSummary.Of(tree, config, F.zeros([32, 1, 28, 28])).MultiplyAdds);
    }

    [Fact]
    public void TheTableIsAligned()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Sequential(new Linear(784, 100), new BatchNorm1d(100));
        Assert.Equal(
            """
            Path    Type         Parameters  Calls  Output            Multiply-adds
            -----------------------------------------------------------------------
            (root)  Sequential            0      1  float32[64, 100]              0
            0       Linear           78,500      1  float32[64, 100]      5,017,600
            1       BatchNorm1d         200      1  float32[64, 100]              0
            -----------------------------------------------------------------------
            Parameters: 78,700 (307.4 KiB)
            Buffers: 201 (808 B)
            Multiply-adds: 5,017,600

            """,
            ModuleSummary.Of(tree, config, F.zeros([64, 784])).ToString());
        Assert.Equal(
            """
            Path    Type         Parameters
            -------------------------------
            (root)  Sequential            0
            0       Linear           78,500
            1       BatchNorm1d         200
            -------------------------------
            Parameters: 78,700 (307.4 KiB)
            Buffers: 201 (808 B)

            """,
            ModuleSummary.Of(tree).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AttentionCountsItsTwoProducts(bool needWeights)
    {
        // L = 5, N = 3, E = 8: projections 3·L·N·E·E, scores and values L·L·E for each of N, and the output L·N·E·E.
        using var rng = Rng.Scope(0);
        var (tree, config) = new MultiheadAttention(8, 2);
        var x = F.zeros([5, 3, 8]);
        var summary = ModuleSummary.Of(tree, config, (x, x, x, (Tensor?)null, needWeights, (Tensor?)null, true, false));
        Assert.Equal(3 * 5 * 3 * 64 + 2 * 3 * 25 * 8, summary.Rows[0].MultiplyAdds);
        Assert.Equal(5 * 3 * 64, summary.Rows[1].MultiplyAdds);
        Assert.Equal(4 * (64 + 8), summary.Parameters);

        var (causal, causalConfig) = new CausalSelfAttention(8, 2);
        Assert.Equal(3 * 7 * (4 * 64) + 3 * 2 * 7 * 7 * 8, ModuleSummary.Of(causal, causalConfig, F.zeros([3, 7, 8])).MultiplyAdds);
    }

    public static TheoryData<string, long> Products { get; } = new()
    {
        { "matmul", 2 * 3 * 4 * 5 },
        { "dot", 7 },
        { "einsum", 2 * 3 * 4 * 5 },
        { "conv groups", 2 * 6 * 3 * 3 * (2 * 9) },
        { "conv transpose", 4 * 5 * 5 * (3 * 4) },
        { "elementwise", 0 },
        { "embedding", 0 },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public void EachKindOfProductIsCounted(string op, long expected)
    {
        var tree = StructureTree.FromFunc<Tensor, Tensor>(x => op switch
        {
            "matmul" => F.matmul(F.zeros([2, 3, 5]), F.zeros([5, 4])),
            "dot" => F.dot(F.zeros([7]), F.zeros([7])),
            "einsum" => F.einsum("bij,jk->bik", F.zeros([2, 3, 5]), F.zeros([5, 4])),
            "conv groups" => F.conv2d(F.zeros([2, 4, 5, 5]), F.zeros([6, 2, 3, 3]), groups: 2),
            "conv transpose" => F.conv_transpose2d(F.zeros([1, 4, 5, 5]), F.zeros([4, 3, 2, 2]), stride: 2),
            "embedding" => F.embedding(weight: F.zeros([10, 4]), indices: F.zeros([3], DType.Int64)),
            _ => F.exp(x) * x + 1,
        }, op);
        Assert.Equal(expected, ModuleSummary.Of(tree, GlobalConfig.Empty, F.zeros([4])).MultiplyAdds);
    }

    [Fact]
    public void EveryCallOfANodeCountsAndASharedWeightOnce()
    {
        var weight = F.zeros([4, 4]);
        StructureTree Layer() => new() { ApplyFn = Linear.ApplyFunction, Params = { ["weight"] = weight, ["bias"] = TreeValue.None } };
        var tree = new StructureTree
        {
            ApplyFn = ApplyFn.Organized<Tensor, Tensor>("twice", (self, x) =>
            {
                var first = Module<Tensor, Tensor>.Bind(self.Tree.Submodules["a"], self.Config);
                return F.matmul(first.Call(first.Call(x)), F.zeros([4, 2]));
            }),
            Submodules = { ["a"] = Layer(), ["b"] = Layer() },
        };
        var summary = ModuleSummary.Of(tree, GlobalConfig.Empty, F.zeros([3, 4]));
        Assert.Equal([1, 2, 0], summary.Rows.Select(r => r.Calls));
        Assert.Equal([0, 16, 0], summary.Rows.Select(r => r.Parameters));
        Assert.Equal([3 * 4 * 2, 2 * 3 * 4 * 4, 0], summary.Rows.Select(r => r.MultiplyAdds));
        Assert.Equal(3 * 4 * 2 + 2 * 3 * 4 * 4, summary.Rows[0].TotalMultiplyAdds);
        Assert.Empty(summary.Rows[2].Outputs);
    }

    [Fact]
    public void WrongInputsAreRefusedAndLeaveNoTraceBehind()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Linear(2, 3);
        Assert.Contains(
            "does not take an input of type long",
            Assert.Throws<ArgumentException>(() => ModuleSummary.Of(tree, config, 3L)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no apply function", Assert.Throws<ArgumentException>(
                () => ModuleSummary.Of(new StructureTree(), config, F.zeros([1]))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => ModuleSummary.Of(tree, config, F.zeros([5])));
        Assert.Null(Trace.Current);
        Assert.Equal(6, ModuleSummary.Of(MixedPrecision.Cast(tree), config, F.zeros([2])).MultiplyAdds);
    }
}
