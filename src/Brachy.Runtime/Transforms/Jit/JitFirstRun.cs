using System.Globalization;

namespace Brachy;

/// <summary>
/// One of the first runs of a compiled version, in which libtorch finishes compiling: it observes the first run and optimises before the
/// second. The computation itself is part of the time. Vector code has no such runs.
/// </summary>
/// <param name="Function">The function's name.</param>
/// <param name="Trace">Which trace of the function made the version, from 1, as <see cref="JitEvent.Number"/>.</param>
/// <param name="Run">Which run of the version it was, from 1.</param>
/// <param name="Time">How long it took.</param>
public sealed record JitFirstRun(string Function, int Trace, int Run, TimeSpan Time)
{
    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"run {Run} of trace {Trace} of {Function} ({Time.TotalMilliseconds:F1} ms)");
}
