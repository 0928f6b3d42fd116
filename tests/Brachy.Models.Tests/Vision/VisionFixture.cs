using System.Globalization;
using System.Runtime.CompilerServices;

namespace Brachy.Models.Tests.Vision;

/// <summary>What Fixtures/vision.py wrote.</summary>
internal static class VisionFixture
{
    /// <summary>The lines of a file.</summary>
    public static string[] Lines(string file, [CallerFilePath] string here = "") =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(here)!, "Fixtures", file));

    /// <summary>Numbers by name.</summary>
    public static Dictionary<string, double[]> Numbers(string file) => Lines(file).Select(line => line.Split(' ')).ToDictionary(
        words => words[0], words => words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());
}
