using Brachy.Telemetry;

namespace Brachy;

/// <summary>
/// The names under which Brachy reports itself to OpenTelemetry and other listeners: spans of what compiling a function takes, and
/// measurements of how often that happens and how much native memory tensors hold. Nothing is measured where nobody listens.
/// </summary>
public static class BrachyTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>, for <c>AddSource</c>.</summary>
    public const string ActivitySourceName = "Brachy";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>, for <c>AddMeter</c>.</summary>
    public const string MeterName = "Brachy";

    /// <summary>
    /// The bytes of native memory that live tensors own at the moment, for health checks; a view's belong to what it views. Libraries,
    /// compiled code and what kernels use while they run come on top.
    /// </summary>
    public static long LiveBytes => LiveMemory.Bytes;

    internal static string? Version { get; } = typeof(BrachyTelemetry).Assembly.GetName().Version?.ToString(fieldCount: 3);
}
