using System.Globalization;
using Brachy;
using Quickstart.Data;
using Spectre.Console;

namespace Quickstart;

/// <summary>The main job: trains the classifier with a jitted step, shows its progress, and tests it.</summary>
internal static class QuickstartRun
{
    public static int Run(QuickstartOptions options)
    {
        var data = DigitData.Load(options.DataFolder, options.TrainCount, options.TestCount, options.Seed);
        if (options.BatchSize > data.Train.Count)
        {
            throw new DataFormatException(
                $"The training set has {data.Train.Count} images, fewer than one batch of {options.BatchSize}; use a smaller --batch.");
        }

        var source = options.DataFolder is { } folder ? $"read from {folder}" : "rendered";
        AnsiConsole.MarkupLineInterpolated(
            $"{data.Train.Count} training and {data.Test.Count} test images, {source}; seed {options.Seed}.");
        using var rng = Rng.Scope(options.Seed);
        using var training = new DigitTraining(data.Train, options);
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            Train(training, options.Epochs, () => { });
        }
        else
        {
            AnsiConsole.Progress().Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(progress =>
                {
                    var task = progress.AddTask("training", maxValue: options.Epochs * training.StepsPerEpoch);
                    Train(training, options.Epochs, () => task.Increment(1));
                });
        }

        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"Test accuracy: [bold]{100 * training.Evaluate(data.Test):F2}%[/]");
        if (options.Compare)
        {
            AnsiConsole.Write(StepComparison.Run(data.Train, options));
        }

        return 0;
    }

    private static void Train(DigitTraining training, int epochs, Action onStep)
    {
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var summary = training.RunEpoch(epoch, onStep);
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"epoch {epoch,2}  loss {summary.Loss:F6}  accuracy {100 * summary.Accuracy:F2}%"));
        }
    }
}
