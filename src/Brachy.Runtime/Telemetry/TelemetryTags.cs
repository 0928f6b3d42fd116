namespace Brachy.Telemetry;

/// <summary>The names of what spans and measurements say; docs/observability.md has them all.</summary>
internal static class TelemetryTags
{
    public const string Function = "brachy.function.name";
    public const string Reason = "brachy.trace.reason";
    public const string Shapes = "brachy.trace.shapes";
    public const string Phase = "brachy.compile.phase";
    public const string Equations = "brachy.graph.equations";
    public const string Backend = "brachy.backend.name";
    public const string Run = "brachy.first_run.number";
}
