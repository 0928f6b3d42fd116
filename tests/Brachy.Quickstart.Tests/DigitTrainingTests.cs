using Brachy;
using Quickstart.Data;

namespace Quickstart.Tests;

public class DigitTrainingTests
{
    private static readonly QuickstartOptions s_options = new(null, 2, 64, 32, 1e-3, 0, 640, 100, false);

    [Fact]
    public void TheSameSeedGivesTheSameLosses()
    {
        var losses = Losses(0);
        Assert.Equal(losses, Losses(0));
        Assert.NotEqual(losses, Losses(1));
    }

    [Fact]
    public void AFewEpochsLearnTheTestSet()
    {
        var data = DigitData.Load(null, null, null, 0);
        using var rng = Rng.Scope(0);
        using var training = new DigitTraining(data.Train, s_options with { BatchSize = 128, HiddenSize = 256 });
        for (var epoch = 1; epoch <= 6; epoch++)
        {
            training.RunEpoch(epoch, () => { });
        }

        Assert.InRange(training.Evaluate(data.Test), 0.97, 1);
    }

    private static double[] Losses(int seed)
    {
        var data = DigitData.Load(null, 640, 100, seed: 0);
        using var rng = Rng.Scope(seed);
        using var training = new DigitTraining(data.Train, s_options);
        return [.. Enumerable.Range(1, 3).Select(epoch => training.RunEpoch(epoch, () => { }).Loss)];
    }
}
