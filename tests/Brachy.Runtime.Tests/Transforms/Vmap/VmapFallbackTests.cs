using Brachy.Extending;

namespace Brachy.Tests.Transforms;

/// <summary>The primitives that <see cref="Vmap"/> computes sample by sample. The list is to become shorter, not longer.</summary>
public class VmapFallbackTests
{
    private static readonly string[] s_withoutRule =
    [
        "binomial", "gamma", "multinomial", "normal", "permutation", "poisson", "randint", "uniform",
    ];

    /// <summary>Those without operands are the same for all samples.</summary>
    [Fact]
    public void TheListIsComplete() => Assert.Equal(
        s_withoutRule,
        Primitives.All.Where(p => p.BatchingRule is null && p != F.Full && p != F.Arange && p != F.LinSpace)
            .Select(p => p.Name).Order(StringComparer.Ordinal));
}
