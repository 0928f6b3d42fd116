using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

/// <summary>What a [Module] class is at run time: a view of a node.</summary>
[Trait("Category", "Quick")]
public class ModuleViewTests
{
    private static readonly Tensor s_x = F.full([2], 3.0);

    [Fact]
    public void AConstructorBuildsANode()
    {
        var (tree, config) = new Scaler(2, times: 3);
        Assert.Equal(["scale"], tree.Params.Keys);
        Assert.Equal(["calls"], tree.Buffers.Keys);
        Assert.Equal(3, tree.Aux["times"]);
        Assert.Same(Scaler.ApplyFunction, tree.ApplyFn);
        Assert.Equal(true, config["train_mode"]);
    }

    [Fact]
    public void AViewReadsAndWritesItsNode()
    {
        var (tree, config) = new Scaler(2);
        var view = Scaler.Bind(tree, config);
        view.Scale = F.full([], 5.0);
        view.Times = 2;
        Assert.Equal(5, (double)tree.Params["scale"].Tensor);
        tree.Params["scale"] = F.full([], 7.0);
        Assert.Equal(7, (double)view.Scale);
        Assert.Equal(3 * 49, (double)view.Call(s_x)[0]);
        Assert.Equal(1, (long)view.Calls);
    }

    [Fact]
    public void ApplyIsPureAndGivesTheNewTree()
    {
        var (tree, config) = new Pair(new Scaler(10));
        var (after, (sum, both)) = Pair.Apply(tree, config, s_x, s_x);
        Assert.Equal((36, 180), ((double)sum[0], (double)both[0]));
        Assert.Equal(0, (long)tree.Submodules["first"].Buffers["calls"].Tensor);
        Assert.Equal(1, (long)after.Submodules["first"].Buffers["calls"].Tensor);
        Assert.Same(tree.Submodules["first"].Params["scale"].Tensor, after.Submodules["first"].Params["scale"].Tensor);
        after.Submodules["first"].Params["scale"] = F.zeros([]);
        Assert.Equal(2, (double)tree.Submodules["first"].Params["scale"].Tensor);
    }

    [Fact]
    public void JitApplyIsTheSameCompiled()
    {
        var (tree, config) = new Pair(new Scaler(10, times: 2));
        for (var i = 1; i <= 3; i++)
        {
            (tree, var (sum, both)) = Pair.JitApply(tree, config, s_x, s_x);
            Assert.Equal((306, 1800), ((double)sum[0], (double)both[0]));
            Assert.Equal(i, (long)tree.Submodules["second"].Buffers["calls"].Tensor);
        }
    }

    [Fact]
    public void CallHonoursAReplacedNode()
    {
        var (tree, config) = new Pair(new Scaler(10));
        var (linear, _) = new Scaler(100);
        tree.Submodules["first"] = linear;
        var hooked = 0;
        var inner = tree.Submodules["second"].ApplyFn as ApplyFn<Tensor, Tensor>;
        tree.Submodules["second"].ApplyFn = new ApplyFn<Tensor, Tensor>("hook", (node, c, x) =>
        {
            hooked++;
            return inner!.Call(node, c, x) + 1;
        });
        var (_, (sum, _)) = Pair.Apply(tree, config, s_x, s_x);
        Assert.Equal(300 + 31, (double)sum[0]);
        Assert.Equal(1, hooked);

        tree.Submodules["first"] = new StructureTree { ApplyFn = new ApplyFn<Tensor, Tensor>("negate", (_, _, x) => -x) };
        (_, (sum, _)) = Pair.Apply(tree, config, s_x, s_x);
        Assert.Equal(-3 + 31, (double)sum[0]);
    }

    [Fact]
    public void ANodeOfAnotherSignatureIsRefused()
    {
        var (tree, config) = new Pair(new Scaler(10));
        tree.Submodules["second"].ApplyFn = new ApplyFn<int, int>("int", (_, _, x) => x);
        var error = Assert.Throws<InvalidOperationException>(() => Pair.Apply(tree, config, s_x, s_x));
        Assert.Contains("int", error.Message, StringComparison.Ordinal);
        tree.Submodules["second"].ApplyFn = null;
        Assert.Throws<InvalidOperationException>(() => Pair.Apply(tree, config, s_x, s_x));
        tree.Submodules.Remove("second");
        Assert.Contains(
            "second", Assert.Throws<KeyNotFoundException>(() => Pair.Apply(tree, config, s_x, s_x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigsMergeAndTheParentWins()
    {
        var second = new Scaler(1);
        second.UpdateGlobalConfig("mode", "from child");
        second.UpdateGlobalConfig("extra", 5);
        var (_, config) = new Pair(second);
        Assert.Equal("sum", config["mode"]);
        Assert.Equal(5L, config["extra"]);
        Assert.Equal(true, config["train_mode"]);
    }

    [Fact]
    public void TheConfigReachesSubmodules()
    {
        var (tree, config) = new Pair(new Scaler(10));
        var (_, (sum, _)) = Pair.Apply(tree, config.With("train_mode", false), s_x, s_x);
        Assert.Equal(-36, (double)sum[0]);
    }

    [Fact]
    public void StateDictPathsReadLikePyTorchs()
    {
        using var rng = Rng.Scope(0);
        var (tree, _) = new SmallNet(3, 4, 2, dropout: 0.5);
        Assert.Equal(
            ["layers.0.weight", "layers.0.bias", "layers.2.key", "layers.3.weight", "layers.3.bias"],
            tree.Tensors().Select(t => t.Path));
    }

    [Fact]
    public void InitialisationIsThatOfPyTorchAndRepeatable()
    {
        StructureTree Make()
        {
            using var rng = Rng.Scope(3);
            return new Linear(400, 200).Tree;
        }

        var weight = Make().Params["weight"].Tensor;
        Assert.Equal(weight.ToArray<float>(), Make().Params["weight"].Tensor.ToArray<float>());
        var values = weight.ToArray<float>();
        Assert.InRange(values.Max(), 0.0495, 0.05);
        Assert.InRange(values.Min(), -0.05, -0.0495);
        Assert.InRange(values.Select(v => (double)v * v).Average(), 0.95 * 0.0025 / 3, 1.05 * 0.0025 / 3);
        Assert.Throws<InvalidOperationException>(() => new Linear(2, 2));
    }

    [Fact]
    public void DropoutDrawsANewMaskAtEachCompiledStepAndTheSameForTheSameSeed()
    {
        float[][] Masks()
        {
            using var rng = Rng.Scope(1);
            var (tree, config) = new Dropout(0.5);
            var masks = new float[3][];
            for (var i = 0; i < masks.Length; i++)
            {
                (tree, var y) = Dropout.JitApply(tree, config, F.ones([200]));
                masks[i] = y.ToArray<float>();
            }

            return masks;
        }

        var first = Masks();
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[1], first[2]);
        Assert.Equal(first, Masks());
        Assert.All(first[0], v => Assert.True(v is 0 or 2));
        Assert.InRange(first.SelectMany(m => m).Average(), 0.8, 1.2);
    }
}
