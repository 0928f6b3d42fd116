using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MetaGradient;

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(string[] args, Func<Settings, int> main, TextWriter output, TextWriter error)
    {
        var parsed = Define(main).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine($"error: {parsed.Errors[0].Message}");
            return 1;
        }

        try
        {
            return parsed.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: {problem.Message}");
            return 1;
        }
    }

    private static RootCommand Define(Func<Settings, int> main)
    {
        var lr = Real("--lr", 1e-6, 10, 0.01, "Learning rate to start from");
        var momentum = Real("--momentum", 0.01, 0.999, 0.9, "Momentum to start from");
        var decay = Real("--weight-decay", 1e-8, 1, 5e-4, "Weight decay to start from");
        var steps = Whole("--steps", 1, 100_000, 120, "Meta-steps");
        var inner = Whole("--inner", 1, 50, 10, "Training steps that each gradient goes through");
        var budget = Whole("--budget", 1, 100_000, 100, "Training steps of each network");
        var batch = Whole("--batch", 1, 1_000, 64, "Images of a training step");
        var runs = Whole("--runs", 1, 100, 5, "Fresh networks of the final comparison");
        var seed = Whole("--seed", 0, int.MaxValue - 1, 0, "Chooses digits, weights and batches");
        var plot = new Option<string>("--out") { HelpName = "FILE", Description = "Where the curve goes, a PNG", DefaultValueFactory = _ => "meta-gradient.png" };
        plot.Validators.Add(result =>
        {
            var path = result.GetValueOrDefault<string>();
            if (string.IsNullOrWhiteSpace(path) || Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            {
                result.AddError($"--out must be a file in a folder that exists, not '{path}'");
            }
        });
        var command = new RootCommand("Tunes an optimizer by differentiating through compiled training steps.")
        {
            lr, momentum, decay, steps, inner, budget, batch, runs, seed, plot,
        };
        command.SetAction(parsed => main(new Settings(
            new SgdSettings(parsed.GetValue(lr), parsed.GetValue(momentum), parsed.GetValue(decay)),
            parsed.GetValue(steps),
            parsed.GetValue(inner),
            parsed.GetValue(budget),
            parsed.GetValue(batch),
            parsed.GetValue(runs),
            TunerLr: 0.1,
            parsed.GetValue(seed),
            parsed.GetValue(plot)!)));
        return command;
    }

    private static Option<int> Whole(string name, int min, int max, int initial, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => initial,
        CustomParser = result => Parse(result, $"{name} must be a whole number from {min} to {max}", text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : (int?)null) ?? initial,
    };

    private static Option<double> Real(string name, double min, double max, double initial, string description) => new(name)
    {
        HelpName = "X",
        Description = description,
        DefaultValueFactory = _ => initial,
        CustomParser = result => Parse(result, FormattableString.Invariant($"{name} must be a number from {min} to {max}"), text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : (double?)null) ?? initial,
    };

    private static T? Parse<T>(ArgumentResult result, string rule, Func<string, T?> parse)
        where T : struct
    {
        var text = result.Tokens[0].Value;
        var value = parse(text);
        if (value is null)
        {
            result.AddError($"{rule}, not '{text}'");
        }

        return value;
    }
}
