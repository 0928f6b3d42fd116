using System.Globalization;

namespace Brachy.Benchmarks;

/// <summary>Whether a long run of jitted steps keeps its memory.</summary>
internal static class Soak
{
    public static Measurement Measure(string id, int steps, int warmup, double bound)
    {
        using var rng = Rng.Scope(0);
        var step = TrainingStep.JittedStep([64, 64, 64, 10], Rng.Normal([32, 64]), Rng.RandInt(0, 10, [32]));
        for (var i = 0; i < warmup; i++)
        {
            step();
        }

        var before = ResidentMegabytes();
        for (var i = warmup; i < steps; i++)
        {
            step();
        }

        var after = ResidentMegabytes();
        return Measurement.Under(id, after - before, bound, string.Create(
            CultureInfo.InvariantCulture, $"resident set {before:F1} MB after {warmup} steps, {after:F1} MB after {steps}"));
    }

    private static double ResidentMegabytes() => Environment.WorkingSet / (1024.0 * 1024.0);
}
