using TorchSharp;

namespace Brachy;

/// <summary>
/// Frees the tensors that the current thread makes between <see cref="Begin"/> and <see cref="Dispose"/>, except those
/// that were stored in a tree or given to <see cref="Keep"/>. Scopes nest. TorchSharp tensors made inside are freed too.
/// A scope belongs to one thread: it should not contain an <c>await</c> or <c>yield</c>.
/// </summary>
/// <example><code>using var scope = TensorScope.Begin(); var norm = scope.Keep((x * x).sum().sqrt());</code></example>
public sealed class TensorScope : IDisposable, IThreadScope<TensorScope>
{
    [ThreadStatic]
    private static TensorScope? s_first;

    private readonly TensorScope? _outer;

    // Another thread may take what was made here for a call that it is donated to.
    private readonly Lock _ending = new();
    private readonly DisposeScope _torchScope = torch.NewDisposeScope();
    private volatile List<Buffer>? _buffers = [];
    private bool _isTorchScopeEmptied;
    private bool _hasFreed;

    private TensorScope(TensorScope? outer) => _outer = outer;

    TensorScope? IThreadScope<TensorScope>.Outer => _outer;

    bool IThreadScope<TensorScope>.IsClosed => _buffers is null;

    private static TensorScope? Current => s_first is null ? null : ThreadScopes.Innermost(ref s_first);

    /// <summary>Opens a scope on this thread.</summary>
    public static TensorScope Begin()
    {
        _ = Current;
        return s_first = new TensorScope(s_first);
    }

    /// <summary>Whether a tensor was made in this scope, which will free it.</summary>
    internal bool Holds(Tensor tensor) => tensor.BufferOrNull is { } buffer && ReferenceEquals(buffer.Scope, this);

    /// <summary>Lets a tensor outlive this scope: it joins the enclosing one, or none.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        if (tensor.BufferOrNull is { } buffer && ReferenceEquals(buffer.Scope, this))
        {
            // After an await, the enclosing scope may be that of unrelated work.
            var outer = ThreadScopes.Contains(s_first, this) ? ThreadScopes.OpenFrom(_outer) : null;
            buffer.Scope = outer;
            outer?._buffers?.Add(buffer);
        }

        return tensor;
    }

    /// <summary>
    /// Frees what was made in this scope and not kept. On another thread than it began on (after an <c>await</c>), closes the scope and
    /// leaves what it holds to the garbage collector: other work of its first thread may have made some of it, and may be using it.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A scope opened later on this thread is still open; this one is closed, and frees nothing.
    /// </exception>
    public void Dispose()
    {
        if (_buffers is null)
        {
            return;
        }

        if (!ReferenceEquals(Current, this))
        {
            lock (_ending)
            {
                // Its own thread may be adding to the list, which nobody reads from now on.
                _buffers = null;
            }

            // Closed all the same: after an await, the later scope may be that of unrelated work, and nobody would dispose this one again.
            if (ThreadScopes.Contains(s_first, this))
            {
                throw new InvalidOperationException(
                    "Tensor scopes must end in the reverse order of their beginning: one that was opened later on this thread is still "
                    + "open. " +
                    "What this one holds is left to the garbage collector. A scope should not contain an await.");
            }

            return;
        }

        s_first = _outer;
        lock (_ending)
        {
            var buffers = _buffers;
            _buffers = null;
            _hasFreed = true;
            foreach (var buffer in buffers ?? [])
            {
                if (ReferenceEquals(buffer.Scope, this))
                {
                    buffer.Dispose();
                }
            }
        }

        _torchScope.Dispose();
        _ = Current;
    }

    /// <summary>TorchSharp's scope ends only on its own thread, and only when it is the last one there.</summary>
    bool IThreadScope<TensorScope>.TryForget()
    {
        if (!_isTorchScopeEmptied)
        {
            _torchScope.Detach(_torchScope.DisposablesView);
            _isTorchScopeEmptied = true;
        }

        bool isLast;
        using (var probe = torch.NewDisposeScope())
        {
            // What is moved out of a new scope comes to the one around it.
            using var marker = torch.empty(0);
            probe.MoveToOuter(marker);
            isLast = _torchScope.Contains(marker);
        }

        if (isLast)
        {
            _torchScope.Detach(_torchScope.DisposablesView);
            _torchScope.Dispose();
        }

        return isLast;
    }

    internal static TensorScope? Register(Buffer buffer)
    {
        var scope = Current;
        scope?._buffers?.Add(buffer);
        return scope;
    }

    /// <summary>Lets a buffer of this scope outlive it.</summary>
    /// <returns>False when the scope has ended and freed it.</returns>
    internal bool TryRemove(Buffer buffer)
    {
        lock (_ending)
        {
            buffer.Scope = null;
            return !_hasFreed;
        }
    }

    /// <summary>Undoes <see cref="TryRemove"/>.</summary>
    internal void PutBack(Buffer buffer)
    {
        lock (_ending)
        {
            if (_hasFreed)
            {
                buffer.Dispose();
            }
            else
            {
                buffer.Scope = this;
            }
        }
    }

    /// <summary>Gives a buffer that was removed to this scope again if it is open on the current thread, else to the one that is.</summary>
    internal void Pass(Buffer buffer)
    {
        if (_buffers is not null && ThreadScopes.Contains(s_first, this))
        {
            buffer.Scope = this;
        }
        else
        {
            buffer.Scope = Register(buffer);
        }
    }

    /// <summary>A tensor stored in a tree lives as long as the tree.</summary>
    internal static void Release(Tensor tensor)
    {
        if (tensor.BufferOrNull is { Scope: not null } buffer)
        {
            buffer.Scope = null;
        }
    }
}
