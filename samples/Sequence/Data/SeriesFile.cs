using System.Globalization;
using Samples.Shared;

namespace Sequence;

/// <summary>A file of series: one on each line, as numbers with commas or spaces between them.</summary>
internal static class SeriesFile
{
    private static readonly char[] s_between = [',', ';', ' ', '\t'];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">The periods and the horizon.</param>
    /// <exception cref="IOException">It cannot be read, or holds something else: the message names the line.</exception>
    public static List<Series> Read(string path, DataSettings settings)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"--data must name a file, and '{path}' is not one");
        }

        var series = File.ReadLines(path).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item))
            .Select(line => Parse(line.Item, $"{path}, line {line.Index + 1}", settings)).ToList();
        return series.Count > 0 ? series : throw new InputException($"{path}: holds no series");
    }

    private static Series Parse(string line, string place, DataSettings settings)
    {
        var words = line.Split(s_between, StringSplitOptions.RemoveEmptyEntries);
        var values = Array.ConvertAll(words, word =>
            float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
                ? value
                : throw new InputException($"{place}: must be numbers, not '{word}'"));
        return values.Length >= settings.Fewest ? new Series(values, settings.Horizon)
            : throw new InputException(
                $"{place}: must be {settings.Fewest} values (twice the longest period + horizon + 2) or more, not {values.Length}");
    }
}
