using Brachy.CompilerServices;

namespace Brachy.Tests.Transforms;

/// <summary>Tensors that are given away.</summary>
[Trait("Category", "Quick")]
public class DonationTests
{
    [Fact]
    public void ADonatedTensorThrowsAndNamesTheCall()
    {
        var f = Jit.Compile((Tensor x) => x + 1, donate: [0], name: "increment");
        var x = F.ones([2]);
        var y = f.Invoke(x);
        Assert.Equal(2, (double)y[0]);
        var error = Assert.Throws<DonatedTensorException>(() => x + 1);
        Assert.Contains("increment", error.Message, StringComparison.Ordinal);
        Assert.Throws<DonatedTensorException>(() => f.Invoke(x));
        Assert.Throws<DonatedTensorException>(() => x.AsTorch());
        Assert.Contains("donated", x.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ADonatedInputThatComesBackIsUsable()
    {
        var f = Jit.Compile((Tensor x) => x, donate: [0]);
        var x = F.ones([2]);
        var y = f.Invoke(x);
        Assert.Throws<DonatedTensorException>(() => x + 1);
        Assert.Equal(1, (double)y[0]);
    }

    [Fact]
    public void PassingADonatedTensorTwiceIsAnError()
    {
        var f = Jit.Compile((Tensor x, Tensor y) => x + y, donate: [0], name: "add");
        var x = F.ones([2]);
        var error = Assert.Throws<ArgumentException>(() => f.Invoke(x, x));
        Assert.Contains("'argument 1' and 'argument 2' are the same tensor", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (double)x[0]);
        var both = Jit.Compile((Tensor a, Tensor b) => a + b, donate: [0, 1]);
        Assert.Throws<ArgumentException>(() => both.Invoke(x, x));
        Assert.Equal(2, (double)f.Invoke(x, F.ones([2]))[0]);
    }

    [Fact]
    public void UpdatesInPlaceNeverShowThroughOtherTensors()
    {
        var update = MultiStep();
        var p = F.ones([2, 2]);
        var view = p.reshape(4);
        var torchView = p.AsTorch();
        var m = F.zeros([2, 2]);
        var (newP, _) = Run(update, p, m);
        Assert.NotEqual(1, (double)newP[0, 0]);
        Assert.Equal(1, (double)view[0]);
        Assert.Equal(1, (float)(Tensor)torchView[0, 0]);
    }

    [Fact]
    public void ATransposedTensorIsUpdatedRight()
    {
        var update = MultiStep();
        var p = F.arange(6).to(DType.Float32).reshape(2, 3).transpose(0, 1);
        var expected = p.ToArray<float>().Select(v => v - 0.1f).ToArray();
        var (result, _) = Run(update, p, F.zeros([3, 2]));
        Assert.Equal(expected, result.ToArray<float>());
    }

    [Fact]
    public void ExclusiveMemoryIsReused()
    {
        var update = MultiStep();
        var (p, m) = (F.ones([2, 2]), F.zeros([2, 2]));
        (p, m) = Run(update, p, m);
        var before = p.BufferOrNull;
        (p, m) = Run(update, p, m);
        Assert.Same(before, p.BufferOrNull);
    }

    [Fact]
    public void AFailedCallDonatesNothing()
    {
        var f = Jit.Compile((Tensor w, Tensor i) => F.index_select(w, 0, i), donate: [0]);
        var w = F.ones([3]);
        Assert.Throws<NativeOpException>(() => f.Invoke(w, F.tensor(new[] { 9L })));
        Assert.Equal(1, (double)w[0]);
    }

    [Fact]
    public void BadDataLeavesTheDonatedModelWhole()
    {
        // The update comes first in the program, the failing look-up last.
        var f = Jit.Compile(
            (Tensor p, Tensor table, Tensor i) =>
            {
                var updated = F.multi_sgd([p], [F.ones_like(p)], [], 0.5, 0.0, 0.0, 0.0, 1.0).Parameters[0];
                return (updated, F.index_select(table, 0, i));
            },
            donate: [0]);
        var (p, table) = (F.ones([2]), F.ones([3]));
        Assert.Throws<NativeOpException>(() => f.Invoke(p, table, F.tensor(new[] { 9L })));
        Assert.Equal(1, (double)p[0]);
        Assert.Equal(0.5, (double)f.Invoke(p, table, F.tensor(new[] { 1L })).Item1[0]);
    }

    [Fact]
    public void WhatAFailedCallMayHaveHalfUpdatedIsGivenUp()
    {
        var f = Jit.Compile(
            (Tensor p, Tensor i) =>
            {
                var updated = F.multi_sgd([p], [F.ones_like(p)], [], 0.5, 0.0, 0.0, 0.0, 1.0).Parameters[0];
                return (updated, F.index_select(updated, 0, i));
            },
            donate: [0]);
        var p = F.ones([2]);
        Assert.Throws<NativeOpException>(() => f.Invoke(p, F.tensor(new[] { 9L })));
        Assert.Contains("failed", Assert.Throws<DonatedTensorException>(() => { _ = p + 1; }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EqualResultsCanBeGivenAwayOneByOne()
    {
        var init = Jit.Compile((Tensor x) => (F.zeros_like(x), F.zeros_like(x)));
        var (a, b) = init.Invoke(F.ones([2]));
        var add = Jit.Compile((Tensor x, Tensor y) => x + y, donate: [0, 1]);
        Assert.Equal(0, (double)add.Invoke(a, b)[0]);
    }

    [Fact]
    public void DonationPositionsAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Jit.Compile((Tensor x) => x, donate: [1]));
    }

    /// <summary>An SGD step with gradient 1 and learning rate 0.1, which runs in place.</summary>
    private static JitFunction<Arguments<Tensor, Tensor>, Tensor[]> MultiStep()
    {
        TreeHandler.Register(TreeHandler.Array(TreeHandler.Tensor));
        return Jit.Compile(
            (Tensor p, Tensor m) =>
            {
                var (parameters, momenta) = F.multi_sgd([p], [F.ones_like(p)], [m], 0.1, 0.0, 0.9, 0.0, 2.0);
                return new[] { parameters[0], momenta[0] };
            },
            donate: [0, 1]);
    }

    private static (Tensor P, Tensor M) Run(JitFunction<Arguments<Tensor, Tensor>, Tensor[]> update, Tensor p, Tensor m)
    {
        var results = update.Invoke(p, m);
        return (results[0], results[1]);
    }
}
