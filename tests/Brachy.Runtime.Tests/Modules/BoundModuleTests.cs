using Brachy.Modules;
using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

/// <summary>Applying trees, and modules taken apart into state and function.</summary>
public class BoundModuleTests
{
    [Fact]
    public void ApplyingLeavesTheTreeAlone()
    {
        var (tree, config) = new Scaler(3);
        var (next, y) = tree.Apply(config, F.tensor(2.0));
        Assert.Equal((6, 0, 1), ((double)y, (long)tree.Buffers["calls"].Tensor, (long)next.Buffers["calls"].Tensor));

        tree.ApplyFn = new ApplyFn<Tensor, Tensor>("restless", static (node, _, x) =>
        {
            node.Params["scale"] = node.Params["scale"].Tensor + 1;
            node.Aux["times"] = 100;
            node.ApplyFn = StructureTree.PassThrough;
            return x;
        });
        var updated = tree.Update(tree.Apply(config, F.tensor(2.0)).Tree);
        Assert.Equal((4, 1, tree.ApplyFn), ((double)updated.Params["scale"].Tensor, updated.Aux["times"], updated.ApplyFn));
        var (changed, _) = tree.Apply<Tensor, Tensor>(config, F.tensor(2.0));
        Assert.Equal((100, StructureTree.PassThrough), (changed.Aux["times"], changed.ApplyFn));
    }

    [Fact]
    public void SeveralArgumentsAndResultsAreTuples()
    {
        var (tree, config) = new Pair(new Scaler(5));
        var (next, (sum, both)) = tree.Apply<(Tensor, Tensor), (Tensor, Tensor)>(
            config, (F.tensor(1.0), F.tensor(10.0)));
        Assert.Equal((52, 100, 1), ((double)sum, (double)both, (long)next.Submodules["first"].Buffers["calls"].Tensor));
        Assert.Contains(
            "(Tensor, Tensor)", Assert.Throws<InvalidOperationException>(() => tree.Apply(config, F.tensor(1.0))).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => tree.Filter().Apply(config, F.tensor(1.0)));
    }

    [Fact]
    public void FunctionsOfAnyNumberOfArgumentsAreNodes()
    {
        var (a, b, c, d, e) = (F.tensor(1.0), F.tensor(2.0), F.tensor(3.0), F.tensor(4.0), F.tensor(5.0));
        var config = GlobalConfig.Empty;
        Assert.Equal(1, (double)Run<ValueTuple>(StructureTree.FromFunc(() => F.tensor(1.0)), default));
        Assert.Equal(-1, (double)Run(StructureTree.FromFunc((Tensor x) => -x), a));
        Assert.Equal(-1, (double)Run(StructureTree.FromFunc((Tensor x, Tensor y) => x - y), (a, b)));
        Assert.Equal(-4, (double)Run(StructureTree.FromFunc((Tensor x, Tensor y, Tensor z) => x - y - z), (a, b, c)));
        Assert.Equal(-8, (double)Run(StructureTree.FromFunc((Tensor x, Tensor y, Tensor z, Tensor u) => x - y - z - u), (a, b, c, d)));
        Assert.Equal(
            -13,
            (double)Run(StructureTree.FromFunc((Tensor x, Tensor y, Tensor z, Tensor u, Tensor v) => x - y - z - u - v), (a, b, c, d, e)));
        Func<Tensor, Tensor, Tensor> same = (x, y) => x + y;
        Assert.Equal(StructureTree.FromFunc(same).ApplyFn, StructureTree.FromFunc(same).ApplyFn);

        Tensor Run<TInput>(StructureTree tree, TInput input) => tree.Apply<TInput, Tensor>(config, input).Output;
    }

    [Fact]
    public void AModuleComesApartAndTogether()
    {
        var (tree, config) = new Scaler(3, times: 2);
        var (state, module) = tree.BindModule(config);
        Assert.Equal(["scale", "calls"], state.Tensors().Select(t => t.Path));
        Assert.Null(state.ApplyFn);
        Assert.Empty(state.Aux);
        Assert.Equal(2, module.Static.Aux["times"]);

        var (next, y) = module.Apply(state, F.tensor(1.0));
        Assert.Equal((9, 0, 1), ((double)y, (long)state.Buffers["calls"].Tensor, (long)next.Buffers["calls"].Tensor));
        Assert.Equal(["scale", "calls"], next.Tensors().Select(t => t.Path));
        Assert.Null(next.ApplyFn);

        var (back, backConfig) = StructureTree.UnbindModule(state, module);
        Assert.Equal(Trees.RandomTrees.Snapshot(tree), Trees.RandomTrees.Snapshot(back));
        Assert.Equal(config, backConfig);

        var evaluated = module.BindGlobalConfig(config.With("train_mode", false));
        Assert.Equal((-9, 9), ((double)evaluated.Apply(state, F.tensor(1.0)).Output, (double)module.Apply(state, F.tensor(1.0)).Output));
    }

    [Fact]
    public void BoundModulesCompareByContentAndCannotBeChanged()
    {
        var (tree, config) = new Scaler(3, times: 2);
        var (state, module) = tree.BindModule(config);
        tree.Aux["times"] = 1;
        module.Static.Aux["times"] = 1;
        Assert.Equal(9, (double)module.Apply(state, F.tensor(1.0)).Output);

        var (same, _) = new Scaler(7, times: 2);
        Assert.Equal(module, same.BindModule(config).Module);
        Assert.Equal(module.GetHashCode(), same.BindModule(config).Module.GetHashCode());
        Assert.NotEqual(module, tree.BindModule(config).Module);
        Assert.NotEqual(module, module.BindGlobalConfig(config.With("train_mode", false)));
        same.ApplyFn = StructureTree.PassThrough;
        Assert.NotEqual(module, same.BindModule(config).Module);
        Assert.Throws<InvalidOperationException>(() => tree.BindModule<(Tensor, Tensor), Tensor>(config));
    }

    [Fact]
    public void CompiledOnceForEqualModules()
    {
        var run = Jit.Compile((StructureTree s, BoundModule<Tensor, Tensor> m, Tensor x) => m.Apply(s, x));
        foreach (var scale in new[] { 2.0, 3.0 })
        {
            var (tree, config) = new Scaler(scale, times: 2);
            var (state, module) = tree.BindModule(config);
            var (next, y) = run.Invoke(state, module, F.tensor(1.0));
            (next, _) = run.Invoke(next, module, F.tensor(1.0));
            Assert.Equal((scale * scale, 2), ((double)y, (long)next.Buffers["calls"].Tensor));
        }

        Assert.Equal(1, run.TraceCount);

        var (model, modelConfig) = new Scaler(2);
        var (first, bound) = model.BindModule(modelConfig);
        var captured = Jit.Compile((StructureTree s, Tensor x) => bound.Apply(s, x));
        (first, _) = captured.Invoke(first, F.tensor(1.0));
        (first, var output) = captured.Invoke(first, F.tensor(1.0));
        Assert.Equal((1, 2, 2), (captured.TraceCount, (long)first.Buffers["calls"].Tensor, (double)output));
    }

    [Fact]
    public void APartOfABoundModuleCanBeReplaced()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new SmallNet(3, 4, 2);
        var (inner, _) = new Linear(3, 4, bias: false);
        tree.Submodules["layers"].Submodules["0"] = inner;
        var (state, module) = tree.BindModule(config);
        Assert.Equal(RandomPaths(tree), state.Tensors().Select(t => t.Path));
        var (back, _) = StructureTree.UnbindModule(state, module);
        Assert.True(StructureTree.IsStructureTree(back, recurse: true));
        Assert.Equal([5, 2], module.Apply(state, F.ones([5, 3])).Output.shape.AsSpan().ToArray());

        static IEnumerable<string> RandomPaths(StructureTree tree) => tree.Tensors().Select(t => t.Path);
    }
}
