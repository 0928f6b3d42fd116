using ScottPlot;

namespace Sequence;

/// <summary>Draws series and their forecasts.</summary>
internal static class ForecastPlot
{
    private const int Most = 4;

    /// <summary>Writes the first few series, the end of what is known and what is foretold, as a PNG.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(IReadOnlyList<Series> series, IReadOnlyList<Forecast> forecasts, string path)
    {
        var count = Math.Min(Most, series.Count);
        var plots = new Multiplot();
        plots.AddPlots(count);
        for (var i = 0; i < count; i++)
        {
            Draw(plots.GetPlot(i), series[i], forecasts[i], isFirst: i == 0);
        }

        plots.SavePng(path, 1100, 60 + (240 * count));
    }

    private static void Draw(Plot plot, Series series, Forecast forecast, bool isFirst)
    {
        var horizon = forecast.Median.Length;
        var from = Math.Max(0, series.Known - (2 * horizon));
        Line(plot, "known", from, series.Values.AsSpan(from, series.Known - from), Colors.Gray);
        if (series.Horizon > 0)
        {
            Line(plot, "held out", series.Known, series.HeldOut, Colors.Black);
        }

        Line(plot, "foretold (median)", series.Known, forecast.Median, Colors.Blue);
        var times = Times(series.Known, horizon);
        var band = plot.Add.FillY(times, Array.ConvertAll(forecast.Low, v => (double)v), Array.ConvertAll(forecast.High, v => (double)v));
        (band.FillColor, band.LineColor, band.LegendText) = (Colors.Blue.WithAlpha(0.2), Colors.Transparent, "8 of 10 values");
        if (isFirst)
        {
            plot.Title("Forecasts of a recurrent network");
            plot.ShowLegend(Alignment.UpperLeft);
        }
    }

    private static void Line(Plot plot, string name, int from, ReadOnlySpan<float> values, Color color)
    {
        var line = plot.Add.Scatter(Times(from, values.Length), Array.ConvertAll(values.ToArray(), v => (double)v));
        (line.LegendText, line.MarkerSize, line.Color) = (name, 0, color);
    }

    private static double[] Times(int from, int count) => [.. Enumerable.Range(from, count).Select(t => (double)t)];
}
