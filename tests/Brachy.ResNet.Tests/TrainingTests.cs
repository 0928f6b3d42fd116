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
