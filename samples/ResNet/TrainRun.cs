using System.Diagnostics;
using System.Globalization;
using Brachy;
using Samples.Shared;
using Spectre.Console;
using TorchSharp;

namespace ResNet;

/// <summary>The main job: trains a network, and reports how it goes.</summary>
internal static class TrainRun
{
    public static int Run(TrainOptions options)
    {
        if (options.Resume is not null && options.ChangesSettings)
        {
            throw new InputException("--resume goes on with the settings of the checkpoint; leave out the options that change them");
        }

        if (options.Device == "cuda" && !torch.cuda.is_available())
        {
            throw new InputException("--device cuda needs an NVIDIA GPU and a libtorch for it, and there is none; use cpu");
        }

        RankConsole.KeepToFirst();
        var device = options.Device == "cuda" ? Device.CUDA() : Device.CPU;
        var settings = options.Resume is { } file ? ResNetTraining.LoadSettings(file) : options.Settings;
        var data = Dataset.Load(options.Data, settings);
        using var training = options.Resume is { } path
            ? ResNetTraining.Load(path, data, device)
            : new ResNetTraining(settings, data, device);
        var images = FormattableString.Invariant($"{data.Name}: {data.Train.Count:N0} and {data.Test.Count:N0} images");
        var numbers = training.Model.GetParams().DistinctTensors().Sum(entry => entry.Tensor.numel());
        var network = FormattableString.Invariant($"{settings.Architecture} of width {settings.Width} with {numbers:N0} params");
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{images}; {network}; {settings.Epochs} epochs of {training.StepsPerEpoch} steps; seed {settings.Seed}.");
        if (options.Resume is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"Resumed after {Progress(training)}.");
            if (training.BitsNotice is { } notice)
            {
                AnsiConsole.MarkupLineInterpolated($"{notice}");
            }
        }

        Train(training, options);
        if (training.StepsOfEpoch > 0)
        {
            var where = options.Checkpoint is { } saved ? $"go on with --resume {saved}" : "nothing is saved without --checkpoint";
            AnsiConsole.MarkupLineInterpolated($"Stopped after {Progress(training)}; {where}.");
            return 0;
        }

        if (Rank.IsFirst)
        {
            TrainingCurve.Save(training.History, options.Plot);
        }

        var percent = 100 * training.History[^1].TestAccuracy;
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[bold]{percent:F2}%[/] of the test images are classified correctly; the curve is in {options.Plot}.");
        return 0;
    }

    /// <summary>Ctrl-C ends the training after the step that it is in.</summary>
    private static void Train(ResNetTraining training, TrainOptions options)
    {
        using var interruption = new Interruption();
        var board = new TensorBoardLog(Rank.IsFirst ? options.TensorBoard : null);
        var last = Math.Min(training.Settings.Epochs, options.StopAfter ?? int.MaxValue);
        while (training.History.Count < last && !interruption.Token.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            var (before, steps) = (training.StepsOfEpoch, training.StepsPerEpoch);
            if (RunEpoch(training, options, interruption.Token) is not { } summary)
            {
                if (options.Checkpoint is { } file)
                {
                    training.Save(file);
                }

                return;
            }

            var speed = (steps - before) * training.Settings.Batch / clock.Elapsed.TotalSeconds;
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {summary.Epoch,3}  loss {summary.Loss:F4}  accuracy {100 * summary.Accuracy,6:F2}%  test loss "
                + $"{summary.TestLoss:F4}  test accuracy {100 * summary.TestAccuracy,6:F2}%  {speed,6:F0} images/s"));
            board.Add(
                summary.Epoch, ("train/loss", summary.Loss), ("train/accuracy", summary.Accuracy), ("test/loss", summary.TestLoss),
                ("test/accuracy", summary.TestAccuracy), ("lr", training.LearningRate), ("images_per_second", speed));
            if (options.Checkpoint is { } path)
            {
                training.Save(path);
            }
        }
    }

    private static EpochSummary? RunEpoch(ResNetTraining training, TrainOptions options, CancellationToken stop)
    {
        var (images, clock) = (0, Stopwatch.StartNew());
        return StepProgress.Run(training.StepsPerEpoch - training.StepsOfEpoch, onStep => training.RunEpoch(
            (loss, accuracy) =>
            {
                images += training.Settings.Batch;
                onStep(string.Create(
                    CultureInfo.InvariantCulture,
                    $"loss {loss:F3}  accuracy {100 * accuracy:F0}%  {images / clock.Elapsed.TotalSeconds:F0} images/s"));
                if (options.Checkpoint is { } path && training.StepsOfEpoch % options.CheckpointEvery == 0)
                {
                    training.Save(path);
                }
            },
            stop));
    }

    private static string Progress(ResNetTraining training) => training.StepsOfEpoch == 0
        ? $"epoch {training.History.Count}"
        : $"step {training.StepsOfEpoch} of epoch {training.History.Count + 1}";
}
