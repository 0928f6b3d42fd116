using Brachy.Compilation;

namespace Brachy.Tests.Core;

/// <summary>Who keeps memory while it is in use, and what becomes of it afterwards. Uses stand for calls of other threads.</summary>
public class LifetimeTests
{
    public static TheoryData<Backend> Backends => [Backend.TorchScript, Backend.VectorCode, Backend.Interpreter];

    [Fact]
    public void DisposedMemoryIsFreedWhenItsLastUseEnds()
    {
        var x = F.full([3], 2f);
        var (first, second) = (x.BeginUse(), x.BeginUse());
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x + 1);
        Assert.False(first.TryBeginUse());
        first.EndUse();
        Assert.Equal([2f, 2f, 2f], first.AsTorch().data<float>().ToArray());
        second.EndUse();
        Assert.True(first.IsFreed);
    }

    [Fact]
    public void TheEndOfAScopeWaitsForUses()
    {
        Tensor x;
        Buffer buffer;
        using (TensorScope.Begin())
        {
            x = F.full([3], 2f);
            buffer = x.BeginUse();
        }

        Assert.Throws<ObjectDisposedException>(() => x + 1);
        Assert.Equal([2f, 2f, 2f], buffer.AsTorch().data<float>().ToArray());
        buffer.EndUse();
        Assert.True(buffer.IsFreed);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void WhatIsReadElsewhereIsNotOverwritten(Backend backend)
    {
        var step = Jit.Compile((Tensor w) => w + 1, donate: [0], backend: backend);
        var w = step.Invoke(F.ones([3]));
        var reader = w.BeginUse();
        var next = step.Invoke(w);
        Assert.Equal([3f, 3f, 3f], next.ToArray<float>());
        Assert.Throws<DonatedTensorException>(() => w + 1);
        Assert.Equal([2f, 2f, 2f], reader.AsTorch().data<float>().ToArray());
        reader.EndUse();
        Assert.True(reader.IsFreed);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void WhatIsReadElsewhereMayBePassedOn(Backend backend)
    {
        var pass = Jit.Compile((Tensor w) => w, donate: [0], backend: backend);
        var w = F.ones([3]);
        var reader = w.BeginUse();
        var same = pass.Invoke(w);
        Assert.Same(reader, same.BufferOrNull);
        reader.EndUse();
        Assert.Equal([1f, 1f, 1f], same.ToArray<float>());
    }

    [Fact]
    public void ATensorThatACallIsTakingOverRefusesAllOthers()
    {
        var add = Jit.Compile((Tensor own, Tensor w) => own + w, donate: [0, 1], name: "add");
        var (own, w) = (F.ones([2]), F.ones([2]));
        var taken = w.Take("a call of another thread");
        Assert.Throws<DonatedTensorException>(() => w + 1);
        Assert.Throws<DonatedTensorException>(() => w.ToArray<float>());
        Assert.Throws<DonatedTensorException>(() => w.AsTorch());
        Assert.Contains("donated", w.ToString(), StringComparison.Ordinal);
        var error = Assert.Throws<DonatedTensorException>(() => add.Invoke(own, w));
        Assert.Contains("a call of another thread", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (double)own[0]);

        // That call fails.
        w.PutBack(taken);
        taken.EndUse();
        Assert.Equal(2, (double)add.Invoke(own, w)[0]);
    }

    [Fact]
    public void WhatIsDisposedWhileACallThatFailsHasItIsFreedThen()
    {
        var w = F.ones([2]);
        var taken = w.Take("a call");
        w.Dispose();
        Assert.False(taken.IsDisposed);
        w.PutBack(taken);
        taken.EndUse();
        Assert.Throws<ObjectDisposedException>(() => w + 1);
        Assert.True(taken.IsFreed);
    }

    [Fact]
    public void WhatAScopeMadeIsFreedWithItAfterACallThatFailed()
    {
        var fail = Jit.Compile((Tensor w, Tensor i) => F.index_select(w, 0, i), donate: [0]);
        Tensor w;
        using (TensorScope.Begin())
        {
            w = F.ones([3]);
            Assert.Throws<NativeOpException>(() => fail.Invoke(w, F.tensor([9L])));
            Assert.Equal(1, (double)w[0]);
        }

        Assert.Throws<ObjectDisposedException>(() => w + 1);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void AResultInTheMemoryOfAnotherThreadsScopeOutlivesIt(Backend backend)
    {
        var step = Jit.Compile((Tensor w) => w + 1, donate: [0], backend: backend);
        _ = step.Invoke(F.ones([3]));
        Tensor? result = null;
        using (TensorScope.Begin())
        {
            var w = F.ones([3]);
            var thread = new Thread(() => result = step.Invoke(w));
            thread.Start();
            thread.Join();
        }

        Assert.Equal([2f, 2f, 2f], result!.ToArray<float>());
    }

    [Fact]
    public void AResultInDonatedMemoryStaysInTheScopeThatMadeIt()
    {
        var step = Jit.Compile((Tensor w) => w + 1, donate: [0]);
        Tensor result;
        using (TensorScope.Begin())
        {
            var w = F.ones([3]);
            using (TensorScope.Begin())
            {
                result = step.Invoke(w);
            }

            Assert.Equal(2, (double)result[0]);
        }

        Assert.Throws<ObjectDisposedException>(() => result + 1);
    }

    [Fact]
    public void ALentTorchTensorKeepsTheMemory()
    {
        var x = F.full([3], 2f);
        var lent = x.AsTorch();
        Assert.Same(lent, x.AsTorch());
        x.Dispose();
        Assert.Equal([2f, 2f, 2f], lent.data<float>().ToArray());
        GC.KeepAlive(lent);
        lent.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x.AsTorch());
        var y = F.full([3], 2f);
        y.AsTorch().Dispose();
        var again = y.AsTorch();
        Assert.Equal([2f, 2f, 2f], again.data<float>().ToArray());
        GC.KeepAlive(again);
    }

    [Fact]
    public void WhatIsDonatedAndOverwrittenIsGivenUpEvenIfNoResultTakesIt()
    {
        var f = Jit.Compile(
            (Tensor p, Tensor m) => F.multi_sgd([p], [F.ones_like(p)], [m], 0.5, 0.9, 0.0, 0.0, 1.0).Parameters[0], donate: [0, 1],
            backend: Backend.TorchScript);
        var (p, m) = (F.ones([2]), F.zeros([2]));
        _ = f.Invoke(p, m);
        Assert.Throws<DonatedTensorException>(() => p + 1);
        Assert.Throws<DonatedTensorException>(() => m + 1);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void TheConstantsOfAGraphMayBeFreedByWhoeverSeesThem(Backend backend)
    {
        var captured = F.full([3], 5f);
        var f = Jit.Compile((Tensor x) => x + captured, backend: backend);
        _ = f.Invoke(F.ones([3]));
        captured.Dispose();
        foreach (var constant in f.Graph!.Constants)
        {
            constant.Value.Dispose();
        }

        Assert.Equal([6f, 6f, 6f], f.Invoke(F.ones([3])).ToArray<float>());
    }

    [Fact]
    public void AVersionThatWasDroppedIsNotFoundAgain()
    {
        var f = Jit.Compile((Tensor x) => x + 1, backend: Backend.TorchScript);
        _ = f.Invoke(F.ones([3]));
        f.LastExecutable!.Dispose();
        var dropped = f.LastExecutable;
        f.ClearCache();
        Assert.Equal(2, (double)f.Invoke(F.ones([3]))[0]);
        Assert.NotSame(dropped, f.LastExecutable);
    }

    [Fact]
    public void APlainNumberIsUsableAfterItWasDisposed()
    {
        Tensor number = 2.5;
        Assert.Equal("2.5", number.ToString());
        Assert.Equal([2.5f], number.ToArray<float>());
        number.Dispose();
        Assert.Equal([2.5f], number.ToArray<float>());
    }
}
