using System.Diagnostics;

namespace Brachy.Telemetry;

/// <summary>
/// The parts of making a compiled version. Each is a span, and each is measured; together they are all the time that a first call takes
/// longer than later ones.
/// </summary>
internal sealed class CompilePhase
{
    /// <summary>Running the function on tensors without values.</summary>
    public static readonly CompilePhase Trace = new("trace");

    /// <summary>Rewriting the graph.</summary>
    public static readonly CompilePhase Passes = new("passes");

    /// <summary>Turning the graph into what runs.</summary>
    public static readonly CompilePhase Compile = new("compile");

    /// <summary>A run in which libtorch observes or optimises; it computes as well.</summary>
    public static readonly CompilePhase FirstRun = new("first_run");

    private readonly string _spanName;

    private CompilePhase(string name)
    {
        Name = name;
        _spanName = $"brachy.{name}";
    }

    /// <summary>The name among the tags of measurements.</summary>
    public string Name { get; }

    /// <summary>Does the work of a phase.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="work">The work. It may add to the span, which is null where nobody listens.</param>
    /// <returns>The result, and how long it took.</returns>
    public (T Result, TimeSpan Time) Measure<T>(CompiledSubject subject, Func<Activity?, T> work)
    {
        using var span = Spans.Start(_spanName, subject.Function);
        span?.SetTag(TelemetryTags.Reason, subject.Reason).SetTag(TelemetryTags.Shapes, subject.Shapes);
        var start = Stopwatch.GetTimestamp();
        try
        {
            var result = work(span);
            var time = Stopwatch.GetElapsedTime(start);
            Instruments.CompileDuration.Record(
                time.TotalSeconds, new(TelemetryTags.Function, subject.Function), new(TelemetryTags.Phase, Name));
            return (result, time);
        }
        catch (Exception error) when (Spans.Fail(span, error))
        {
            throw;
        }
    }
}
