using System.CommandLine;
using Samples.Shared;

namespace Sequence;

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(
        string[] args, Func<TrainOptions, int> train, Func<ForecastOptions, int> forecast, TextWriter output, TextWriter error)
    {
        var command = Train(train);
        command.Subcommands.Add(Forecast(forecast));
        return CommandLine.Run(command, args, output, error);
    }

    private static RootCommand Train(Func<TrainOptions, int> main)
    {
        var config = CommandLine.Text("--config", "FILE", "Configuration in YAML; without it, one for the series that are made");
        var data = CommandLine.Text("--data", "FILE", "Series, one on each line; without it, they are made");
        var cell = CommandLine.Word<Cell?>("--cell", "The kind of the layers", ("lstm", Cell.Lstm), ("gru", Cell.Gru));
        var layers = CommandLine.Whole("--layers", 1, 100, "Recurrent layers");
        var hidden = CommandLine.Whole("--hidden", 1, 65536, "The size of a state");
        var epochs = CommandLine.Whole("--epochs", 1, 1_000_000, "Passes over all series");
        var batch = CommandLine.Whole("--batch", 1, 1_000_000, "Series of a step");
        var lr = CommandLine.Real("--lr", 0, 1000, "The first learning rate, which falls as a cosine");
        var series = CommandLine.Whole("--series", 1, 1_000_000, "How many series are made");
        var horizon = CommandLine.Whole("--horizon", 1, 1_000_000, "Values at the end of each series that are held out, and foretold");
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "Chooses series, weights, order and forecasts");
        var checkpoint = CommandLine.OutputFile("--checkpoint", "Where the training is saved after each epoch, and when Ctrl-C stops it");
        var every = CommandLine.Whole("--checkpoint-every", 1, int.MaxValue, "Steps after which it is saved within an epoch, too");
        var resume = CommandLine.Text("--resume", "FILE", "A checkpoint to go on from, with its settings");
        var stop = CommandLine.Whole("--stop-after", 1, 1_000_000, "Stop after this epoch, to resume later");
        var board = CommandLine.Text("--tensorboard", "DIR", "Where curves for TensorBoard go");
        var plot = CommandLine.OutputFile("--plot", "Where a few forecasts go, a PNG [default: sequence.png]");
        var command = new RootCommand("Trains a recurrent network to foretell series, and compares it with simple forecasts.")
        {
            config, data, cell, layers, hidden, epochs, batch, lr, series, horizon, seed, checkpoint, every, resume, stop, board, plot,
        };
        command.SetAction(parsed => main(new TrainOptions(
            parsed.GetValue(config), parsed.GetValue(data), parsed.GetValue(cell), parsed.GetValue(layers), parsed.GetValue(hidden),
            parsed.GetValue(epochs), parsed.GetValue(batch), parsed.GetValue(lr), parsed.GetValue(series), parsed.GetValue(horizon),
            parsed.GetValue(seed), parsed.GetValue(checkpoint), parsed.GetValue(every), parsed.GetValue(resume), parsed.GetValue(stop),
            parsed.GetValue(board), parsed.GetValue(plot) ?? "sequence.png")));
        return command;
    }

    private static Command Forecast(Func<ForecastOptions, int> main)
    {
        var checkpoint = CommandLine.Text("--checkpoint", "FILE", "A checkpoint of a training");
        checkpoint.Required = true;
        var data = CommandLine.Text("--data", "FILE", "Series, one on each line");
        data.Required = true;
        var horizon = CommandLine.Whole("--horizon", 1, 1_000_000, "Values to foretell [default: as in the training]");
        var paths = CommandLine.Whole("--paths", 1, 100_000, "Ways that are drawn [default: as in the training]");
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "The same seed gives the same forecast [default: as in the training]");
        var output = CommandLine.OutputFile("--output", "Where forecasts go, as CSV [default: forecast.csv]");
        var plot = CommandLine.OutputFile("--plot", "Where a few of them go, a PNG");
        var command = new Command("forecast", "Foretells how series go on.") { checkpoint, data, horizon, paths, seed, output, plot };
        command.SetAction(parsed => main(new ForecastOptions(
            parsed.GetValue(checkpoint)!, parsed.GetValue(data)!, parsed.GetValue(horizon), parsed.GetValue(paths), parsed.GetValue(seed),
            parsed.GetValue(output) ?? "forecast.csv", parsed.GetValue(plot))));
        return command;
    }
}
