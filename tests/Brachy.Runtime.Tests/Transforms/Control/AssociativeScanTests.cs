using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Running combinations against loops and against libtorch's running sums and products.</summary>
[Trait("Category", "Quick")]
public class AssociativeScanTests
{
    [Fact]
    public void RunningSumsAndProductsAreThoseOfLibtorch()
    {
        for (var n = 1; n <= 17; n++)
        {
            var x = Rng.Normal([n, 2], DType.Float64, Rng.Seed(n));
            foreach (var backend in new[] { "eager", "default" })
            {
                var (sum, product) = Compiled(
                    (Tensor v) => Loop.AssociativeScan((a, b) => (a.Item1 + b.Item1, a.Item2 * b.Item2), (v, v)), backend)(x);
                AssertClose(F.cumsum(x, 0), sum);
                AssertClose(F.cumprod(x, 0), product);
                var last = Compiled((Tensor v) => Loop.AssociativeScan((a, b) => a + b, v, reverse: true), backend)(x);
                AssertClose(F.flip(F.cumsum(F.flip(x, [0]), 0), [0]), last);
            }
        }
    }

    [Fact]
    public void ALinearRecurrenceIsDifferentiated()
    {
        // h ← a h + b as pairs (a, b); the order of arguments matters.
        static (Tensor A, Tensor B) Combine((Tensor A, Tensor B) l, (Tensor A, Tensor B) r) => (l.A * r.A, (l.B * r.A) + r.B);
        Tensor Fast((Tensor A, Tensor B) x) => F.sin(Loop.AssociativeScan(Combine, x).B).sum();
        Tensor Slow((Tensor A, Tensor B) x) => F.sin(Loop.Scan(
            (Tensor h, (Tensor A, Tensor B) v) =>
            {
                var next = (v.A * h) + v.B;
                return (next, next);
            },
            F.zeros([], DType.Float64), x).Outputs).sum();
        var x = (A: Rng.Normal([11], DType.Float64, Rng.Seed(1)), B: Rng.Normal([11], DType.Float64, Rng.Seed(2)));
        AssertClose(Slow(x), Fast(x));
        var (expected, found) = (Grad.Of<(Tensor A, Tensor B)>(Slow)(x), Jit.Compile(Grad.Of<(Tensor A, Tensor B)>(Fast)).Invoke(x));
        AssertClose(expected.A, found.A);
        AssertClose(expected.B, found.B);
    }

    /// <summary>Products of matrices: the order counts. Against plain arrays; backwards the later one is the first argument.</summary>
    [Theory]
    [InlineData("eager")]
    [InlineData("interpreter")]
    [InlineData("torchscript")]
    [InlineData("vector code")]
    public void ProductsOfMatricesAreThoseOfPlainArrays(string backend)
    {
        for (var n = 0; n <= 9; n++)
        {
            var numbers = Rng.Normal([n, 2, 2], DType.Float64, Rng.Seed(n + 50));
            var all = Enumerable.Range(0, n).Select(i => numbers.ToArray<double>()[(4 * i)..(4 * (i + 1))]).ToArray();
            foreach (var reverse in new[] { false, true })
            {
                var expected = new double[n][];
                for (var k = 0; k < n; k++)
                {
                    var i = reverse ? n - 1 - k : k;
                    expected[i] = k == 0 ? all[i] : Product(expected[reverse ? i + 1 : i - 1], all[i]);
                }

                Tensor found;
                try
                {
                    found = Compiled((Tensor v) => Loop.AssociativeScan((a, b) => a.matmul(b), v, reverse), backend)(numbers);
                }
                catch (NotSupportedException) when (backend == "vector code")
                {
                    continue;
                }

                Assert.Equal([n, 2L, 2], found.shape);
                Assert.Equal(expected.SelectMany(m => m), found.ToArray<double>(), (a, b) => Math.Abs(a - b) <= 1e-11 * (1 + Math.Abs(a)));
            }
        }

        static double[] Product(double[] a, double[] b) =>
            [(a[0] * b[0]) + (a[1] * b[2]), (a[0] * b[1]) + (a[1] * b[3]), (a[2] * b[0]) + (a[3] * b[2]), (a[2] * b[1]) + (a[3] * b[3])];
    }

    [Fact]
    public void ACombinationOfAnotherTypeIsRefused() => Assert.Contains(
        "'xs' is float64[1, 2] and comes back from combine as float64[]",
        Assert.Throws<ArgumentException>(() => Loop.AssociativeScan((a, b) => (a + b).sum(), F.ones([3, 2], DType.Float64))).Message,
        StringComparison.Ordinal);
}
