using Brachy.Native;
using TorchSharp;

namespace Brachy.Tests.Transforms;

/// <summary>Compiled functions run without libtorch's autograd; TorchSharp's code must not notice.</summary>
public class JitInteropTests
{
    private static Tensor Result() =>
        Jit.Compile((Tensor x) => F.transpose(x * 2, 0, 1)).Invoke(F.tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }));

    [Fact]
    public void TorchSharpWritesIntoAResult()
    {
        var result = Result();
        using var torchs = result.AsTorch().add_(NativeNumber.Of(1));
        Assert.Equal([3f, 9, 5, 11, 7, 13], result.ToArray<float>());
        Assert.Equal([1, 3], result.AsTorch().stride());
    }

    [Fact]
    public void TorchSharpDifferentiatesAFunctionOfAResult()
    {
        using var scope = torch.NewDisposeScope();
        var weight = torch.ones(3, 2, requires_grad: true);
        (Result().AsTorch() * weight).sum().backward();
        Assert.Equal([2f, 8, 4, 10, 6, 12], weight.grad!.data<float>().ToArray());
    }

    [Fact]
    public void AResultIsDonatedAfterTorchSharpSawIt()
    {
        var add = Jit.Compile((Tensor x) => x + 1, donate: [0]);
        var first = add.Invoke(F.zeros([4]));
        using var seen = first.AsTorch().alias();
        var second = add.Invoke(first);
        var third = add.Invoke(second);
        Assert.Equal([3f, 3, 3, 3], third.ToArray<float>());
        Assert.Throws<DonatedTensorException>(() => first.ToArray<float>());
    }

    [Fact]
    public void ResultsAreReadWhileCompiledFunctionsUseThem()
    {
        var results = Enumerable.Range(0, 200).Select(_ => Result()).ToArray();
        var sum = Jit.Compile((Tensor x) => F.sum(x));
        Parallel.ForEach(
            results.SelectMany((r, i) => new[] { (r, i % 2 == 0), (r, i % 2 != 0) }),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            use => Assert.Equal(42f, use.Item2 ? use.r.ToArray<float>().Sum() : sum.Invoke(use.r).item<float>()));
    }
}
