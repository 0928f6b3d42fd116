using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Brachy.Tests.Logging;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLoggers(LogLevel lowest = LogLevel.Trace) : ILoggerFactory
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    public IReadOnlyList<Entry> Entries => [.. _entries];

    /// <summary>The entries about a function.</summary>
    public IReadOnlyList<Entry> About(string function) =>
        [.. _entries.Where(e => Equals(e.Values.GetValueOrDefault("Function"), function))];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    internal sealed record Entry(
        string Category, LogLevel Level, EventId Id, string Message, IReadOnlyDictionary<string, object?> Values);

    private sealed class Logger(RecordingLoggers owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Lowest;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner._entries.Enqueue(new Entry(
                category, logLevel, eventId, formatter(state, exception),
                ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(pair => pair.Key, pair => pair.Value)));
    }

    private LogLevel Lowest { get; } = lowest;
}
