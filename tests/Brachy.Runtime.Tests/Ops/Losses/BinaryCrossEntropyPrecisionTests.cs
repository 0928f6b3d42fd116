namespace Brachy.Tests.Ops;

public class BinaryCrossEntropyPrecisionTests
{
    [Theory]
    [InlineData(5, 1)]
    [InlineData(12, 1)]
    [InlineData(20, 1)]
    [InlineData(-5, 0)]
    [InlineData(-20, 0)]
    [InlineData(0, 1)]
    public void ASmallLossOfLogitsKeepsItsDigitsInFloat32(double logit, double target)
    {
        var x = F.full([1], logit);
        var t = F.full([1], target);
        var expected = Math.Log(1 + Math.Exp(target == 1 ? -logit : logit));
        expected = expected < 1e-8 ? Math.Exp(target == 1 ? -logit : logit) : expected;
        Assert.InRange((double)F.binary_cross_entropy_with_logits(x, t), expected * 0.9999, expected * 1.0001);
        Assert.InRange((double)F.binary_cross_entropy_with_logits(x, t, pos_weight: F.ones([1])), expected * 0.9999, expected * 1.0001);
    }
}
