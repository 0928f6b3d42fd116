namespace Brachy;

/// <summary>What happened to a jitted function lately, for <see cref="JitFunction.Explain"/>.</summary>
internal sealed class JitHistory
{
    private const int Limit = 32;

    private readonly List<Entry> _entries = [];

    public void Add(JitEvent trace)
    {
        lock (_entries)
        {
            _entries.Add(new Entry(trace));
            if (_entries.Count > Limit)
            {
                _entries.RemoveAt(0);
            }
        }
    }

    public void Add(JitFirstRun run)
    {
        lock (_entries)
        {
            _entries.Find(entry => entry.Trace.Number == run.Trace)?.FirstRuns.Add(run.Time);
        }
    }

    /// <summary>A row for each trace, with its first runs; empty before the first.</summary>
    public string[] Rows()
    {
        lock (_entries)
        {
            return [.. _entries.Select(entry => entry.Trace.Describe(entry.FirstRuns))];
        }
    }

    private sealed record Entry(JitEvent Trace)
    {
        public List<TimeSpan> FirstRuns { get; } = [];
    }
}
