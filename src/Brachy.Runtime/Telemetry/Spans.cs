using System.Diagnostics;

namespace Brachy.Telemetry;

/// <summary>Spans of work that happens seldom: no call of compiled code starts one.</summary>
internal static class Spans
{
    private static readonly ActivitySource s_source = new(BrachyTelemetry.ActivitySourceName, BrachyTelemetry.Version);

    /// <summary>Starts a span, if anybody listens.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="function">The function that it is about.</param>
    public static Activity? Start(string name, string function) =>
        s_source.HasListeners()
            ? s_source.StartActivity(name, ActivityKind.Internal, parentId: null, tags: [new(TelemetryTags.Function, function)])
            : null;

    /// <summary>Says what the work of a span failed with.</summary>
    /// <returns>False, for exception filters: who handles the error is found first, as without a span.</returns>
    public static bool Fail(Activity? span, Exception error)
    {
        span?.SetStatus(ActivityStatusCode.Error, error.Message).AddException(error);
        return false;
    }
}
