using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Quickstart.Data;
using Samples.Shared;

namespace Quickstart;

/// <summary>What the command line asks for. A null count means the default of the chosen data.</summary>
internal sealed record QuickstartOptions(
    string? DataFolder,
    int Epochs,
    int BatchSize,
    int HiddenSize,
    double LearningRate,
    int Seed,
    int? TrainCount,
    int? TestCount,
    bool Compare);

internal static class Options
{
    public static int Run(string[] args, Func<QuickstartOptions, int> main) => Run(args, main, Console.Out, Console.Error);

    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(string[] args, Func<QuickstartOptions, int> main, TextWriter output, TextWriter error) =>
        CommandLine.Run(Define(main), args, output, error);

    private static RootCommand Define(Func<QuickstartOptions, int> main)
    {
        var data =
            new Option<string?>("--data") { HelpName = "DIR", Description = "Folder of MNIST files; without it, digits are rendered" };
        data.Validators.Add(CheckFolder);
        Option<int> epochs = Whole("--epochs", 1, 10_000, 10, "Passes over the training set");
        Option<int> batch = Whole("--batch", 1, 100_000, 128, "Images in a training step");
        Option<int> hidden = Whole("--hidden", 1, 8_192, 256, "Width of the hidden layers");
        Option<double> rate = LearningRate();
        Option<int> seed = Whole("--seed", 0, int.MaxValue, 0, "Chooses the weights, the order and the rendered digits");
        Option<int?> train = Count("--train", DigitData.DefaultTrainCount, "Training images");
        Option<int?> test = Count("--test", DigitData.DefaultTestCount, "Test images");
        var noCompare =
            new Option<bool>("--no-compare") { Description = "Skip the comparison with eager training", Arity = ArgumentArity.Zero };

        var command = new RootCommand("Trains a small network to read digits.")
        {
            data, epochs, batch, hidden, rate, seed, train, test, noCompare,
        };
        command.SetAction(parsed => main(new(
            parsed.GetValue(data),
            parsed.GetValue(epochs),
            parsed.GetValue(batch),
            parsed.GetValue(hidden),
            parsed.GetValue(rate),
            parsed.GetValue(seed),
            parsed.GetValue(train),
            parsed.GetValue(test),
            !parsed.GetValue(noCompare))));
        return command;
    }

    private static Option<int> Whole(string name, int min, int max, int initial, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => initial,
        CustomParser = result => ParseWhole(result, name, min, max) ?? initial,
    };

    private static Option<int?> Count(string name, int initial, string description) => new(name)
    {
        HelpName = "N",
        Description = $"{description} [default: {initial}, or all of --data]",
        CustomParser = result => ParseWhole(result, name, 1, IdxFile.MaxItems),
    };

    private static int? ParseWhole(ArgumentResult result, string name, int min, int max)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max)
        {
            return value;
        }

        result.AddError($"{name} must be a whole number from {min} to {max}, not '{text}'");
        return null;
    }

    private static Option<double> LearningRate() => new("--lr")
    {
        HelpName = "X",
        Description = "Learning rate",
        DefaultValueFactory = _ => 1e-3,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and <= 10)
            {
                return value;
            }

            result.AddError($"--lr must be a number above 0 and at most 10, not '{text}'");
            return 0;
        },
    };

    private static void CheckFolder(OptionResult result)
    {
        string? folder = result.GetValueOrDefault<string?>();
        if (!Directory.Exists(folder))
        {
            result.AddError($"--data must name a folder, and '{folder}' is not one");
        }
    }
}
