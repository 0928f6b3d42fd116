using Brachy;
using Brachy.Tests.Shared;

namespace ResNet.Tests;

/// <summary>Trainings: they repeat, stop and go on.</summary>
[Trait("Category", "Quick")]
public class TrainingTests
{
    private static readonly TrainSettings s_settings = new("preact18", 2, 3, 8, 0.05, 3, "fp32", 24, 11);

    [Theory]
    [InlineData("fp32")]
    [InlineData("bf16")]
    public void AResumedTrainingGivesTheSameBits(string precision)
    {
        using var folder = new TemporaryFolder();
        var settings = s_settings with { Precision = precision };
        var data = Dataset.Load(null, settings);
        var whole = new ResNetTraining(settings, data);
        var first = new ResNetTraining(settings, data);
        whole.RunEpoch();
        first.RunEpoch();
        Assert.Equal(whole.History, first.History);
        first.Save(folder["a"]);
        var resumed = ResNetTraining.Load(folder["a"], data);
        Assert.Equal(whole.RunEpoch(), resumed.RunEpoch());
        whole.Save(folder["b"]);
        resumed.Save(folder["c"]);
        Assert.Equal(File.ReadAllBytes(folder["b"]), File.ReadAllBytes(folder["c"]));
        Assert.Equal(0.05 * (1 + Math.Cos(Math.PI * 5 / 9)) / 2, resumed.LearningRate, 1e-8);
    }

    /// <summary>Saved after a step, or stopped after one: the next step is the one that would have come.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void ATrainingResumedWithinAnEpochGivesTheSameBits(int steps)
    {
        using var folder = new TemporaryFolder();
        var data = Dataset.Load(null, s_settings);
        using var whole = new ResNetTraining(s_settings, data);
        using var part = new ResNetTraining(s_settings, data);
        using var stop = new CancellationTokenSource();
        var done = 0;
        while (part.RunEpoch(
            (_, _) =>
            {
                if (++done == steps)
                {
                    part.Save(folder["saved"]);
                    stop.Cancel();
                }
            },
            stop.Token) is not null)
        {
        }

        Assert.Equal(steps, done);
        part.Save(folder["stopped"]);
        Assert.Equal(File.ReadAllBytes(folder["saved"]), File.ReadAllBytes(folder["stopped"]));
        using var resumed = ResNetTraining.Load(folder["saved"], data);
        Assert.Equal((steps - 1) / 3, resumed.History.Count);
        while (resumed.History.Count < 2)
        {
            Assert.NotNull(resumed.RunEpoch((_, _) => done++));
        }

        Assert.Equal(6, done);
        whole.RunEpoch();
        whole.RunEpoch();
        Assert.Equal(whole.History, resumed.History);
        whole.Save(folder["b"]);
        resumed.Save(folder["c"]);
        Assert.Equal(File.ReadAllBytes(folder["b"]), File.ReadAllBytes(folder["c"]));
    }

    [Fact]
    public void EvaluationCountsTheLastPartialBatch()
    {
        var data = Dataset.Load(null, s_settings);
        var one = new ResNetTraining(s_settings, data);
        var (loss, accuracy) = one.Evaluate();
        var (total, correct) = (0.0, 0.0);
        for (var i = 0; i < data.Test.Count; i++)
        {
            var single = data with
            {
                Test = new ImageSet(data.Test.Pixels[(i * ImageSet.Size)..((i + 1) * ImageSet.Size)], [data.Test.Labels[i]], 10)
            };
            var (l, a) = new ResNetTraining(s_settings, single).Evaluate();
            (total, correct) = (total + l, correct + a);
        }

        Assert.Equal(total / 11, loss, 1e-4);
        Assert.Equal(correct / 11, accuracy, 1e-9);
    }
}
