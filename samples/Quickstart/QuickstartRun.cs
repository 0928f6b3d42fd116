using System.Globalization;
using Brachy;
using Brachy.Optim;
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
            throw new DataFormatException($"The training set has {data.Train.Count} images, fewer than one batch of {options.BatchSize}; use a smaller --batch.");
        }

        var train = new Batches(data.Train);
        var test = new Batches(data.Test);
        AnsiConsole.MarkupLineInterpolated($"{data.Train.Count} training and {data.Test.Count} test images, {Source(options)}; seed {options.Seed}.");

        using var rng = Rng.Scope(options.Seed);
        var (model, config) = new Classifier(DigitSet.Pixels, options.HiddenSize, DigitSet.Classes);
        var (opt, optConfig) = new AdamW(model, options.LearningRate);
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(progress =>
            {
                var stepsPerEpoch = data.Train.Count / options.BatchSize;
                var task = progress.AddTask("training", maxValue: (double)options.Epochs * stepsPerEpoch);
                for (var epoch = 1; epoch <= options.Epochs; epoch++)
                {
                    (opt, model) = TrainEpoch(epoch, train, options.BatchSize, stepsPerEpoch, (opt, optConfig, model, config), task);
                }
            });

        using var accuracy = Training.EvaluateJit(model, config, test.Images, test.Labels);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Test accuracy: [bold]{(double)accuracy:P2}[/]");
        if (options.Compare)
        {
            AnsiConsole.Write(Comparison.Run(train, options));
        }

        return 0;
    }

    private static (StructureTree Opt, StructureTree Model) TrainEpoch(
        int epoch, Batches train, int batchSize, int steps, (StructureTree Opt, GlobalConfig OptConfig, StructureTree Model, GlobalConfig Config) state, ProgressTask task)
    {
        var (opt, optConfig, model, config) = state;
        double loss = 0, accuracy = 0;
        foreach (var (x, y) in train.Shuffled(Rng.NextKey(), batchSize))
        {
            using (x)
            using (y)
            {
                (opt, model, var batchLoss, var batchAccuracy) = Training.StepJit(opt, optConfig, model, config, x, y);
                using (batchLoss)
                using (batchAccuracy)
                {
                    loss += (double)batchLoss / steps;
                    accuracy += (double)batchAccuracy / steps;
                }
            }

            task.Increment(1);
        }

        var summary = string.Create(CultureInfo.InvariantCulture, $"epoch {epoch,2}  loss {loss:F6}  accuracy {accuracy:P2}");
        task.Description = summary;
        AnsiConsole.WriteLine(summary);
        return (opt, model);
    }

    private static string Source(QuickstartOptions options) => options.DataFolder is { } folder ? $"read from {folder}" : "rendered";
}
