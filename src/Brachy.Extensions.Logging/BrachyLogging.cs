using Microsoft.Extensions.Logging;

namespace Brachy.Extensions.Logging;

/// <summary>Writes what Brachy reports to the logs of <c>Microsoft.Extensions.Logging</c>.</summary>
public static class BrachyLogging
{
    /// <summary>
    /// The category of what happens to jitted functions: traces (Information), libtorch's first runs (Debug), functions that are traced too
    /// often (Warning), and compiled versions that are dropped (Warning for the first of each function, Information after it).
    /// </summary>
    public const string JitCategory = "Brachy.Jit";

    /// <summary>The category of what is decided about native libraries, such as libtorch's threads (Information).</summary>
    public const string NativeCategory = "Brachy.Native";

    /// <summary>
    /// Logs what Brachy reports from now on, and what was decided about native libraries before. What would be written to standard error
    /// without a subscriber goes to the log alone.
    /// </summary>
    /// <param name="loggers">Makes the loggers. Levels are asked for at each report, so that they may change.</param>
    /// <returns>Ends it, when the program or the host ends.</returns>
    /// <remarks>Calls of compiled functions log nothing: a report is made where code is traced, compiled, first run or dropped.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="loggers"/> is null.</exception>
    public static IDisposable LogBrachy(this ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        return new Subscription(loggers.CreateLogger(JitCategory), loggers.CreateLogger(NativeCategory));
    }
}
