using Quickstart.Data;

namespace Sequence;

/// <summary>
/// Series as a meter would read them: a level that wanders, a day and a week (or other periods) of a shape of their own, and noise. Each
/// depends on the seed and its number only, and begins at a time of its own.
/// </summary>
internal static class SyntheticSeries
{
    private const int Harmonics = 3;

    /// <summary>Makes them.</summary>
    /// <param name="settings">How many, how long, and with what periods.</param>
    /// <param name="seed">Others for each.</param>
    public static List<Series> Make(DataSettings settings, int seed) =>
        [.. Enumerable.Range(0, settings.Series).Select(i => MakeOne(settings, new SplitMix64((ulong)seed).Fork(i)))];

    private static Series MakeOne(DataSettings settings, SplitMix64 random)
    {
        var values = new float[settings.MinLength + random.Below(settings.MaxLength - settings.MinLength + 1)];
        var start = random.Below(settings.Season);
        var (level, drift, keeps) = (random.Uniform(20, 200), 0f, random.Uniform(0.97f, 0.995f));
        var shapes = settings.Periods.Select(period => Shape((int)period, ref random)).ToArray();
        for (var t = 0; t < values.Length; t++)
        {
            drift = (keeps * drift) + (MathF.Sqrt(1 - (keeps * keeps)) * 0.6f * random.Normal());
            var season = shapes.Sum(shape => shape[(start + t) % shape.Length]);
            values[t] = level * (1 + (0.2f * (season + drift + (0.35f * random.Normal()))));
        }

        return new Series(values, settings.Horizon);
    }

    /// <summary>A period of a few waves, with variance 1/2 or so.</summary>
    private static float[] Shape(int period, ref SplitMix64 random)
    {
        var shape = new float[period];
        for (var wave = 1; wave <= Harmonics; wave++)
        {
            var (height, phase) = (random.Uniform(0.3f, 1) / wave, random.Uniform(0, 2 * MathF.PI));
            for (var t = 0; t < period; t++)
            {
                shape[t] += height * MathF.Sin((2 * MathF.PI * wave * t / period) + phase);
            }
        }

        return shape;
    }
}
