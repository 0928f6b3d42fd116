using System.Runtime.CompilerServices;

namespace Brachy.Data;

/// <summary>
/// Batches of elements, epoch after epoch. It knows where reading stands (<see cref="Position"/>): each reading goes on there, to the end
/// of its epoch. Made by the functions of <see cref="Batches"/>.
/// </summary>
/// <remarks>
/// A batch's tensors are the reader's until it asks for the next batch or ends the reading; then they are freed, and used again for later
/// batches as soon as nothing else uses them: no call of another thread, no view, no TorchSharp tensor, no result of a call that they were
/// donated to. So a batch in use is never overwritten. Clone what is to stay, or set <see cref="BatchOptions.Reuse"/> to false. One thread
/// reads at a time.
/// </remarks>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
public sealed class Batches<TBatch> : IDisposable, IAsyncDisposable
{
    private readonly IBatchSource<TBatch> _source;
    private readonly BatchOptions _options;
    private readonly BufferRing _ring;
    private readonly Lock _state = new();
    private long _epoch;
    private long _batch;
    private IBatchReader<TBatch>? _reader;
    private bool _isDisposed;

    internal Batches(IBatchSource<TBatch> source, BatchOptions options, BufferRing ring) =>
        (_source, _options, _ring) = (source, options, ring);

    /// <summary>Batches of an epoch, as many on each rank; null for sequences, whose length is not known.</summary>
    public long? PerEpoch => _source.PerEpoch;

    /// <summary>How many pieces of memory there are for tensors of batches, free ones and those in use.</summary>
    public int BufferCount => _ring.Count;

    /// <summary>
    /// The batch that is read next. Within a loop over <see cref="Epoch"/> that is the one after the batch in hand: save it after the step,
    /// and set it to go on with the same batches.
    /// </summary>
    /// <exception cref="ArgumentException">When set: the position is of other elements, another order or other sizes.</exception>
    /// <exception cref="InvalidOperationException">When set: a reading goes on.</exception>
    public BatchPosition Position
    {
        get
        {
            lock (_state)
            {
                return new(_epoch, _batch, _source.Description);
            }
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Of != _source.Description)
            {
                throw new ArgumentException(
                    $"The position is of other batches: of {value.Of}. These are {_source.Description}.", nameof(value));
            }

            Seek(value.Epoch, value.Batch);
        }
    }

    /// <summary>Sets the batch that is read next.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="batch">The batch in it, from 0; the number of its batches stands for its end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such epoch or batch.</exception>
    /// <exception cref="InvalidOperationException">A reading goes on.</exception>
    public void Seek(long epoch, long batch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, PerEpoch ?? long.MaxValue);
        lock (_state)
        {
            RequireUnread();
            (_epoch, _batch) = (epoch, batch);
        }
    }

    /// <summary>
    /// The batches that are left of the current epoch; at their end <see cref="Position"/> is the beginning of the next one. Who stops
    /// early goes on there by calling it again. Ends when all work on batches has ended.
    /// </summary>
    /// <param name="stop">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">While enumerating: another reading goes on.</exception>
    /// <exception cref="ObjectDisposedException">While enumerating: the batches were disposed.</exception>
    public IEnumerable<TBatch> Epoch(CancellationToken stop = default)
    {
        var reader = EpochAsync(stop).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            while (Blocking.Wait(reader.MoveNextAsync()))
            {
                yield return reader.Current;
            }
        }
        finally
        {
            Blocking.Wait(reader.DisposeAsync());
        }
    }

    /// <summary>As <see cref="Epoch"/>, for readers that do not block.</summary>
    /// <inheritdoc cref="Epoch"/>
    public IAsyncEnumerable<TBatch> EpochAsync(CancellationToken stop = default) => ReadAsync(stop);

    /// <summary>
    /// Ends a reading that goes on, waits for its workers, and lets the memory go. A batch in hand stays until its reader asks for the
    /// next, which throws.
    /// </summary>
    public void Dispose() => Blocking.Wait(DisposeAsync());

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        IBatchReader<TBatch>? reader;
        lock (_state)
        {
            _isDisposed = true;
            reader = _reader;
        }

        if (reader is not null)
        {
            await reader.StopAsync().ConfigureAwait(false);
        }

        _ring.Close();
    }

    private async IAsyncEnumerable<TBatch> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var (reader, epoch) = Begin(stop);
        MadeBatch<TBatch>? current = null;
        try
        {
            while (true)
            {
                current?.Free();
                current = null;
                current = Advance(await reader.NextAsync(stop).ConfigureAwait(false), epoch);
                if (current is null)
                {
                    break;
                }

                yield return current.Value;
            }
        }
        finally
        {
            current?.Free();
            await reader.StopAsync().ConfigureAwait(false);
            lock (_state)
            {
                _reader = null;
            }
        }
    }

    private (IBatchReader<TBatch> Reader, long Epoch) Begin(CancellationToken stop)
    {
        lock (_state)
        {
            RequireUnread();
            _reader = _options.Workers == 0
                ? new DirectReader<TBatch>(_source.Jobs(_epoch, _batch, stop))
                : new Pipeline<TBatch>(_source, _epoch, _batch, _options, stop);
            return (_reader, _epoch);
        }
    }

    private MadeBatch<TBatch>? Advance(MadeBatch<TBatch>? made, long epoch)
    {
        lock (_state)
        {
            if (_isDisposed)
            {
                made?.Free();
                RequireUndisposed();
            }

            (_epoch, _batch) = made is null ? (epoch + 1, 0) : (epoch, _batch + 1);
            return made;
        }
    }

    private void RequireUnread()
    {
        RequireUndisposed();
        if (_reader is not null)
        {
            throw new InvalidOperationException(
                "These batches are being read: one reader at a time. End its loop first, or make batches of their own for another reader.");
        }
    }

    private void RequireUndisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);
}
