using System.Globalization;
using Embeddings.Data;
using Embeddings.Tuning;
using Samples.Shared;
using Spectre.Console;

namespace Embeddings;

/// <summary>Tunes the model on pairs, and shows what that is worth on others.</summary>
internal static class TuneRun
{
    public static int Run(TuneOptions options)
    {
        var settings = options.Settings;
        var pairs = options.Pairs is { } file ? Pair.InFile(file) : Pair.OfRepository();
        pairs = [.. pairs.Take(options.MaxPairs)];
        if (pairs.Count < 10 || pairs.Count - (pairs.Count / 5) < settings.Batch)
        {
            throw new InputException($"{pairs.Count} pairs are too few for steps of {settings.Batch}: give more, or a smaller --batch");
        }

        var ((model, config), tokenizer) = MiniLm.Load();
        var tuning = new Tuning.Tuning(model, config, tokenizer, pairs, settings);
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{tuning.Training.Count:N0} pairs to learn, {tuning.HeldOut.Count:N0} held out; {tuning.Trained:N0} numbers are trained.");
        Show("before", tuning.Measure(model));
        var steps = settings.Epochs * tuning.StepsPerEpoch;
        var (count, sum) = (0, 0.0);
        StepProgress.Run(steps, onStep =>
        {
            tuning.Run(loss =>
            {
                (count, sum) = (count + 1, sum + loss);
                onStep(string.Create(CultureInfo.InvariantCulture, $"loss {loss:F3}"));
                if (count % 10 == 0)
                {
                    AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {count,4} of {steps}  loss {sum / 10:F4}"));
                    sum = 0;
                }
            });
            return 0;
        });
        Show("after", tuning.Measure(tuning.Merged()));
        if (options.Adapters is { } path)
        {
            tuning.SaveAdapters(path);
        }

        return 0;
    }

    private static void Show(string when, Retrieval found)
    {
        var (first, ten) = (100 * found.First, 100 * found.FirstTen);
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{when}: the answer comes first for [bold]{first:F1}%[/], among ten for {ten:F1}%, reciprocal rank {found.ReciprocalRank:F3}");
    }
}
