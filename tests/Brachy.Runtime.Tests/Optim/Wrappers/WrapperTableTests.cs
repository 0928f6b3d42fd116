namespace Brachy.Tests.Optim;

/// <summary>The steps of wrappers, number by number, against formulas written out.</summary>
[Trait("Category", "Quick")]
public class WrapperTableTests
{
    public static TheoryData<string> WithFormula => [.. WrapperSamples.All.Where(s => s.Formula is not null).Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(WithFormula))]
    public void FiftyStepsFollowTheFormula(string name)
    {
        using var rng = Rng.Scope(0);
        var (net, sample) = (new TrainedNet(), WrapperSamples.All.Single(s => s.Name == name));
        var expected = net.TrainByFormula(sample.Formula!);
        TrainedNet.AssertClose(expected, net.Train(sample.Make, compiled: false), 1e-9, "eager");
        TrainedNet.AssertClose(expected, net.Train(sample.Make, compiled: true), 1e-9, "compiled");
    }
}
