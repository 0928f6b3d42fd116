namespace Brachy.Tests.Lowering;

/// <summary>Which compiled graphs run on one thread.</summary>
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
