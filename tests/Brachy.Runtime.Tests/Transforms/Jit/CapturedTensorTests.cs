using Brachy.Compilation;

namespace Brachy.Tests.Transforms;

/// <summary>Tensors that a jitted function captures instead of taking them as arguments.</summary>
public class CapturedTensorTests
{
    [Fact]
    public void ACapturedTensorMayBeFreedOrGivenAway()
    {
        var captured = F.full([2], 3.0);
        var f = Jit.Compile((Tensor x) => x + captured);
        var one = F.ones([2]);
        Assert.Equal(4, (double)f.Invoke(one)[0]);
        captured.Dispose();
        Assert.Equal(4, (double)f.Invoke(one)[0]);
    }

    [Fact]
    public void AConstantMadeInAScopeOutlivesIt()
    {
        var f = Jit.Compile((Tensor x) => x + Tensor.FromArray(new[] { 1f, 2f }, [2]));
        using (TensorScope.Begin())
        {
            f.Invoke(F.ones([2]));
        }

        Assert.Equal([2, 3], f.Invoke(F.ones([2])).ToArray<float>());
    }

    [Fact]
    public void ReturnedConstantsAreTheCallersToFree()
    {
        var captured = F.full([2], 3.0);
        foreach (var backend in new[] { Backend.TorchScript, Backend.Interpreter })
        {
            var f = Jit.Compile((Tensor _) => captured, backend: backend);
            f.Invoke(F.ones([1])).Dispose();
            Assert.Equal(3, (double)f.Invoke(F.ones([1]))[0]);
        }
    }

    [Fact]
    public void AnUpdateInPlaceDoesNotReachACapturedTensor()
    {
        var w = F.full([2], 1.0);
        var f = Jit.Compile(
            (Tensor p) => (F.multi_sgd([p], [F.ones_like(p)], [], 0.5, 0.0, 0.0, 0.0, 1.0).Parameters[0], w * 10), donate: [0]);
        var (updated, scaled) = f.Invoke(w);
        Assert.Equal((0.5, 10), ((double)updated[0], (double)scaled[0]));
        (_, scaled) = f.Invoke(F.ones([2]));
        Assert.Equal(10, (double)scaled[0]);
    }

    [Fact]
    public void AViewOfAConstantIsNotOverwrittenLater()
    {
        var constant = F.full([2], 1.0);
        var view = Jit.Compile((Tensor a) => (constant.reshape(2, 1), a)).Invoke(F.ones([1])).Item1;
        var update = Jit.Compile((Tensor p) => F.multi_sgd([p], [F.ones_like(p)], [], 0.5, 0.0, 0.0, 0.0, 1.0).Parameters[0], donate: [0]);
        update.Invoke(constant);
        Assert.Equal([1, 1], view.ToArray<float>());
    }
}
