namespace Brachy.Tests.Transforms;

/// <summary>What goes wrong under tracing, and what the message says.</summary>
[Trait("Category", "Quick")]
public class TracingErrorTests
{
    [Fact]
    public void ValuesOfTracedTensorsCannotBeRead()
    {
        var cases = new Action<Tensor>[]
        {
            x => x.item<float>(),
            x => _ = (bool)(x > 0),
            x => _ = (double)x,
            x => x.ToArray<float>(),
            x => x.AsTorch(),
        };
        foreach (var read in cases)
        {
            var f = Jit.Compile((Tensor a, Tensor b) =>
            {
                read(F.exp(b) + 1);
                return a;
            });
            var error = Assert.Throws<ConcretizationException>(() => f.Invoke(F.ones([]), F.ones([])));
            Assert.Contains("'argument 2'", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("'argument 1'", error.Message, StringComparison.Ordinal);
            Assert.Contains("F.where", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheMemberPathOfATreeIsNamed()
    {
#pragma warning disable BRACHY062 // the error at run time is what is tested
        var f = Jit.Compile((StructureTree model) => model.Submodules["head"].Params["w"].Tensor.item<float>());
#pragma warning restore BRACHY062
        var tree = new StructureTree { Submodules = { ["head"] = new StructureTree { Params = { ["w"] = F.ones([]) } } } };
        Assert.Contains(
            "'argument 1.head.w'", Assert.Throws<ConcretizationException>(() => f.Invoke(tree)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALeakedTensorSaysWhereItCameFrom()
    {
        Tensor? leaked = null;
        var f = Jit.Compile((Tensor x) =>
        {
            leaked = x * 2;
            return x;
        }, name: "leaky");
        f.Invoke(F.ones([2]));
        var error = Assert.Throws<LeakedTensorException>(() => { _ = leaked! + 1; });
        Assert.Contains("leaky", error.Message, StringComparison.Ordinal);
        Assert.Contains("'mul'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'argument 1'", error.Message, StringComparison.Ordinal);
        Assert.Throws<LeakedTensorException>(() => leaked!.item<float>());
        Assert.Throws<LeakedTensorException>(() => Jit.Compile((Tensor y) => y + leaked!).Invoke(F.ones([2])));
        Assert.Contains("traced", leaked!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherThreadCannotUseATracedTensor()
    {
        var f = Jit.Compile(Tensor (Tensor x) =>
        {
            Exception? caught = null;
            var thread = new Thread(() =>
            {
                try
                {
                    _ = x + 1;
                }
                catch (InvalidOperationException error)
                {
                    caught = error;
                }
            });
            thread.Start();
            thread.Join();
            throw caught!;
        });
        Assert.Contains(
            "another thread", Assert.Throws<LeakedTensorException>(() => f.Invoke(F.ones([1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADisposedTensorThrows()
    {
        var x = F.ones([2]);
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = x + 1; });
        Assert.Throws<ObjectDisposedException>(() => Jit.Compile((Tensor a) => a + 1).Invoke(x));
    }
}
