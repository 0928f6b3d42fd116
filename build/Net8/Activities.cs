namespace System.Diagnostics;

/// <summary>.NET 9's way to say what the work of a span failed with.</summary>
internal static class Activities
{
    public static Activity AddException(this Activity activity, Exception exception) =>
        activity.AddEvent(new ActivityEvent("exception", tags: new()
        {
            { "exception.message", exception.Message },
            { "exception.stacktrace", exception.ToString() },
            { "exception.type", exception.GetType().ToString() },
        }));
}
