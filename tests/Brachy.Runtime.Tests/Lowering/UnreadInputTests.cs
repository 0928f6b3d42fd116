using Brachy.Compilation;

namespace Brachy.Tests.Lowering;

/// <summary>Inputs that a compiled function does not read: code is not given them, and all else holds for them as for others.</summary>
[Trait("Category", "Quick")]
public class UnreadInputTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 1.0, 2.0 });

    public static TheoryData<string> Backends { get; } = new() { "torchscript", "vector code", "interpreter", "default" };

    private static Backend Of(string name) =>
        new[] { Backend.TorchScript, Backend.VectorCode, Backend.Interpreter, Backend.Default }.Single(b => b.Name == name);

    [Theory]
    [MemberData(nameof(Backends))]
    public void UnreadInputsBetweenOthers(string backend)
    {
        var f = Jit.Compile((Tensor a, Tensor b, Tensor c, Tensor d) => (c - a, d), backend: Of(backend));
        for (var run = 0; run < 3; run++)
        {
            var (first, second) = f.Invoke(s_x, s_x * 7, s_x * 3, s_x * 5);
            Assert.Equal([2, 4], first.ToArray<double>());
            Assert.Equal([5, 10], second.ToArray<double>());
        }

        if (f.Script is { } script)
        {
            Assert.StartsWith("def main(x0, x1):", script, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void DonationOfUnreadInputsFreesThem(string backend)
    {
        var f = Jit.Compile((Tensor a, Tensor b, Tensor c) => (a + 1, c), donate: [1, 2], backend: Of(backend));
        var (unread, passed) = (s_x * 2, s_x * 3);
        var (sum, same) = f.Invoke(s_x, unread, passed);
        Assert.Equal([2, 3], sum.ToArray<double>());
        Assert.Equal([3, 6], same.ToArray<double>());
        Assert.Throws<DonatedTensorException>(() => unread + 1);
        Assert.Throws<DonatedTensorException>(() => passed + 1);
        Assert.Contains("donated", Assert.Throws<ArgumentException>(() => f.Invoke(s_x, same, same)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => f.Invoke(same, same, s_x * 3));
        Assert.Equal([3, 6], same.ToArray<double>());
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void UnusableUnreadInputsAreRefused(string backend)
    {
        var f = Jit.Compile((Tensor a, Tensor b) => a + 1, backend: Of(backend));
        f.Invoke(s_x, s_x * 2);
        var freed = s_x * 2;
        freed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => f.Invoke(s_x, freed));
        var given = s_x * 2;
        Jit.Compile((Tensor a) => a.sum(), donate: [0]).Invoke(given);
        Assert.Throws<DonatedTensorException>(() => f.Invoke(s_x, given));
        var passing = Jit.Compile((Tensor a, Tensor b) => (a + 1, b), backend: Of(backend));
        Assert.Throws<ObjectDisposedException>(() => passing.Invoke(s_x, freed));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void AFunctionThatReadsNothing(string backend)
    {
        var f = Jit.Compile((Tensor a, Tensor b) => (F.ones([2], DType.Float64) * 4, b, 3.0), backend: Of(backend));
        var (constant, same, number) = f.Invoke(s_x, s_x * 2);
        Assert.Equal([4, 4], constant.ToArray<double>());
        Assert.Equal([2, 4], same.ToArray<double>());
        Assert.Equal(3, number);
    }
}
