using ScottPlot;

namespace ResNet;

/// <summary>Draws how a training went.</summary>
internal static class TrainingCurve
{
    /// <summary>Writes losses and accuracies over the epochs as a PNG.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(IReadOnlyList<EpochSummary> history, string path)
    {
        using var plot = new Plot();
        Add(plot, history, "training loss", e => e.Loss, plot.Axes.Left);
        Add(plot, history, "test loss", e => e.TestLoss, plot.Axes.Left);
        Add(plot, history, "training accuracy", e => e.Accuracy, plot.Axes.Right);
        Add(plot, history, "test accuracy", e => e.TestAccuracy, plot.Axes.Right);
        plot.Title("Training of a residual network");
        plot.XLabel("epoch");
        plot.YLabel("loss");
        plot.Axes.Right.Label.Text = "accuracy";
        plot.ShowLegend(Alignment.MiddleRight);
        File.WriteAllBytes(path, plot.GetImageBytes(900, 500, ImageFormat.Png));
    }

    private static void Add(Plot plot, IReadOnlyList<EpochSummary> history, string name, Func<EpochSummary, double> value, IYAxis axis)
    {
        var line = plot.Add.Scatter(history.Select(e => (double)e.Epoch).ToArray(), history.Select(value).ToArray());
        (line.LegendText, line.MarkerSize, line.Axes.YAxis) = (name, 3, axis);
    }
}
