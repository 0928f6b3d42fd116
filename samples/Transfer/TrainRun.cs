using System.Diagnostics;
using System.Globalization;
using Brachy;
using Samples.Shared;
using Spectre.Console;

namespace Transfer;

/// <summary>The main job: a network learns other classes, and it is told how well.</summary>
internal static class TrainRun
{
    public static int Run(TrainOptions options)
    {
        var settings = options.Settings;
        if (settings.Side % 32 != 0)
        {
            throw new InputException($"--size {settings.Side} must be a multiple of 32, as the network halves images five times");
        }

        var images = options.Data is { } folder
            ? ImageFolder.Find(folder)
            : DrawnImage.Set(options.Train, options.Test, settings.Seed);
        var training = new TransferTraining(images, settings);
        var numbers = training.Model.GetParams().Tensors().Sum(entry => entry.Tensor.numel());
        Say($"{images.Name}: {images.Train.Count:N0} images of {images.Classes.Count} classes, and {images.HeldOut.Count:N0} held out");
        Say($"ImageNet's ResNet-18 with a new head, {numbers:N0} params; images of {settings.Side}×{settings.Side}; seed {settings.Seed}");

        var clock = Stopwatch.StartNew();
        var (loss, frozen) = StepProgress.Run(training.Passes, training.TrainHead);
        Say($"frozen    loss {loss:F4}  held out {100 * frozen,6:F2}%  {clock.Elapsed.TotalSeconds,6:F1} s");

        var thawed = frozen;
        training.Thaw((epoch, run) =>
        {
            clock.Restart();
            (loss, thawed) = StepProgress.Run(training.StepsPerEpoch, run);
            Say($"thawed {epoch,2} loss {loss:F4}  held out {100 * thawed,6:F2}%  {clock.Elapsed.TotalSeconds,6:F1} s");
        });
        training.Predictor().Save(options.Checkpoint);
        Say($"Held out, classified correctly: {100 * frozen:F1}% frozen, {100 * thawed:F1}% in the end.");
        Say($"The network is in {options.Checkpoint}.");
        return 0;
    }

    private static void Say(FormattableString text) => AnsiConsole.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
