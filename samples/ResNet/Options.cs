using System.CommandLine;
using Samples.Shared;

namespace ResNet;

/// <summary>What the command line says. What is null is as the checkpoint has it, or the default.</summary>
internal sealed record TrainOptions(
    string? Data, string? Architecture, int? Width, int? Epochs, int? Batch, double? Lr, int? Seed, string? Precision, int? Train,
    int? Test, string Device, string? Checkpoint, int? CheckpointEvery, string? Resume, int? StopAfter, string? TensorBoard, string Plot)
{
    /// <summary>Whether anything is given that a checkpoint settles.</summary>
    public bool ChangesSettings =>
        (Architecture, Precision) is not (null, null) || (Width ?? Epochs ?? Batch ?? Seed ?? Train ?? Test) is not null || Lr is not null;

    /// <summary>The settings of a new training.</summary>
    public TrainSettings Settings => new(
        Architecture ?? "resnet18",
        Width ?? (Data is null ? 8 : 64),
        Epochs ?? (Data is null ? 6 : 200),
        Batch ?? (Data is null ? 32 : 128),
        Lr ?? (Data is null ? 0.05 : 0.1),
        Seed ?? 0,
        Precision ?? "fp32",
        Train ?? (Data is null ? 4_000 : int.MaxValue),
        Test ?? (Data is null ? 1_000 : int.MaxValue));
}

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(string[] args, Func<TrainOptions, int> main, TextWriter output, TextWriter error) =>
        CommandLine.Run(Define(main), args, output, error);

    private static RootCommand Define(Func<TrainOptions, int> main)
    {
        var data = CommandLine.Text("--data", "DIR", "Folder of CIFAR-10's or CIFAR-100's binary files; without it, shapes are rendered");
        var architecture = CommandLine.Word("--arch", "The network [default: resnet18]", [.. Architecture.All.Select(a => a.Name)]);
        var width = CommandLine.Whole("--width", 1, 1024, "Channels of the first stage [default: 8, or 64 with --data]");
        var epochs = CommandLine.Whole("--epochs", 1, 100_000, "Passes over the training set [default: 6, or 200 with --data]");
        var batch = CommandLine.Whole("--batch", 1, 65_536, "Images of a step [default: 32, or 128 with --data]");
        var lr = CommandLine.Real("--lr", 0, 100, "The first learning rate, which falls as a cosine [default: 0.05, or 0.1 with --data]");
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "Chooses weights, order, crops and the rendered shapes [default: 0]");
        var precision = CommandLine.Word("--precision", "What the network computes in [default: fp32]", "fp32", "bf16");
        var train = CommandLine.Whole("--train", 1, 1_000_000, "Training images [default: 4000, or all of --data]");
        var test = CommandLine.Whole("--test", 1, 1_000_000, "Test images [default: 1000, or all of --data]");
        var device = CommandLine.Word("--device", "Where to compute [default: cpu]", "cpu", "cuda");
        var checkpoint = CommandLine.OutputFile("--checkpoint", "Where the training is saved after each epoch, and when Ctrl-C stops it");
        var every = CommandLine.Whole("--checkpoint-every", 1, int.MaxValue, "Steps after which it is saved within an epoch, too");
        var resume = CommandLine.Text("--resume", "FILE", "A checkpoint to go on from, with its settings");
        var stop = CommandLine.Whole("--stop-after", 1, 100_000, "Stop after this epoch, to resume later");
        var board = CommandLine.Text("--tensorboard", "DIR", "Where curves for TensorBoard go");
        var plot = CommandLine.OutputFile("--plot", "Where the curve goes, a PNG [default: resnet.png]");
        var command = new RootCommand("Trains a residual network on small images.")
        {
            data, architecture, width, epochs, batch, lr, seed, precision, train, test, device, checkpoint, every, resume, stop, board,
            plot,
        };
        command.SetAction(parsed => main(new TrainOptions(
            parsed.GetValue(data), parsed.GetValue(architecture), parsed.GetValue(width), parsed.GetValue(epochs), parsed.GetValue(batch),
            parsed.GetValue(lr), parsed.GetValue(seed), parsed.GetValue(precision), parsed.GetValue(train), parsed.GetValue(test),
            parsed.GetValue(device) ?? "cpu", parsed.GetValue(checkpoint), parsed.GetValue(every), parsed.GetValue(resume),
            parsed.GetValue(stop), parsed.GetValue(board), parsed.GetValue(plot) ?? "resnet.png")));
        return command;
    }
}
