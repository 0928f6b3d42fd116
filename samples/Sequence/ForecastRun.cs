using System.Globalization;
using Spectre.Console;

namespace Sequence;

/// <summary>Foretells how series of a file go on.</summary>
internal static class ForecastRun
{
    public static int Run(ForecastOptions options)
    {
        var predictor = SequenceTraining.LoadPredictor(options.Checkpoint);
        var (_, data, train) = predictor.Settings;
        predictor = predictor.With(
            horizon: options.Horizon ?? data.Horizon, paths: options.Paths ?? train.Paths, seed: options.Seed ?? train.Seed);

        // All values are known, and what comes after them is asked for.
        var series = SeriesFile.Read(options.Data, data with { Horizon = 0 });
        var forecasts = predictor.Foretell(series);
        File.WriteAllLines(options.Output, ["series,step,low,median,high", .. forecasts.Index().SelectMany(f => Lines(f.Index, f.Item))]);
        if (options.Plot is { } plot)
        {
            ForecastPlot.Save(series, forecasts, plot);
        }

        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{predictor.Settings.Data.Horizon} values of {series.Count} series foretold; they are in {options.Output}.");
        return 0;
    }

    private static IEnumerable<string> Lines(int series, Forecast forecast) => forecast.Median.Select((median, t) => string.Create(
        CultureInfo.InvariantCulture, $"{series + 1},{t + 1},{forecast.Low[t]:G6},{median:G6},{forecast.High[t]:G6}"));
}
