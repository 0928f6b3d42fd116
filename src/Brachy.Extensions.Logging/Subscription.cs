using Brachy.Native;
using Microsoft.Extensions.Logging;

namespace Brachy.Extensions.Logging;

/// <summary>Hears Brachy's reports until it is disposed.</summary>
internal sealed class Subscription : IDisposable
{
    private readonly ILogger _jit;
    private readonly ILogger _native;
    private readonly HashSet<NativeEvent> _decided = new(ReferenceEqualityComparer.Instance);

    public Subscription(ILogger jit, ILogger native)
    {
        _jit = jit;
        _native = native;
        Jit.Traced += LogTrace;
        Jit.TracedTooOften += LogTooManyTraces;
        Jit.FirstRun += LogFirstRun;
        Jit.Evicted += LogEviction;
        NativeRuntime.Decided += LogDecision;
        foreach (var decision in NativeRuntime.Events)
        {
            LogDecision(decision);
        }
    }

    public void Dispose()
    {
        Jit.Traced -= LogTrace;
        Jit.TracedTooOften -= LogTooManyTraces;
        Jit.FirstRun -= LogFirstRun;
        Jit.Evicted -= LogEviction;
        NativeRuntime.Decided -= LogDecision;
    }

    private void LogTrace(JitEvent trace) => Messages.Traced(
        _jit, trace.Function, trace.Number, trace.Reason, trace.TraceTime.TotalMilliseconds, trace.CompileTime.TotalMilliseconds);

    private void LogTooManyTraces(JitEvent trace) => Messages.TracedTooOften(_jit, trace.Function, trace.Number, trace.Reason);

    private void LogFirstRun(JitFirstRun run) => Messages.FirstRun(_jit, run.Function, run.Trace, run.Run, run.Time.TotalMilliseconds);

    private void LogEviction(JitEviction eviction)
    {
        var level = eviction.Number == 1 ? LogLevel.Warning : LogLevel.Information;
        if (_jit.IsEnabled(level))
        {
            Messages.Evicted(_jit, level, eviction.Function, eviction.Number, eviction.Limit, string.Join(", ", eviction.Shapes));
        }
    }

    /// <summary>One that is made while those before it are told would be told twice.</summary>
    private void LogDecision(NativeEvent decision)
    {
        lock (_decided)
        {
            if (!_decided.Add(decision))
            {
                return;
            }
        }

        Messages.Decided(_native, decision.Subject, decision.Message);
    }
}
