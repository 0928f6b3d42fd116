using Brachy.NN;
using Brachy.Tests.Ops;
using Brachy.Trees;

namespace Brachy.Tests.NN;

/// <summary>An element of a list, with two inputs and a buffer.</summary>
[Module]
public partial class ScaledBlock
{
    public partial Linear Inner { get; set; }

    [Buffer]
    public partial Tensor Calls { get; set; }

    public ScaledBlock(long size)
    {
        Inner = new(size, size);
        Calls = F.zeros([], DType.Int64);
    }

    public Tensor Forward(Tensor x, Tensor scale)
    {
        Calls += 1;
        return x + (scale * Inner.Call(x));
    }
}

/// <summary>A list of typed elements, and one of any.</summary>
[Module]
public partial class Tower
{
    public partial ModuleList<ScaledBlock> Blocks { get; set; }

    public partial ModuleList<Module<Tensor, Tensor>>? Heads { get; set; }

    public Tower(int blocks, long size, params ReadOnlySpan<Module<Tensor, Tensor>> heads)
    {
        var list = new ModuleList<ScaledBlock>();
        for (var i = 0; i < blocks; i++)
        {
            list.Add(new(size));
        }

        Blocks = list;
        Heads = heads.Length > 0 ? new(heads) : null;
    }

    public Tensor Forward(Tensor x, Tensor scale)
    {
        foreach (var block in Blocks)
        {
            x = block.Call(x, scale);
        }

        return Heads is null ? x : F.stack([.. Heads.Select(head => head.Call(x))]);
    }
}

/// <summary>Lists and chains of modules, and functions as modules.</summary>
[Trait("Category", "Quick")]
public class ContainerTests
{
    private static readonly Tensor s_x = Make.Real([2, 3], DType.Float32);

    [Fact]
    public void AListHasThePathsOfPyTorch()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Tower(2, 3, new Linear(3, 3), new Dropout(0.5));
        Assert.Equal(
            [
                "blocks.0.calls", "blocks.0.inner.weight", "blocks.0.inner.bias", "blocks.1.calls", "blocks.1.inner.weight",
                "blocks.1.inner.bias", "heads.0.weight", "heads.0.bias", "heads.1.key",
            ],
            tree.Tensors().Select(t => t.Path));
        Assert.Equal(true, config["train_mode"]);
    }

    [Fact]
    public void ElementsAreTypedViewsOfTheList()
    {
        using var rng = Rng.Scope(0);
        var tower = new Tower(3, 3);
        Assert.Equal((3, 3), (tower.Blocks.Count, tower.Blocks.Count()));
        tower.Blocks[^1].Inner.Bias = F.ones([3]);
        Assert.Equal(
            [1f, 1, 1], tower.Tree.Submodules["blocks"].Submodules["2"].Submodules["inner"].Params["bias"].Tensor.ToArray<float>());
        var other = new ScaledBlock(3);
        tower.Blocks[0] = other;
        Assert.Same(other.Tree, tower.Blocks[0].Tree);
        Assert.Throws<ArgumentOutOfRangeException>(() => tower.Blocks[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => tower.Blocks[-1]);
        Assert.Throws<ArgumentNullException>(() => tower.Blocks[0] = null!);
        Assert.Throws<ArgumentNullException>(() => tower.Blocks.Add(null!));
        Assert.Empty(new ModuleList<ScaledBlock>());
        Assert.Null(tower.Heads);
    }

    [Fact]
    public void AListIsCompiledAndDifferentiated()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Tower(2, 3, new Linear(3, 3), new Identity());
        var scale = F.full([], 0.5);
        var (after, eager) = Tower.Apply(tree, config, s_x, scale);
        var (compiledTree, compiled) = Tower.JitApply(tree, config, s_x, scale);
        OpCheck.AssertClose(eager, compiled, 1e-6, "compiled");
        foreach (var next in new[] { after, compiledTree })
        {
            Assert.Equal(1, (long)next.Submodules["blocks"].Submodules["1"].Buffers["calls"].Tensor);
        }

        Assert.Equal(0, (long)tree.Submodules["blocks"].Submodules["1"].Buffers["calls"].Tensor);
        var gradient = Grad.Of((StructureTree p) => F.sum(Tower.Apply(tree.WithParams(p), config, s_x, scale).Output))(tree.GetParams());
        Assert.All(gradient.Tensors(), t => Assert.Contains(t.Tensor.ToArray<float>(), v => v != 0));
        Assert.Equal(6, gradient.Tensors().Count());
    }

    [Fact]
    public void AHookOnAnElementIsHonoured()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Tower(2, 3);
        tree.Submodules["blocks"].Submodules["0"].ApplyFn = new ApplyFn<(Tensor, Tensor), Tensor>("skip", (_, _, input) => input.Item1);
        tree.Submodules["blocks"].Submodules["1"].ApplyFn = new ApplyFn<(Tensor, Tensor), Tensor>(
            "double", (_, _, input) => input.Item1 * 2);
        OpCheck.AssertClose(s_x * 2, Tower.Apply(tree, config, s_x, 1.0).Output, 1e-6, "eager");
        OpCheck.AssertClose(s_x * 2, Tower.JitApply(tree, config, s_x, F.ones([])).Output, 1e-6, "compiled");
    }

    [Fact]
    public void ASequentialNestsIsIndexedAndMayBeEmpty()
    {
        using var rng = Rng.Scope(0);
        var inner = new Sequential(new Linear(3, 3), new ReLU());
        var outer = new Sequential { new Identity(), inner, new Sequential() };
        Assert.Equal(["1.0.weight", "1.0.bias"], outer.Tree.Tensors().Select(t => t.Path));
        Assert.Equal((3, 3), (outer.Count, outer.Count()));
        Assert.Same(inner.Tree, outer[1].Tree);
        Assert.Same(outer.Tree.Submodules["2"], outer[^1].Tree);
        OpCheck.AssertClose(inner.Call(s_x), outer.Call(s_x), 1e-6, "nested");
        Assert.Same(s_x, new Sequential().Call(s_x));
        OpCheck.AssertClose(s_x, Sequential.JitApply(new Sequential().Tree, GlobalConfig.Empty, s_x).Output, 0, "empty, compiled");
        outer[1] = new Lambda(x => x * 3);
        OpCheck.AssertClose(s_x * 3, outer.Call(s_x), 1e-6, "replaced");
        Assert.Throws<ArgumentOutOfRangeException>(() => outer[3]);
        Assert.Throws<ArgumentNullException>(() => outer[0] = null!);
        Assert.Throws<ArgumentNullException>(() => outer.Add(null!));
    }

    [Fact]
    public void AChainRunsAModuleAndThenFunctions()
    {
        using var rng = Rng.Scope(0);
        var layer = new Linear(3, 3);
        var (tree, config) = new Chain(layer, F.tanh, x => x * 2);
        Assert.Equal(["base.weight", "base.bias"], tree.Tensors().Select(t => t.Path));
        var expected = layer.Call(s_x).tanh() * 2;
        OpCheck.AssertClose(expected, Chain.Apply(tree, config, s_x).Output, 1e-6, "eager");
        OpCheck.AssertClose(expected, Chain.JitApply(tree, config, s_x).Output, 1e-6, "compiled");
        var (again, _) = Chain.Of(tree, config, F.relu);
        OpCheck.AssertClose(expected.relu(), Chain.Apply(again, config, s_x).Output, 1e-6, "a chain of a chain");
        var gradient = Grad.Of((StructureTree p) => F.sum(Chain.Apply(tree.WithParams(p), config, s_x).Output))(tree.GetParams());
        Assert.All(gradient.Tensors(), t => Assert.Contains(t.Tensor.ToArray<float>(), v => v != 0));
        OpCheck.AssertClose(layer.Call(s_x), new Chain(layer).Call(s_x), 1e-6, "without functions");
        Assert.Throws<ArgumentNullException>(() => new Chain(null!));
        Assert.Throws<ArgumentNullException>(() => new Chain(layer, [null!]));
    }

    [Fact]
    public void FunctionsArePartOfTheCompileKey()
    {
        var f = Jit.Compile(
            (StructureTree tree, Tensor x) => tree.Apply(GlobalConfig.Empty, x).Output);
        StructureTree Double() => new Lambda(x => x * 2).Tree;
        StructureTree Triple() => new Chain(new Identity(), x => x * 3).Tree;
        StructureTree Times(int n) => StructureTree.FromFunc((Tensor x) => x * n);
        foreach (var (make, factor, traces) in new (Func<StructureTree>, int, int)[]
        {
            (Double, 2, 1), (Double, 2, 1), (Triple, 3, 2), (Triple, 3, 2), (Double, 2, 2), (() => Times(4), 4, 3), (() => Times(5), 5, 4),
        })
        {
            OpCheck.AssertClose(s_x * factor, f.Invoke(make(), s_x), 1e-6, $"times {factor}");
            Assert.Equal(traces, f.TraceCount);
        }

        var kept = Times(6);
        OpCheck.AssertClose(s_x * 6, f.Invoke(kept, s_x), 1e-6, "kept");
        OpCheck.AssertClose(s_x * 6, f.Invoke(kept, s_x), 1e-6, "kept");
        Assert.Equal(5, f.TraceCount);
    }

    [Fact]
    public void AnyFunctionIsAModule()
    {
        var add = Module.FromFunc(((Tensor Left, Tensor Right) x) => x.Left + x.Right, "add");
        Assert.Equal("add", add.Tree.ApplyFn!.Name);
        OpCheck.AssertClose(s_x * 2, add.Call((s_x, s_x)), 1e-6, "two inputs");
        var net = new Sequential(Module.FromFunc((Tensor x) => x + 1), new Lambda(F.relu));
        OpCheck.AssertClose((s_x + 1).relu(), net.Call(s_x), 1e-6, "in a chain");
        Assert.Empty(net.Tree.Tensors());
        Assert.Throws<ArgumentNullException>(() => Module.FromFunc<Tensor, Tensor>(null!));
        Assert.Throws<ArgumentNullException>(() => new Lambda(null!));
        Assert.Throws<ArgumentException>(() => Module.FromFunc((Tensor x) => x, ""));
    }

    [Fact]
    public void ATensorThatAFunctionCapturesIsAConstant()
    {
        var captured = F.full([], 2.0);
        var (tree, config) = new Lambda(x => x * captured);
        OpCheck.AssertClose(s_x * 2, Lambda.JitApply(tree, config, s_x).Output, 1e-6, "compiled");
        captured = F.full([], 5.0);
        OpCheck.AssertClose(s_x * 5, Lambda.Apply(tree, config, s_x).Output, 1e-6, "eager");
        OpCheck.AssertClose(s_x * 2, Lambda.JitApply(tree, config, s_x).Output, 1e-6, "compiled before");
    }

    [Fact]
    public void LayersAreInsertedAndRemovedAndTheRestIsRenumbered()
    {
        Lambda Plus(double n) => new(x => x + n);
        var chain = new Sequential(Plus(1), Plus(2));
        var first = chain[0].Tree;
        chain.Insert(1, new Lambda(F.neg));
        chain.Insert(3, new Identity());
        Assert.Equal(["0", "1", "2", "3"], chain.Tree.Submodules.Keys);
        Assert.Same(first, chain.Tree.Submodules["0"]);
        OpCheck.AssertClose(-(s_x + 1) + 2, chain.Call(s_x), 1e-6, "inserted");
        chain.RemoveAt(0);
        Assert.Equal(["0", "1", "2"], chain.Tree.Submodules.Keys);
        OpCheck.AssertClose(-s_x + 2, chain.Call(s_x), 1e-6, "removed");

        using var rng = Rng.Scope(0);
        var list = new ModuleList<Module<Tensor, Tensor>>(new Identity(), new ReLU());
        list.Insert(2, new Linear(3, 3));
        list.Insert(0, new Lambda(F.tanh));
        list.RemoveAt(1);
        Assert.Equal(["Brachy.NN.Lambda", "Brachy.NN.ReLU", "Brachy.NN.Linear"], list.Select(m => m.Tree.ApplyFn!.Name));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Insert(4, new Identity()));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Insert(-1, new Identity()));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.RemoveAt(3));
        Assert.Throws<ArgumentNullException>(() => list.Insert(0, null!));
        Assert.Equal(3, list.Count);
    }
}
