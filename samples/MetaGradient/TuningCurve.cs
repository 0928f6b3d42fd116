using ScottPlot;

namespace MetaGradient;

/// <summary>Draws what tuning did: the held-out loss and the learning rate over the meta-steps.</summary>
internal static class TuningCurve
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Writes a PNG.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(IReadOnlyList<MetaPoint> points, string path)
    {
        using var plot = new Plot();
        var steps = Enumerable.Range(1, points.Count).Select(i => (double)i).ToArray();
        var loss = plot.Add.Scatter(steps, points.Select(p => p.Loss).ToArray());
        (loss.LegendText, loss.MarkerSize) = ("held-out loss after the window", 3);
        var rate = plot.Add.Scatter(steps, points.Select(p => p.Values.Lr).ToArray());
        (rate.LegendText, rate.MarkerSize, rate.Axes.YAxis) = ("learning rate", 0, plot.Axes.Right);
        var momentum = plot.Add.Scatter(steps, points.Select(p => p.Values.Momentum).ToArray());
        (momentum.LegendText, momentum.MarkerSize, momentum.Axes.YAxis) = ("momentum", 0, plot.Axes.Right);
        plot.Title("Hyperparameters tuned by meta-gradients");
        plot.XLabel("meta-step");
        plot.YLabel("loss");
        plot.Axes.Right.Label.Text = "learning rate, momentum";
        plot.ShowLegend(Alignment.UpperRight);
        File.WriteAllBytes(path, plot.GetImageBytes(900, 500, ImageFormat.Png));
    }

    /// <summary>Values as a line of blocks, averaged into at most <paramref name="width"/> of them.</summary>
    public static string Sparkline(IReadOnlyList<double> values, int width = 60)
    {
        var groups = values.Select((v, i) => (v, Group: i * Math.Min(width, values.Count) / values.Count)).GroupBy(p => p.Group, p => p.v)
            .Select(g => g.Average()).ToArray();
        var (low, high) = (groups.Min(), groups.Max());
        return string.Concat(
            groups.Select(v => Blocks[high > low ? (int)Math.Min(Blocks.Length - 1, (v - low) / (high - low) * Blocks.Length) : 0]));
    }
}
