using System.Globalization;
using Brachy;
using Samples.Shared;
using Spectre.Console;

namespace MetaGradient;

/// <summary>Tunes, compares with the values set by hand, and draws the curve.</summary>
internal static class MetaGradientRun
{
    public static int Run(Settings settings)
    {
        using var rng = Rng.Scope(settings.Seed);
        var tuning = new Tuning(new Examples(train: 2000, heldOut: 500, test: 1000, settings.Seed), settings);
        var points = Tune(tuning, settings);
        if (points.Count == 0)
        {
            return 1;
        }

        var tuned = points[^1].Values;
        var table = new Table().AddColumns("", "lr", "momentum", "weight decay", "test loss", "test accuracy");
        foreach (var (name, values) in new[] { ("set by hand", settings.Start), ("tuned", tuned) })
        {
            // Both get the same first weights and batches.
            using var same = Rng.Scope(settings.Seed + 1);
            var runs = Enumerable.Range(0, settings.Runs).Select(_ => tuning.Train(values)).ToArray();
            table.AddRow(
                name, Text(values.Lr), Text(values.Momentum), Text(values.WeightDecay), Summary([.. runs.Select(r => r.Loss)], "F4"),
                Summary([.. runs.Select(r => r.Accuracy)], "P1"));
        }

        AnsiConsole.Write(table);
        TuningCurve.Save(points, settings.Plot);
        AnsiConsole.MarkupLineInterpolated($"Held-out loss {TuningCurve.Sparkline([.. points.Select(p => p.Loss)])}");
        AnsiConsole.MarkupLineInterpolated($"Learning rate {TuningCurve.Sparkline([.. points.Select(p => p.Values.Lr)])}");
        AnsiConsole.MarkupLineInterpolated($"The curve is in {settings.Plot}.");
        return 0;
    }

    /// <summary>Ctrl-C ends tuning early; what was found so far is compared.</summary>
    private static List<MetaPoint> Tune(Tuning tuning, Settings settings)
    {
        using var interruption = new Interruption();
        var points = new List<MetaPoint>();
        foreach (var point in tuning.Run().TakeWhile(_ => !interruption.Token.IsCancellationRequested).Take(settings.MetaSteps))
        {
            points.Add(point);
            if (points.Count == 1 || points.Count % 10 == 0)
            {
                var (lr, momentum, decay) = point.Values;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"meta-step {points.Count,4}  held-out loss {point.Loss:F4}  lr {lr:G3}  momentum "
                        + $"{momentum:F3}  weight decay {decay:G3}"));
            }
        }

        return points;
    }

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    private static string Summary(double[] values, string format)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / values.Length);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{mean.ToString(format, CultureInfo.InvariantCulture)} ± {deviation.ToString(format, CultureInfo.InvariantCulture)}");
    }
}
