using System.Diagnostics;

namespace Service;

/// <summary>Answers batches of requests, one after the other, until the queue is closed and empty.</summary>
internal sealed partial class BatchingService(RequestQueue queue, Func<byte[], (float[] Probabilities, long Step)> answer,
    ServiceMetrics metrics, ILogger<BatchingService> logger) : IHostedService
{
    private Task _loop = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(LoopAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Accepts no more, and waits until what was accepted is answered. The server has stopped, and waited, before.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Close();
        await _loop.WaitAsync(cancellationToken);
    }

    private async Task LoopAsync()
    {
        await foreach (var batch in queue.BatchesAsync())
        {
            try
            {
                Answer(batch);
            }
            catch (Exception error)
            {
                LogFailure(batch.Count, error);
                batch.ForEach(request => request.Fail(error));
            }
        }
    }

    private void Answer(List<WaitingRequest> batch)
    {
        var clock = Stopwatch.GetTimestamp();
        byte[] pixels = batch is [var only] ? only.Pixels : [.. batch.SelectMany(request => request.Pixels)];
        var (probabilities, step) = answer(pixels);
        var images = batch.Sum(request => request.Count);
        metrics.Batch(images, Stopwatch.GetElapsedTime(clock));
        var (start, classes) = (0, probabilities.Length / images);
        foreach (var request in batch)
        {
            var end = start + (request.Count * classes);
            request.Complete(probabilities[start..end], step);
            start = end;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A batch of {Requests} requests failed.")]
    private partial void LogFailure(int requests, Exception error);
}
