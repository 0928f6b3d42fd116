namespace Brachy.Compilation;

// What a run has of its inputs.
internal readonly ref partial struct RunMemory
{
    /// <summary>
    /// Takes what is donated, all of it or nothing, and begins the use of the rest: of what the code reads. Others need not be in use, but
    /// must be usable.
    /// </summary>
    private void TakeInputs(IReadOnlyList<string>? paths)
    {
        if (_executable.TakesDonations)
        {
            lock (s_taking)
            {
                RequireDistinct(paths);
                TakeDonated();
            }
        }

        var (donated, reads) = (_executable.Donated, _executable.Reads);
        for (var i = 0; i < _tensors.Length; i++)
        {
            if (donated[i])
            {
                continue;
            }

            if (reads[i])
            {
                _buffers[i] = _tensors[i].BeginUse();
            }
            else if (_tensors[i].BufferOrNull is not { IsDisposed: false })
            {
                _tensors[i].ThrowIfUnusable();
            }
        }
    }

    /// <summary>
    /// Checks all inputs before one is taken, because a tensor that is taken and put back fails other threads' calls meanwhile.
    /// </summary>
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

    /// <summary>An input as a result: itself, or, donated, what the run has of it.</summary>
    private Tensor Pass(int input)
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
    private void FreeDonated()
    {
        for (var i = 0; i < _tensors.Length && _executable.TakesDonations; i++)
        {
            if (_executable.Donated[i])
            {
                Free(i);
            }
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

    /// <summary>Ends the uses, and puts back what was donated and is still here.</summary>
    private void PutBack()
    {
        foreach (var i in _executable.Held)
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

    private ArgumentException PassedTwice(int input, IReadOnlyList<string>? paths)
    {
        var other = 0;
        while (other == input || !ReferenceEquals(_tensors[other], _tensors[input]))
        {
            other++;
        }

        var (first, second) = (paths?[other] ?? $"input {other}", paths?[input] ?? $"input {input}");
        return new ArgumentException(
            $"{_consumer}: '{first}' and '{second}' are the same tensor ({_tensors[input].Type}), " +
            "and one of them is donated. Pass a copy (F.clone) of one, or do not donate it.");
    }
}
