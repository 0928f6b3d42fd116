using Brachy;
using Brachy.Tests.Shared;
using Samples.Shared;

namespace Sequence.Tests;

/// <summary>Trainings: they learn, repeat, stop and go on.</summary>
public class TrainingTests
{
    [Theory]
    [InlineData("Lstm", 1, 0)]
    [InlineData("Gru", 1, 0)]
    [InlineData("Lstm", 2, 0.3)]
    public void AResumedTrainingGivesTheSameBits(string cell, int layers, double dropout)
    {
        using var folder = new TemporaryFolder();
        var settings = TestRuns.Settings with { Model = new(Enum.Parse<Cell>(cell), layers, 8, dropout) };
        var (whole, first) = (TestRuns.Training(settings), TestRuns.Training(settings));
        whole.RunEpoch();
        first.RunEpoch();
        Assert.Equal(whole.History, first.History);
        first.Save(folder["a"]);
        var resumed = SequenceTraining.Load(folder["a"], TestRuns.Series(settings));
        Assert.Equal(whole.RunEpoch(), resumed.RunEpoch());
        Assert.Equal(whole.RunEpoch(), resumed.RunEpoch());
        whole.Save(folder["b"]);
        resumed.Save(folder["c"]);
        Assert.Equal(File.ReadAllBytes(folder["b"]), File.ReadAllBytes(folder["c"]));
        Assert.Equal([false, true, true], whole.History.Select(epoch => epoch.HeldOut is not null));
        Assert.Equal(1e-2 * (1 + Math.Cos(Math.PI * 8 / 9)) / 2, resumed.LearningRate, 1e-8);
    }

    /// <summary>Saved after a step, or stopped after one: the next step is the one that would have come.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void ATrainingResumedWithinAnEpochGivesTheSameBits(int steps)
    {
        using var folder = new TemporaryFolder();
        using var whole = TestRuns.Training(TestRuns.Settings);
        using var part = TestRuns.Training(TestRuns.Settings);
        Assert.Equal(3, part.StepsPerEpoch);
        using var stop = new CancellationTokenSource();
        var done = 0;
        while (part.RunEpoch(
            _ =>
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

        part.Save(folder["stopped"]);
        Assert.Equal(File.ReadAllBytes(folder["saved"]), File.ReadAllBytes(folder["stopped"]));
        using var resumed = SequenceTraining.Load(folder["saved"], TestRuns.Series(TestRuns.Settings));
        while (resumed.History.Count < 2)
        {
            Assert.NotNull(resumed.RunEpoch(_ => done++));
        }

        Assert.Equal(6, done);
        whole.RunEpoch();
        whole.RunEpoch();
        Assert.Equal(whole.History, resumed.History);
        whole.Save(folder["b"]);
        resumed.Save(folder["c"]);
        Assert.Equal(File.ReadAllBytes(folder["b"]), File.ReadAllBytes(folder["c"]));
    }

    [Theory]
    [InlineData("Lstm")]
    [InlineData("Gru")]
    public void ANetworkForetellsBetterThanSimpleForecasts(string cell)
    {
        var settings = TestRuns.Settings with
        {
            Model = new(Enum.Parse<Cell>(cell), 1, 16, 0),
            Data = TestRuns.Settings.Data with { Series = 64, MinLength = 90, MaxLength = 150 },
            Train = TestRuns.Settings.Train with { BatchSize = 16, Epochs = 30, EvalEvery = 100, Paths = 33 },
        };
        var training = TestRuns.Training(settings);
        while (training.History.Count < settings.Train.Epochs)
        {
            training.RunEpoch();
        }

        Assert.True(training.History[^1].Loss < training.History[0].Loss - 0.2, $"{training.History[0]} to {training.History[^1]}");
        var score = training.History[^1].HeldOut!;
        Assert.True(score.Error < 0.9 * score.NaiveError && score.Error < score.AverageError, $"{score}");
        Assert.InRange(score.Coverage, 0.6, 0.95);
    }

    [Fact]
    public void EachWidthIsCompiledOnce()
    {
        var settings = TestRuns.Settings with { Train = TestRuns.Settings.Train with { BatchSize = 5, EvalEvery = 100, Epochs = 50 } };
        var (training, before) = (TestRuns.Training(settings), TrainingSteps.StepJitFunction.TraceCount);
        using var batches = new SeriesBatches(TestRuns.Series(settings), 5, 12, 3);
        HashSet<long> widths = [.. Enumerable.Range(0, 3).SelectMany(_ => batches.Epoch()).Select(batch => batch.Values.shape[1])];
        Assert.InRange(widths.Count, 2, 5);
        training.RunEpoch();
        training.RunEpoch();
        training.RunEpoch();
        Assert.Equal(widths.Count, TrainingSteps.StepJitFunction.TraceCount - before);
    }

    [Fact]
    public void OtherSeriesAreRefused()
    {
        using var folder = new TemporaryFolder();
        TestRuns.Training(TestRuns.Settings).Save(folder["a"]);
        var other = SyntheticSeries.Make(TestRuns.Settings.Data, seed: 4);
        Assert.Contains(
            "other series", Assert.Throws<InputException>(() => SequenceTraining.Load(folder["a"], other)).Message,
            StringComparison.Ordinal);
    }
}
