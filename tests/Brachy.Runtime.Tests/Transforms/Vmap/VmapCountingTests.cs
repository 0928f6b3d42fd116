using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>What counts and finds elements does so for each sample of a batch alone.</summary>
public class VmapCountingTests
{
    private static readonly Tensor s_xs = F.round(Make.Real([5, 40]) * 4);

    [Theory]
    [InlineData(7, -2, 3)]
    [InlineData(4, 0, 0)]
    [InlineData(1, -4, 4)]
    public void ElementsOnTheEdgesCountAsInALoop(long bins, double min, double max)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            var xs = s_xs.to(dtype);
            AssertAsLoop(xs, x => F.histc(x, bins, min, max));
        }
    }

    [Fact]
    public void RangesOfWhatIsNotFiniteAreRefusedAsInALoop()
    {
        var xs = F.where(F.eq(F.arange(200).reshape(5, 40), 77), double.PositiveInfinity, s_xs);
        var error = Assert.Throws<NativeOpException>(() => Vmap.Of((Tensor x) => F.histc(x, 3))(xs));
        Assert.Contains("is not finite", error.Message, StringComparison.Ordinal);
        Assert.Throws<NativeOpException>(() => Jit.Compile(Vmap.Of((Tensor x) => F.histc(x, 3))).Invoke(xs));
        AssertAsLoop(xs, x => F.histc(x, 3, -1, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(60)]
    public void PlacesAreThoseOfEachSample(long size) =>
        AssertAsLoop(s_xs.reshape(5, 4, 10), x => F.nonzero(x > 1, size: size, fill_value: -7));

    [Fact]
    public void DistinctRowsAreThoseOfEachSample() =>
        AssertAsLoop(s_xs.to(DType.Int64).reshape(5, 20, 2), x => F.unique(x, return_inverse: true, dim: 0, size: 20).inverse_indices!);

    private static void AssertAsLoop(Tensor xs, Func<Tensor, Tensor> function)
    {
        var expected = F.stack([.. Enumerable.Range(0, 5).Select(i => function(xs[i]))]);
        OpCheck.AssertClose(expected, Vmap.Of(function)(xs), 0, "eager");
        OpCheck.AssertClose(expected, Jit.Compile(Vmap.Of(function)).Invoke(xs), 0, "compiled");
    }
}
