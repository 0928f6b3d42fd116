using System.CommandLine;
using Samples.Shared;

namespace Transfer;

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(
        string[] args, Func<TrainOptions, int> train, Func<PredictOptions, int> predict, TextWriter output, TextWriter error)
    {
        var command = Train(train);
        command.Subcommands.Add(Predict(predict));
        return CommandLine.Run(command, args, output, error);
    }

    private static RootCommand Train(Func<TrainOptions, int> main)
    {
        var data = CommandLine.Text("--data", "DIR", "Folder with a folder of images for each class; without it, images are drawn");
        var size = CommandLine.Whole("--size", 32, 1024, "Sides of images, a multiple of 32 [default: 96, or 224 with --data]");
        var batch = CommandLine.Whole("--batch", 1, 4096, "Images of a step", 16);
        var headEpochs = CommandLine.Whole("--head-epochs", 1, 100_000, "Passes over the features, with a frozen trunk", 40);
        var epochs = CommandLine.Whole("--epochs", 0, 100_000, "Passes over the images after the thaw", 6);
        var lr = CommandLine.Real("--lr", 0, 100, "The head's largest learning rate after the thaw; the trunk has a tenth of it", 0.001);
        var thaw = CommandLine.Word("--thaw", "What of the trunk learns after the thaw [default: all]", "all", "layer4");
        var train = CommandLine.Whole("--train", 2, 1_000_000, "Images that are drawn to learn from", 300);
        var test = CommandLine.Whole("--test", 1, 1_000_000, "Images that are drawn and held out", 150);
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "Chooses the head's weights, order and drawn images", 0);
        var checkpoint = CommandLine.OutputFile("--checkpoint", "Where the network goes [default: transfer.safetensors]");
        var command = new RootCommand("Teaches ImageNet's ResNet-18 other classes.")
        {
            data, size, batch, headEpochs, epochs, lr, thaw, train, test, seed, checkpoint,
        };
        command.SetAction(parsed => main(new TrainOptions(
            parsed.GetValue(data),
            new TransferSettings(
                parsed.GetValue(size) ?? (parsed.GetValue(data) is null ? 96 : 224), parsed.GetValue(batch)!.Value,
                parsed.GetValue(headEpochs)!.Value, parsed.GetValue(epochs)!.Value, parsed.GetValue(lr)!.Value,
                parsed.GetValue(thaw) ?? "all", parsed.GetValue(seed)!.Value),
            parsed.GetValue(train)!.Value, parsed.GetValue(test)!.Value, parsed.GetValue(checkpoint) ?? "transfer.safetensors")));
        return command;
    }

    private static Command Predict(Func<PredictOptions, int> main)
    {
        var checkpoint = CommandLine.Text("--checkpoint", "FILE", "A network that was trained [default: transfer.safetensors]");
        var images = new Argument<string[]>("images") { Description = "Images", Arity = ArgumentArity.OneOrMore };
        var command = new Command("predict", "Says what is in images.") { checkpoint, images };
        command.SetAction(parsed => main(
            new PredictOptions(parsed.GetValue(checkpoint) ?? "transfer.safetensors", parsed.GetValue(images)!)));
        return command;
    }
}
