using System.Globalization;

namespace Brachy.Benchmarks;

/// <summary>A figure beside the last one of the same machine.</summary>
/// <param name="Before">The run that measured it last; null for none.</param>
/// <param name="Ratio">The new figure divided by the old one; NaN without one.</param>
/// <param name="IsBetter">Whether it came closer to its target; null where it has none, or where it is the same.</param>
internal readonly record struct Change(RecordedRun? Before, double Ratio, bool? IsBetter)
{
    public static Change Of(string id, RecordedRow row, Machine machine, RunHistory history)
    {
        if (history.LastWith(id, machine) is not { } before)
        {
            return new(null, double.NaN, null);
        }

        var old = before.Rows[id].Value;
        bool? isBetter = row.Value == old || row.Wanted.Length == 0 ? null : row.Wanted[0] switch
        {
            '≥' => row.Value > old,
            '<' => row.Value < old,
            _ => null,
        };
        return new(before, row.Value / old, isBetter);
    }

    /// <summary>Such as <c>+3 % (7a9e270, 2026-11-28)</c>.</summary>
    public override string ToString() => Before is null
        ? "first"
        : string.Create(
            CultureInfo.InvariantCulture, $"{100 * (Ratio - 1):+0.#;-0.#;±0} % ({Before.Commit}, {Before.Date.UtcDateTime:yyyy-MM-dd})");
}
