using Brachy.Benchmarks;

namespace Brachy.Tests.Transforms;

/// <summary>Derivatives in forward mode are lean: a rule that fell back to two transpositions would show here.</summary>
public class ForwardModeOpsTests
{
    [Fact]
    public void ForwardModeTakesHardlyMoreOpsThanReverseMode()
    {
        var measured = ForwardModeOps.Measure("jvp.ops.ratio", bound: 1.2);
        Assert.True(measured.IsMet, $"{measured.Value:F3}, {measured.Details}");
        Assert.All(ForwardModeOps.Counts(), count => Assert.True(count.Forward <= 1.6 * count.Reverse, measured.Details));
    }
}
