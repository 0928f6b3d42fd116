namespace Brachy;

/// <summary>
/// The memory of the inputs of one run. It stays until the run ends, whatever other threads do with the tensors. What is donated belongs to
/// the run: it goes to a result, or is freed, or goes back to its tensor when the run fails; nothing else decides that.
/// </summary>
internal readonly ref struct RunInputs : IDisposable
{
    // Otherwise two calls could each take a part of what both want, so that both fail.
    private static readonly Lock s_taking = new();

    private static long s_lastStamp;

    [ThreadStatic]
    private static Buffer?[]? s_idle;

    private readonly ReadOnlySpan<Tensor> _tensors;
    private readonly Executable _executable;
    private readonly string _consumer;
    private readonly Buffer?[] _buffers;
    private readonly (Tensor Tensor, Buffer Memory)?[]? _copies;

    /// <summary>
    /// Takes what is donated, all of it or nothing, and begins the use of the rest. What the code overwrites is copied where others may see the
    /// memory: through a view, or because a call of another thread is reading it.
    /// </summary>
    public RunInputs(ReadOnlySpan<Tensor> tensors, Executable executable, string consumer, IReadOnlyList<string>? paths)
    {
        _tensors = tensors;
        _executable = executable;
        _consumer = consumer;
        _buffers = s_idle is { } idle && idle.Length >= tensors.Length ? idle : new Buffer?[Math.Max(tensors.Length, 16)];
        s_idle = null;
        try
        {
            if (executable.TakesDonations)
            {
                lock (s_taking)
                {
                    RequireDistinct(paths);
                    TakeDonated();
                }
            }

            for (var i = 0; i < tensors.Length; i++)
            {
                if (executable.Donated[i])
                {
                    continue;
                }

                if (executable.Reads[i])
                {
                    _buffers[i] = tensors[i].BeginUse();
                }
                else if (tensors[i].BufferOrNull is not { IsDisposed: false })
                {
                    tensors[i].ThrowIfUnusable();
                }
            }

            _copies = executable.TakesDonations ? CopySeenByOthers() : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The memory that the code is to use for an input.</summary>
    public Buffer this[int input] => _copies?[input]?.Memory ?? _buffers[input]!;

    /// <summary>A tensor for kernels that take tensors, over the memory of an input.</summary>
    public Tensor TensorOf(int input) => new(_tensors[input].Type, this[input]);

    /// <summary>An input as a result: itself, or, donated, what the run has of it.</summary>
    public Tensor Pass(int input)
    {
        if (!_executable.Donated[input])
        {
            return _tensors[input];
        }

        if (_copies?[input] is { } copy)
        {
            return copy.Tensor;
        }

        var buffer = _buffers[input]!;
        _buffers[input] = null;
        buffer.JoinScope();
        var result = new Tensor(_tensors[input].Type, buffer);
        buffer.EndUse();
        return result;
    }

    /// <summary>After a success: frees the donated memory that no result has taken over.</summary>
    public void FreeDonated()
    {
        for (var i = 0; i < _tensors.Length && _executable.TakesDonations; i++)
        {
            if (_executable.Donated[i])
            {
                Free(i);
            }
        }
    }

    /// <summary>After a failure: gives up the tensors that may be half updated.</summary>
    public void GiveUpOverwritten()
    {
        for (var i = 0; i < _tensors.Length; i++)
        {
            if (_executable.Plan.OverwrittenInputs[i] && _copies?[i] is null)
            {
                _tensors[i].GiveUp($"{_consumer} (a call that failed after it had begun to update it)");
                Free(i);
            }
        }
    }

    /// <summary>Ends the uses, and puts back what was donated and is still here: the run has failed.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _tensors.Length; i++)
        {
            if (_buffers[i] is not { } buffer)
            {
                continue;
            }

            _buffers[i] = null;
            if (_executable.Donated[i])
            {
                lock (s_taking)
                {
                    _tensors[i].PutBack(buffer);
                }
            }

            buffer.EndUse();
        }

        s_idle = _buffers;
        foreach (var copy in _copies ?? [])
        {
            copy?.Memory.EndUse();
        }
    }

    private void Free(int input)
    {
        if (_buffers[input] is { } buffer)
        {
            _buffers[input] = null;
            buffer.Dispose();
            buffer.EndUse();
        }
    }

    /// <summary>Checks all inputs before one is taken, because a tensor that is taken and put back fails other threads' calls meanwhile.</summary>
    private void RequireDistinct(IReadOnlyList<string>? paths)
    {
        var stamp = ++s_lastStamp;
        for (var i = 0; i < _tensors.Length; i++)
        {
            _tensors[i].ThrowIfUnusable();
            if (_executable.Donated[i] && _tensors[i].BufferOrNull is { } buffer)
            {
                if (buffer.DonationStamp == stamp)
                {
                    throw PassedTwice(i, paths);
                }

                buffer.DonationStamp = stamp;
            }
        }

        for (var i = 0; i < _tensors.Length; i++)
        {
            if (!_executable.Donated[i] && _tensors[i].BufferOrNull?.DonationStamp == stamp)
            {
                throw PassedTwice(i, paths);
            }
        }
    }

    private void TakeDonated()
    {
        for (var i = 0; i < _tensors.Length; i++)
        {
            if (_executable.Donated[i])
            {
                _buffers[i] = _tensors[i].Take(_consumer);
            }
        }
    }

    private (Tensor Tensor, Buffer Memory)?[]? CopySeenByOthers()
    {
        (Tensor Tensor, Buffer Memory)?[]? copies = null;
        var overwritten = _executable.Plan.OverwrittenInputs;
        for (var i = 0; i < overwritten.Length; i++)
        {
            // In this order: who has made a view says so before its use ends.
            if (overwritten[i] && _buffers[i] is { } buffer && (buffer.IsUsedByOthers || buffer.IsShared || !buffer.IsDense))
            {
                using var dense = buffer.IsDense ? null : F.contiguous(TensorOf(i));
                var copy = F.clone(dense ?? TensorOf(i));
                copies ??= new (Tensor Tensor, Buffer Memory)?[_tensors.Length];
                copies[i] = (copy, copy.BeginUse());
            }
        }

        return copies;
    }

    private ArgumentException PassedTwice(int input, IReadOnlyList<string>? paths)
    {
        var other = 0;
        while (other == input || !ReferenceEquals(_tensors[other], _tensors[input]))
        {
            other++;
        }

        return new ArgumentException(
            $"{_consumer}: '{paths?[other] ?? $"input {other}"}' and '{paths?[input] ?? $"input {input}"}' are the same tensor ({_tensors[input].Type}), " +
            "and one of them is donated. Pass a copy (F.clone) of one, or do not donate it.");
    }
}
