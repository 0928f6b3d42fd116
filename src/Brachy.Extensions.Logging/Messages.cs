using Microsoft.Extensions.Logging;

namespace Brachy.Extensions.Logging;

/// <summary>The messages, their levels and numbers.</summary>
internal static partial class Messages
{
    [LoggerMessage(
        EventId = 1, EventName = "Traced", Level = LogLevel.Information,
        Message = "Traced and compiled {Function} (number {Number}): {Reason}; trace {TraceMilliseconds:F1} ms, "
            + "compile {CompileMilliseconds:F1} ms")]
    public static partial void Traced(
        ILogger logger, string function, int number, string reason, double traceMilliseconds, double compileMilliseconds);

    [LoggerMessage(
        EventId = 2, EventName = "FirstRun", Level = LogLevel.Debug,
        Message = "Run {Run} of trace {Trace} of {Function}, in which libtorch goes on compiling: {Milliseconds:F1} ms")]
    public static partial void FirstRun(ILogger logger, string function, int trace, int run, double milliseconds);

    [LoggerMessage(
        EventId = 3, EventName = "TracedTooOften", Level = LogLevel.Warning,
        Message = "{Function} has been traced {Number} times, last because {Reason}. Values that change at each call should be Tensor "
            + "arguments, and changing shapes padded or bucketed")]
    public static partial void TracedTooOften(ILogger logger, string function, int number, string reason);

    [LoggerMessage(
        EventId = 4, EventName = "Evicted",
        Message = "{Function} keeps at most {Limit} compiled versions, and the one used longest ago was dropped (number {Number}), for "
            + "({Shapes}). When it is needed again, it is compiled again: raise JitFunction.CacheLimit or Jit.DefaultCacheLimit, or pad "
            + "changing shapes")]
    public static partial void Evicted(ILogger logger, LogLevel level, string function, int number, int limit, string shapes);

    [LoggerMessage(EventId = 5, EventName = "Decided", Level = LogLevel.Information, Message = "{Subject}: {Decision}")]
    public static partial void Decided(ILogger logger, string subject, string decision);
}
