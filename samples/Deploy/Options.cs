using System.CommandLine;
using Samples.Shared;

namespace Deploy;

/// <summary>A training whose model is exported.</summary>
/// <param name="Folder">Where the files go.</param>
/// <param name="Images">How many images are learned.</param>
/// <param name="Epochs">Passes over them.</param>
/// <param name="Seed">Chooses images, weights and order.</param>
internal sealed record ExportOptions(string Folder, int Images, int Epochs, int Seed);

/// <summary>A service.</summary>
/// <param name="Model">The ONNX file.</param>
/// <param name="Port">The port of this machine.</param>
internal sealed record ServeOptions(string Model, int Port);

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(
        string[] args, Func<ExportOptions, int> export, Func<ServeOptions, int> serve, TextWriter output, TextWriter error) =>
        CommandLine.Run(
            new RootCommand("Trains a model, writes it as ONNX and as TorchScript, and serves it without Brachy.")
            {
                Export(export), Serve(serve),
            },
            args, output, error);

    private static Command Export(Func<ExportOptions, int> run)
    {
        var folder = CommandLine.Text("--out", "DIR", "Where the files go [default: deployed]");
        var images = CommandLine.Whole("--images", 100, 1_000_000, "Images to learn", 4000);
        var epochs = CommandLine.Whole("--epochs", 1, 1000, "Passes over them", 5);
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "Chooses images, weights and order", 0);
        var command = new Command("export", "Trains a classifier of digits and writes it.") { folder, images, epochs, seed };
        command.SetAction(parsed => run(new(
            parsed.GetValue(folder) ?? "deployed", parsed.GetValue(images)!.Value, parsed.GetValue(epochs)!.Value,
            parsed.GetValue(seed)!.Value)));
        return command;
    }

    private static Command Serve(Func<ServeOptions, int> run)
    {
        var model = CommandLine.Text("--model", "FILE", "The ONNX file [default: deployed/digits.onnx]");
        var port = CommandLine.Whole("--port", 0, 65535, "The port; 0 for any that is free", 5080);
        var command = new Command("serve", "Answers requests with ONNX Runtime.") { model, port };
        command.SetAction(parsed => run(new(
            parsed.GetValue(model) ?? Path.Combine("deployed", "digits.onnx"), parsed.GetValue(port)!.Value)));
        return command;
    }
}
