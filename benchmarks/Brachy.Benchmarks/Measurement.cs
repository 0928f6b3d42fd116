namespace Brachy.Benchmarks;

/// <summary>One measured number and what it should be.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Value">The number.</param>
/// <param name="Wanted">The target, in words.</param>
/// <param name="IsMet">Whether the target is met.</param>
/// <param name="Details">Medians and other context.</param>
internal sealed record Measurement(string Id, double Value, string Wanted, bool IsMet, string Details)
{
    public static Measurement AtLeast(string id, double value, double bound, string details) =>
        new(id, value, FormattableString.Invariant($"≥ {bound}"), value >= bound, details);

    public static Measurement Under(string id, double value, double bound, string details) =>
        new(id, value, FormattableString.Invariant($"< {bound}"), value < bound, details);

    public static Measurement AtMost(string id, double value, double bound, string details) =>
        new(id, value, FormattableString.Invariant($"≤ {bound}"), value <= bound, details);

    /// <summary>A number without a target.</summary>
    public static Measurement Reported(string id, double value, string details) => new(id, value, "", true, details);
}
