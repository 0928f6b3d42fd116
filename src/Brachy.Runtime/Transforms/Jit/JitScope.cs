namespace Brachy;

/// <summary>How jitted functions of a thread are called.</summary>
internal enum JitScopeKind
{
    /// <summary>Eagerly; wins over all others.</summary>
    Disabled,

    /// <summary>To prepare later calls.</summary>
    Warmup,
}

/// <summary>Says how jitted functions of a thread are called until it is disposed.</summary>
internal sealed class JitScope(JitScopeKind kind, JitScope? outer) : IDisposable, IThreadScope<JitScope>
{
    private volatile bool _isClosed;

    public JitScopeKind Kind { get; } = kind;

    public JitScope? Outer { get; } = outer;

    public bool IsClosed => _isClosed;

    public void Dispose() => _isClosed = true;
}
