using Brachy.Compilation;

namespace Brachy.Tests.Lowering;

/// <summary>Which compiled graphs run on one thread.</summary>
[Trait("Category", "Quick")]
public class ThreadPolicyTests
{
    [Fact]
    public void GraphsOfSmallKernelsDo() => Assert.True(RunsOnOneThread(x => F.matmul(x, x) + x, F.ones([64, 64])));

    [Fact]
    public void GraphsWithALargeKernelDoNot()
    {
        Assert.False(RunsOnOneThread(x => F.matmul(x, x) + x, F.ones([256, 256])));
        Assert.False(RunsOnOneThread(x => x.sum() + 1, F.ones([1_000_000])));
    }

    [Fact]
    public void WhatIsNotReadOfALargeTensorDoesNotCount()
    {
        Assert.True(RunsOnOneThread(x => F.slice(x, 0, 3, 13) + 1, F.ones([1_000_000])));
        Assert.True(RunsOnOneThread(x => F.embedding(x, F.tensor([1L, 7, 3])) + 1, F.ones([100_000, 10])));
        Assert.False(RunsOnOneThread(x => F.contiguous(F.transpose(x, 0, 1)), F.ones([1000, 1000])));
    }

    [Fact]
    public void EachGradientOfAConvolutionCounts()
    {
        // 665,856 multiply-adds: one gradient is small, both together are not.
        var (image, weight) = (F.ones([1, 16, 17, 17]), F.ones([16, 16, 3, 3]));
        var byWeight = Grad.Of((Tensor w) => F.sum(F.conv2d(image, w, padding: 1)));
        Assert.True(RunsOnOneThread(byWeight, weight));
        var byBoth = Grad.Of(((Tensor Image, Tensor Weight) x) => F.sum(F.conv2d(x.Image, x.Weight, padding: 1)));
        Assert.False(RunsOnOneThread(w => byBoth((image, w)).Weight, weight));
    }

    [Fact]
    public void NoneDoesWhenTheChoiceIsSwitchedOff()
    {
        using var off = CompilerPasses.Disable("one thread");
        Assert.False(RunsOnOneThread(x => F.matmul(x, x) + x, F.ones([64, 64])));
    }

    private static bool RunsOnOneThread(Func<Tensor, Tensor> function, Tensor x)
    {
        var f = Jit.Compile(function);
        f.Invoke(x);
        return Assert.IsType<TorchScriptExecutable>(f.LastExecutable).RunsOnOneThread;
    }
}
