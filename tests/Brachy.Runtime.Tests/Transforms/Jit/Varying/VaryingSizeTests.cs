using Brachy.Compilation;

namespace Brachy.Tests.Transforms;

/// <summary>One compiled version serves all sizes, and gives what a version for each size gives.</summary>
[Trait("Category", "Quick")]
public class VaryingSizeTests
{
    private static readonly long[] s_sizes = [5, 1, 64, 2, 0, 3, 7, 100, 1, 0];

    public static TheoryData<string, Func<Tensor, Tensor, Tensor>> Functions => new()
    {
        { "elementwise", (x, _) => F.tanh(x) * 2 + 1 },
        { "product", (x, w) => x.matmul(w) },
        { "sum over the batch", (x, w) => x.matmul(w).sum(0) },
        { "mean over all", (x, w) => F.tanh(x.matmul(w)).mean() },
        { "size as a number", (x, _) => x * x.shape[0] },
        { "size as a real number", (x, _) => x * (1.0 / (x.shape[0] + 3)) },
        { "root of the size", (x, _) => x / Math.Sqrt(x.shape[0] + 1) },
        { "one more than the size", (x, _) => F.cat([x, F.ones([1, 3], DType.Float64)], 0) },
        { "twice the size", (x, _) => F.cat([x, -x], 0) },
        { "flattened", (x, _) => x.reshape(-1) * 2 },
        { "square", (x, w) => x.matmul(w).matmul(x.transpose(0, 1)) },
        { "positions", (x, _) => x + F.arange(x.shape[0]).to(DType.Float64).reshape(-1, 1) },
        { "constant of the size", (x, _) => x + F.full([x.shape[0], 1], 1.5, DType.Float64) },
        { "constant by the size", (x, _) => x + F.full([], x.shape[0], DType.Float64) },
        { "constants from sizes alone", (x, _) => F.zeros([x.shape[0], 2], DType.Float64) + 1 },
        { "reversed", (x, _) => F.flip(x, 0) },
        { "softmax over the batch", (x, _) => F.softmax(x, 0) },
        { "sorted", (x, _) => F.sort(x, 0).values },
        { "variance", (x, _) => F.var(F.cat([x, F.arange(6).to(DType.Float64).reshape(2, 3)], 0), 0) },
        { "running sum", (x, _) => F.cumsum(x, 0) },
        { "padded", (x, _) => F.pad(x, [0, 0, 2, 1]) },
        { "gradient", (x, w) => Grad.Of((Tensor v) => F.tanh(x.matmul(v)).mean())(w) },
        { "gradient by the batch", (x, w) => Grad.Of((Tensor v) => (F.tanh(v.matmul(w)) * v).mean())(x) },
        { "second gradient", (x, w) => Grad.Of((Tensor v) => Grad.Of((Tensor u) => F.exp(u.matmul(w)).mean())(v).pow(2).sum())(x) },
        { "layer norm", (x, w) => F.layer_norm(x.matmul(w), [3]) },
        { "scan over the batch", (x, w) => Brachy.Control.Scan(
            (Tensor s, Tensor row) => (F.tanh(s + row.matmul(w)), s * 2), F.zeros([3], DType.Float64), x).Outputs },
        { "gradient of a scan", (x, w) => Grad.Of((Tensor v) => Brachy.Control.Scan(
            (Tensor s, Tensor row) => (F.tanh(s + row.matmul(v)), s * 2), F.zeros([3], DType.Float64), x).State.sum())(w) },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void OneVersionServesAllSizes(string name, Func<Tensor, Tensor, Tensor> function)
    {
        foreach (var backend in new[] { Backend.Default, Backend.TorchScript, Backend.Interpreter })
        {
            var varying = Jit.Compile(function, backend: backend, varying: [new(0, "batch")]);
            var fixedSizes = Jit.Compile(function, backend: Backend.Interpreter);
            foreach (var size in s_sizes)
            {
                Tensor expected;
                try
                {
                    expected = fixedSizes.Invoke(Batch(size), Weight());
                }
                catch (Exception error)
                {
                    Assert.Equal(error.GetType(), Record.Exception(() => varying.Invoke(Batch(size), Weight()))?.GetType());
                    continue;
                }

                var actual = varying.Invoke(Batch(size), Weight());
                Assert.Equal(expected.Type, actual.Type);
                Assert.True(
                    (bool)F.isclose(expected, actual, equal_nan: true).all(),
                    $"{name}, {backend}, {size}: {expected} and {actual}\n{varying.Script}");
            }

            Assert.Equal(1, varying.TraceCount);
            Assert.Equal(1, varying.CacheCount);
        }
    }

    private static Tensor Batch(long size) => F.sin(F.arange(size * 3).to(DType.Float64).reshape(size, 3) + 0.3);

    private static Tensor Weight() => F.cos(F.arange(9).to(DType.Float64).reshape(3, 3));
}
