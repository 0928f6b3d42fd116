using System.Threading.Channels;

namespace Brachy.Data;

/// <summary>Makes the batches of one reading on threads of the pool, ahead of the reader. Their order is that of the jobs.</summary>
internal sealed class Pipeline<TBatch> : IBatchReader<TBatch>
{
    private readonly Channel<Task<MadeBatch<TBatch>>> _ready = Channel.CreateUnbounded<Task<MadeBatch<TBatch>>>();
    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>();
    private readonly SemaphoreSlim _permits;
    private readonly CancellationTokenSource _stop;
    private readonly Task _all;
    private readonly Lazy<Task> _end;

    /// <param name="source">Has the jobs.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="start">The first batch.</param>
    /// <param name="options">The number of workers, at least 1, and how far ahead they are.</param>
    /// <param name="stop">Ends the work.</param>
    public Pipeline(IBatchSource<TBatch> source, long epoch, long start, BatchOptions options, CancellationToken stop)
    {
        (_permits, _end) = (new(options.Prefetch), new(EndAsync));
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var token = _stop.Token;
        _all = Task.WhenAll([
            Task.Run(() => PumpAsync(source.Jobs(epoch, start, token), token), CancellationToken.None),
            .. Enumerable.Range(0, options.Workers).Select(_ => Task.Run(WorkAsync, CancellationToken.None)),
        ]);
    }

    /// <inheritdoc/>
    public async ValueTask<MadeBatch<TBatch>?> NextAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (!await _ready.Reader.WaitToReadAsync(stop).ConfigureAwait(false) || !_ready.Reader.TryPeek(out var next))
        {
            return null;
        }

        var made = await next.WaitAsync(stop).ConfigureAwait(false);
        _ready.Reader.TryRead(out _);
        _permits.Release();
        return made;
    }

    /// <inheritdoc/>
    public Task StopAsync() => _end.Value;

    private async Task EndAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _all.ConfigureAwait(false);
        while (_ready.Reader.TryRead(out var left))
        {
            if (left.IsCompletedSuccessfully)
            {
                (await left.ConfigureAwait(false)).Free();
            }
            else
            {
                // Nobody reads it.
                _ = left.Exception;
            }
        }

        _stop.Dispose();
    }

    /// <summary>Hands out jobs in their order, as many ahead of the reader as it may. Never throws.</summary>
    private async Task PumpAsync(IAsyncEnumerable<BatchJob<TBatch>> jobs, CancellationToken stop)
    {
        try
        {
            await _permits.WaitAsync(stop).ConfigureAwait(false);
            await foreach (var job in jobs.WithCancellation(stop).ConfigureAwait(false))
            {
                var work = new Work(job);
                _ready.Writer.TryWrite(work.Result.Task);
                _work.Writer.TryWrite(work);
                await _permits.WaitAsync(stop).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // In the place of the batch that could not be begun.
            _ready.Writer.TryWrite(Task.FromException<MadeBatch<TBatch>>(error));
        }
        finally
        {
            _work.Writer.Complete();
            _ready.Writer.Complete();
        }
    }

    /// <summary>Never throws.</summary>
    private async Task WorkAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            work.Run(_stop.IsCancellationRequested);
        }
    }

    private sealed class Work(BatchJob<TBatch> job)
    {
        public TaskCompletionSource<MadeBatch<TBatch>> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Run(bool isStopped)
        {
            if (isStopped)
            {
                Result.SetCanceled();
                return;
            }

            try
            {
                Result.SetResult(job.Make());
            }
            catch (Exception error)
            {
                Result.SetException(error);
            }
        }
    }
}
