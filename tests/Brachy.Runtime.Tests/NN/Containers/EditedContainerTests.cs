using Brachy.NN;
using Brachy.Tests.Modules;

namespace Brachy.Tests.NN;

/// <summary>Lists from which an element was taken out of the tree, and modules that stand at two places.</summary>
public class EditedContainerTests
{
    private static readonly Tensor s_x = F.tensor(1.0);

    [Fact]
    public void AChainGrowsAfterALayerWasTakenOut()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3), new Scaler(5));
        var view = Sequential.Bind(tree.At("1").Remove(), config);
        view.Add(new Scaler(7));
        Assert.Equal(["0", "1", "2"], view.Tree.Submodules.Keys);
        Assert.Equal([2.0, 5, 7], view.Tree.Select("*.scale").Select(t => (double)t.Tensor));
        Assert.Equal(70, (double)view.Call(s_x));
    }

    [Fact]
    public void AListGoesByPositionAfterAnElementWasTakenOut()
    {
        var (tree, config) = new ModuleList<Scaler>(new Scaler(2), new Scaler(3), new Scaler(5));
        var list = ModuleList<Scaler>.Bind(tree.At("0").Remove(), config);
        Assert.Equal([3.0, 5], list.Select(e => (double)e.Scale));
        Assert.Equal((5, 5), ((double)list[1].Scale, (double)list[^1].Scale));
        list[0] = new Scaler(11);
        Assert.Equal(["1", "2"], list.Tree.Submodules.Keys);
        list.Add(new Scaler(7));
        Assert.Equal(["0", "1", "2"], list.Tree.Submodules.Keys);
        Assert.Equal([11.0, 5, 7], list.Select(e => (double)e.Scale));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[3]);
    }

    [Fact]
    public void AModuleAtTwoPlacesHasItsWeightsTwiceAndItsStateOnce()
    {
        var scaler = new Scaler(3);
        var (tree, config) = new Sequential(scaler, new Sequential(scaler));
        Assert.Same(tree["0.scale"].Tensor, tree["1.0.scale"].Tensor);
        Assert.NotSame(tree["0"].Tree, tree["1.0"].Tree);

        // The pure form and the view agree, and what a call gives is of the same structure.
        var apply = Jit.Compile((StructureTree t, Tensor x) => t.Apply(config, x));
        var (next, y) = apply.Invoke(tree, s_x);
        (next, _) = apply.Invoke(next, y);
        Assert.Equal(1, apply.TraceCount);
        var view = Sequential.Bind(tree, config);
        view.Call(view.Call(s_x));
        foreach (var calls in new[] { next, tree }.SelectMany(t => t.Select("**.calls")))
        {
            Assert.Equal(2, (long)calls.Tensor);
        }

        var grads = Grad.TreeValueAndGrad(t => t.Apply(config, s_x).Output)(tree).Grads;
        Assert.Equal((6, 6), ((double)grads["0.scale"].Tensor, (double)grads["1.0.scale"].Tensor));
    }

    [Fact]
    public void ANodeSetAtASecondPlaceIsACopyThere()
    {
        var tree = new Sequential(new Scaler(2), new Scaler(3)).Tree;
        var first = tree["0"].Tree;
        tree["1"] = first;
        Assert.Same(first, tree["0"].Tree);
        Assert.Same(first.Params["scale"].Tensor, tree["1.scale"].Tensor);
        Assert.NotSame(first.Buffers["calls"].Tensor, tree["1.calls"].Tensor);
        tree["0"] = first;
        Assert.Same(first, tree["0"].Tree);

        var list = new ModuleList<Scaler>(new Scaler(2), new Scaler(3));
        list.Insert(0, list[1]);
        Assert.Equal([3.0, 2, 3], list.Select(e => (double)e.Scale));
        Assert.Equal(3, list.Tree.Submodules.Values.Distinct(ReferenceEqualityComparer.Instance).Count());
    }
}
