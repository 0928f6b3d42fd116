using TorchSharp;

namespace Brachy;

/// <summary>
/// Frees the tensors that the current thread makes between <see cref="Begin"/> and <see cref="Dispose"/>, except those
/// that were stored in a tree or given to <see cref="Keep{T}"/>. Scopes nest. TorchSharp tensors made inside are freed too.
/// </summary>
/// <example><code>using var scope = TensorScope.Begin(); var norm = scope.Keep((x * x).sum().sqrt());</code></example>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? s_current;

    private readonly TensorScope? _outer;
    private readonly List<Buffer> _buffers = [];

    // Another thread may take what was made here for a call that it is donated to.
    private readonly Lock _ending = new();
    private readonly DisposeScope _torchScope = torch.NewDisposeScope();
    private bool _disposed;

    private TensorScope(TensorScope? outer) => _outer = outer;

    /// <summary>Opens a scope on this thread.</summary>
    public static TensorScope Begin() => s_current = new TensorScope(s_current);

    /// <summary>Lets a tensor outlive this scope: it joins the enclosing one, or none.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        if (tensor.BufferOrNull is { } buffer && ReferenceEquals(buffer.Scope, this))
        {
            buffer.Scope = _outer;
            _outer?._buffers.Add(buffer);
        }

        return tensor;
    }

    /// <summary>Lets every tensor of a value outlive this scope.</summary>
    /// <typeparam name="T">A tensor, structure tree, <c>[Tree]</c> type, or tuples and lists of them.</typeparam>
    /// <returns>The same value.</returns>
    public T Keep<T>(T value)
    {
        KeepLeaves(value, TreeHandler.For<T>());
        return value;
    }

    /// <summary>Frees what was made in this scope and not kept.</summary>
    /// <exception cref="InvalidOperationException">A scope opened later on this thread is still open.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (!ReferenceEquals(s_current, this))
        {
            throw new InvalidOperationException("Tensor scopes must end in the reverse order of their beginning, on the thread that began them.");
        }

        s_current = _outer;
        lock (_ending)
        {
            _disposed = true;
            foreach (var buffer in _buffers)
            {
                if (ReferenceEquals(buffer.Scope, this))
                {
                    buffer.Dispose();
                }
            }
        }

        _torchScope.Dispose();
    }

    internal void KeepLeaves<T>(T value, TreeHandler<T> handler)
    {
        foreach (var leaf in TreeHandler.Leaves(value, handler))
        {
            Keep(leaf);
        }
    }

    internal static TensorScope? Register(Buffer buffer)
    {
        var scope = s_current;
        scope?._buffers.Add(buffer);
        return scope;
    }

    /// <summary>Lets a buffer of this scope outlive it.</summary>
    /// <returns>False when the scope has ended.</returns>
    internal bool TryRemove(Buffer buffer)
    {
        lock (_ending)
        {
            buffer.Scope = null;
            return !_disposed;
        }
    }

    /// <summary>Undoes <see cref="TryRemove"/>.</summary>
    internal void PutBack(Buffer buffer)
    {
        lock (_ending)
        {
            if (_disposed)
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
        for (var open = s_current; open is not null; open = open._outer)
        {
            if (ReferenceEquals(open, this))
            {
                buffer.Scope = this;
                return;
            }
        }

        buffer.Scope = Register(buffer);
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
