using System.Globalization;

namespace Brachy;

/// <summary>A function was traced and compiled.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Number">Which trace of this function it was, from 1.</param>
/// <param name="Reason">Why: the member path that differs from the closest cached version, and both values.</param>
/// <param name="TraceTime">How long tracing took.</param>
/// <param name="CompileTime">
/// How long passes and compilation took; libtorch optimises further in the first runs, see <see cref="JitFirstRun"/>.
/// </param>
public sealed record JitEvent(string Function, int Number, string Reason, TimeSpan TraceTime, TimeSpan CompileTime)
{
    /// <summary>One line.</summary>
    public override string ToString() => Describe([]);

    /// <summary>One line, with the first runs that have been so far.</summary>
    internal string Describe(IReadOnlyList<TimeSpan> firstRuns)
    {
        var times = $"trace {Milliseconds(TraceTime)}, compile {Milliseconds(CompileTime)}";
        if (firstRuns.Count > 0)
        {
            var total = firstRuns.Aggregate(TraceTime + CompileTime, (sum, run) => sum + run);
            times = $"{Milliseconds(total)}: {times}, first runs {string.Join(" and ", firstRuns.Select(Milliseconds))}";
        }

        return $"  trace {Number} of {Function}: {Reason} ({times})";
    }

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F1} ms");
}
