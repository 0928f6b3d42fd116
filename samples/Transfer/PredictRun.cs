using System.Globalization;
using Spectre.Console;

namespace Transfer;

/// <summary>Says what is in images.</summary>
internal static class PredictRun
{
    private const int Best = 3;

    public static int Run(PredictOptions options)
    {
        var predictor = Predictor.Load(options.Checkpoint);
        foreach (var file in options.Images)
        {
            var best = predictor.Predict(new ImageFile(file, Label: 0)).Take(Best).Select(
                pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Class} {100 * pair.Probability:F1}%"));
            AnsiConsole.WriteLine($"{file}: {string.Join(", ", best)}");
        }

        return 0;
    }
}
