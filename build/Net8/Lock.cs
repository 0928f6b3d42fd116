namespace System.Threading;

/// <summary>.NET 9's lock, by a monitor.</summary>
internal sealed class Lock
{
    private readonly object _gate = new();

    public Scope EnterScope()
    {
        Monitor.Enter(_gate);
        return new Scope(_gate);
    }

    public bool TryEnter() => Monitor.TryEnter(_gate);

    public bool TryEnter(TimeSpan timeout) => Monitor.TryEnter(_gate, timeout);

    public readonly ref struct Scope(object gate)
    {
        public void Dispose() => Monitor.Exit(gate);
    }
}
