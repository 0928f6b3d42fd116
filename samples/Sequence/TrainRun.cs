using System.Diagnostics;
using System.Globalization;
using Brachy;
using Samples.Shared;
using Spectre.Console;

namespace Sequence;

/// <summary>The main job: trains a network, reports how it goes, and compares its forecasts with simple ones.</summary>
internal static class TrainRun
{
    public static int Run(TrainOptions options)
    {
        if (options.Resume is not null && options.ChangesSettings)
        {
            throw new InputException(
                "--resume goes on with the settings of the checkpoint; leave out --config and the options that change it");
        }

        var settings = options.Resume is { } resumed
            ? SequenceTraining.LoadSettings(resumed)
            : options.Over(RunSettingsYaml.Load(options.Config ?? Path.Combine(AppContext.BaseDirectory, "config", "readings.yaml")));
        var series = options.Data is { } file
            ? SeriesFile.Read(file, settings.Data)
            : SyntheticSeries.Make(settings.Data, settings.Train.Seed);
        using var training = options.Resume is { } path ? SequenceTraining.Load(path, series) : new SequenceTraining(settings, series);
        var (shortest, longest) = (series.Min(one => one.Values.Length), series.Max(one => one.Values.Length));
        var numbers = training.Model.GetParams().DistinctTensors().Sum(entry => entry.Tensor.numel());
        var of = $"{series.Count} series of {shortest} to {longest} values";
        var (epochs, steps) = (settings.Train.Epochs, training.StepsPerEpoch);
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{of}; {settings.Model.Cell} with {numbers:N0} params; {epochs} epochs of {steps} steps; seed {settings.Train.Seed}.");
        if (options.Resume is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"Resumed after {Progress(training)}.");
        }

        Train(training, options);
        if (training.StepsOfEpoch > 0)
        {
            var where = options.Checkpoint is { } saved ? $"go on with --resume {saved}" : "nothing is saved without --checkpoint";
            AnsiConsole.MarkupLineInterpolated($"Stopped after {Progress(training)}; {where}.");
            return 0;
        }

        Show(training, series, options.Plot);
        return 0;
    }

    /// <summary>Ctrl-C ends the training after the step that it is in.</summary>
    private static void Train(SequenceTraining training, TrainOptions options)
    {
        using var interruption = new Interruption();
        var board = new TensorBoardLog(options.TensorBoard);
        var last = Math.Min(training.Settings.Train.Epochs, options.StopAfter ?? int.MaxValue);
        while (training.History.Count < last && !interruption.Token.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            if (RunEpoch(training, options, interruption.Token) is not { } summary)
            {
                if (options.Checkpoint is { } file)
                {
                    training.Save(file);
                }

                return;
            }

            var line = string.Create(
                CultureInfo.InvariantCulture, $"epoch {summary.Epoch,3}  loss {summary.Loss:F4}  {clock.Elapsed.TotalSeconds,5:F1} s");
            board.Add(summary.Epoch, ("train/loss", summary.Loss), ("lr", training.LearningRate));
            if (summary.HeldOut is { } score)
            {
                line += string.Create(
                    CultureInfo.InvariantCulture,
                    $"  held out: error {score.Error:F4}  naive {score.NaiveError:F4}  between low and high {100 * score.Coverage:F0}%");
                board.Add(summary.Epoch, ("held_out/error", score.Error), ("held_out/coverage", score.Coverage));
            }

            AnsiConsole.WriteLine(line);
            if (options.Checkpoint is { } path)
            {
                training.Save(path);
            }
        }
    }

    private static EpochSummary? RunEpoch(SequenceTraining training, TrainOptions options, CancellationToken stop) =>
        StepProgress.Run(training.StepsPerEpoch - training.StepsOfEpoch, onStep => training.RunEpoch(
            loss =>
            {
                onStep(string.Create(CultureInfo.InvariantCulture, $"epoch {training.History.Count + 1}  loss {loss:F4}"));
                if (options.Checkpoint is { } path && training.StepsOfEpoch % options.CheckpointEvery == 0)
                {
                    training.Save(path);
                }
            },
            stop));

    private static string Progress(SequenceTraining training) => training.StepsOfEpoch == 0
        ? $"epoch {training.History.Count}"
        : $"step {training.StepsOfEpoch} of epoch {training.History.Count + 1}";

    private static void Show(SequenceTraining training, IReadOnlyList<Series> series, string plot)
    {
        var (score, forecasts) = training.Evaluate();
        ForecastPlot.Save(series, forecasts, plot);
        var table = new Table().AddColumns("forecast", "mean absolute error", "of the naive one's");
        foreach (var (name, error) in new[]
        {
            ("as one season before (naive)", score.NaiveError), ("mean of all seasons", score.AverageError), ("network", score.Error),
        })
        {
            table.AddRow(
                name, error.ToString("F4", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{100 * error / score.NaiveError:F0} %"));
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{100 * score.Coverage:F0}% of what was held out lies where 80% should; a few forecasts are in {plot}.");
    }
}
