namespace Brachy.Tests.Telemetry;

/// <summary>Collects what would be warnings on standard error about one function.</summary>
internal sealed class Evictions : IDisposable
{
    private readonly string _function;
    private readonly List<JitEviction> _evictions = [];

    public Evictions(string function)
    {
        _function = function;
        Jit.Evicted += Add;
    }

    public IReadOnlyList<JitEviction> All
    {
        get
        {
            lock (_evictions)
            {
                return [.. _evictions];
            }
        }
    }

    public void Dispose() => Jit.Evicted -= Add;

    private void Add(JitEviction happened)
    {
        if (happened.Function != _function)
        {
            return;
        }

        lock (_evictions)
        {
            _evictions.Add(happened);
        }
    }
}
