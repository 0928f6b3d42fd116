using System.Threading.Channels;

namespace Service;

/// <summary>Requests that were accepted: a bounded number of them, in their order, gathered into batches.</summary>
/// <param name="length">Requests that wait at most.</param>
/// <param name="maxBatch">The most images of a batch.</param>
/// <param name="maxDelay">How long the first request of a batch waits for others.</param>
internal sealed class RequestQueue(int length, int maxBatch, TimeSpan maxDelay)
{
    private readonly Channel<WaitingRequest> _requests = Channel.CreateBounded<WaitingRequest>(length);
    private int _accepted;

    /// <summary>How many requests wait.</summary>
    public int Count => _requests.Reader.Count;

    /// <summary>How many requests were accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Accepts a request, which will be answered. Refuses it where too many wait, and after <see cref="Close"/>.</summary>
    public bool TryAdd(WaitingRequest request)
    {
        var isAccepted = _requests.Writer.TryWrite(request);
        Interlocked.Add(ref _accepted, isAccepted ? 1 : 0);
        return isAccepted;
    }

    /// <summary>Accepts no more. What was accepted is given out, and then the batches end.</summary>
    public void Close() => _requests.Writer.TryComplete();

    /// <summary>Batches of requests, until the queue is closed and empty. Requests that nobody waits for are left out.</summary>
    public async IAsyncEnumerable<List<WaitingRequest>> BatchesAsync()
    {
        var reader = _requests.Reader;
        while (await reader.WaitToReadAsync(CancellationToken.None))
        {
            var (batch, images) = (new List<WaitingRequest>(), 0);
            var delay = Task.Delay(maxDelay);
            do
            {
                images = Take(batch, images);
            }
            while (images < maxBatch && !reader.TryPeek(out _) && await MayWaitAsync(delay));

            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
    }

    /// <summary>Whether another request came in time.</summary>
    private async Task<bool> MayWaitAsync(Task delay)
    {
        var more = _requests.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        return await Task.WhenAny(more, delay) == more && await more;
    }

    /// <summary>Takes what is there and fits.</summary>
    /// <returns>The number of images then.</returns>
    private int Take(List<WaitingRequest> batch, int images)
    {
        while (_requests.Reader.TryPeek(out var next) && (images + next.Count <= maxBatch || next.Dropped.IsCancellationRequested))
        {
            _requests.Reader.TryRead(out _);
            if (next.Dropped.IsCancellationRequested)
            {
                next.Drop();
                continue;
            }

            batch.Add(next);
            images += next.Count;
        }

        return images;
    }
}
