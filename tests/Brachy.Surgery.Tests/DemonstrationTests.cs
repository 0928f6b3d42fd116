using Brachy;

namespace Surgery.Tests;

/// <summary>The sample as a whole, trained for a short time.</summary>
public class DemonstrationTests
{
    [Fact]
    public void EveryRecipeRunsOnATrainedNetwork()
    {
        using var rng = Rng.Scope(0);
        var patient = Patient.Train(seed: 0, steps: 60);
        Assert.InRange(patient.Accuracy(patient.Model), 0.6, 1);
        var lines = Demonstrations.All.ToDictionary(d => d.Name, d => d.Run(patient));

        Assert.Contains("blocks.2.output float32[300, 16]", lines["capture"], StringComparison.Ordinal);
        Assert.Contains("still one weight: True", lines["share"], StringComparison.Ordinal);
        Assert.StartsWith("changed: stem.weight, stem.bias, head.weight, head.bias;", lines["freeze"], StringComparison.Ordinal);
        Assert.EndsWith("traces with the hook 1, after it 0", lines["hook"], StringComparison.Ordinal);
    }
}
