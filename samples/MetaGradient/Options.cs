using System.CommandLine;
using System.Globalization;
using Samples.Shared;

namespace MetaGradient;

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(string[] args, Func<Settings, int> main, TextWriter output, TextWriter error) =>
        CommandLine.Run(Define(main), args, output, error);

    private static RootCommand Define(Func<Settings, int> main)
    {
        var lr = CommandLine.Real("--lr", 1e-6, 10, "Learning rate to start from", 0.01);
        var momentum = CommandLine.Real("--momentum", 0.01, 0.999, "Momentum to start from", 0.9);
        var decay = CommandLine.Real("--weight-decay", 1e-8, 1, "Weight decay to start from", 5e-4);
        var steps = Whole("--steps", 1, 100_000, 120, "Meta-steps");
        var inner = Whole("--inner", 1, 50, 10, "Training steps that each gradient goes through");
        var budget = Whole("--budget", 1, 100_000, 100, "Training steps of each network");
        var batch = Whole("--batch", 1, 1_000, 64, "Images of a training step");
        var runs = Whole("--runs", 1, 100, 5, "Fresh networks of the final comparison");
        var seed = Whole("--seed", 0, int.MaxValue - 1, 0, "Chooses digits, weights and batches");
        var plot = CommandLine.OutputFile("--out", "Where the curve goes, a PNG");
        plot.DefaultValueFactory = _ => "meta-gradient.png";
        var command = new RootCommand("Tunes an optimizer by differentiating through compiled training steps.")
        {
            lr, momentum, decay, steps, inner, budget, batch, runs, seed, plot,
        };
        command.SetAction(parsed => main(new Settings(
            new SgdSettings(parsed.GetValue(lr)!.Value, parsed.GetValue(momentum)!.Value, parsed.GetValue(decay)!.Value),
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
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min
                && value <= max)
            {
                return value;
            }

            result.AddError($"{name} must be a whole number from {min} to {max}, not '{text}'");
            return initial;
        },
    };
}
