using System.Globalization;

namespace Brachy;

/// <summary>A function was traced and compiled.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Number">Which trace of this function it was, from 1.</param>
/// <param name="Reason">Why: the member path that differs from the closest cached version, and both values.</param>
/// <param name="TraceTime">How long tracing took.</param>
/// <param name="CompileTime">How long passes and compilation took; libtorch optimises further in the first runs.</param>
public sealed record JitEvent(string Function, int Number, string Reason, TimeSpan TraceTime, TimeSpan CompileTime)
{
    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"  trace {Number} of {Function}: {Reason} (trace {TraceTime.TotalMilliseconds:F1} ms, compile {CompileTime.TotalMilliseconds:F1} "
        + $"ms)");
}
