using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Service.Tests;

/// <summary>How requests become batches.</summary>
public class QueueTests
{
    private readonly List<int> _batches = [];
    private readonly SemaphoreSlim _mayAnswer = new(0);
    private readonly SemaphoreSlim _begun = new(0);

    [Fact]
    public async Task RequestsThatWaitAreGatheredUpToTheSizeAndEachHasItsOwn()
    {
        var queue = new RequestQueue(100, maxBatch: 8, TimeSpan.FromMilliseconds(1));
        var service = Start(queue);
        WaitingRequest[] requests = [Add(queue, 1)!];
        await _begun.WaitAsync();
        requests = [.. requests, .. ((int[])[3, 5, 1, 7, 2, 2]).Select(count => Add(queue, count)!)];
        _mayAnswer.Release(100);
        foreach (var request in requests)
        {
            var (answer, step) = await request.Answer;
            Assert.Equal(7, step);
            Assert.Equal(request.Pixels.Select(p => 2f * p), answer);
        }

        await service.StopAsync(default);
        Assert.Equal([1, 8, 8, 4], _batches);
    }

    [Fact]
    public async Task ABatchThatIsNotFullWaitsForMore()
    {
        var queue = new RequestQueue(100, maxBatch: 4, TimeSpan.FromHours(1));
        var service = Start(queue);
        _mayAnswer.Release(100);
        var first = Add(queue, 1)!;
        while (queue.Count > 0)
        {
            await Task.Yield();
        }

        var (second, third) = (Add(queue, 1)!, Add(queue, 2)!);
        await Task.WhenAll(first.Answer, second.Answer, third.Answer);
        Assert.Equal([4], _batches);
        await service.StopAsync(default);
    }

    [Fact]
    public async Task AFullQueueRefuses()
    {
        var queue = new RequestQueue(2, maxBatch: 1, TimeSpan.Zero);
        var service = Start(queue);
        var first = Add(queue, 1);
        await _begun.WaitAsync();
        var (second, third) = (Add(queue, 1), Add(queue, 1));
        Assert.NotNull(second);
        Assert.NotNull(third);
        Assert.Null(Add(queue, 1));
        Assert.Equal(2, queue.Count);
        _mayAnswer.Release(100);
        await Task.WhenAll(first!.Answer, second.Answer, third.Answer);
        Assert.NotNull(Add(queue, 1));
        await service.StopAsync(default);
    }

    [Fact]
    public async Task DroppedRequestsAreNotComputed()
    {
        var queue = new RequestQueue(100, maxBatch: 8, TimeSpan.Zero);
        var service = Start(queue);
        var first = Add(queue, 1)!;
        await _begun.WaitAsync();
        using var dropped = new CancellationTokenSource();
        var gone = Add(queue, 3, dropped.Token)!;
        var last = Add(queue, 2)!;
        dropped.Cancel();
        _mayAnswer.Release(100);
        await first.Answer;
        await last.Answer;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.Answer);
        await service.StopAsync(default);
        Assert.Equal([1, 2], _batches);
    }

    [Fact]
    public async Task StoppingAnswersWhatWasAcceptedAndRefusesMore()
    {
        var queue = new RequestQueue(100, maxBatch: 4, TimeSpan.FromMilliseconds(1));
        var service = Start(queue);
        var accepted = Enumerable.Range(0, 10).Select(_ => Add(queue, 2)!).ToArray();
        await _begun.WaitAsync();
        var stopped = service.StopAsync(default);
        Assert.Null(Add(queue, 1));
        Assert.False(stopped.IsCompleted);
        _mayAnswer.Release(100);
        await stopped;
        Assert.All(accepted, request => Assert.True(request.Answer.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task AFailureIsThatOfItsBatchOnly()
    {
        var queue = new RequestQueue(100, maxBatch: 4, TimeSpan.Zero);
        var service = Start(queue, pixels => pixels[0] == 4 ? throw new InvalidDataException("4") : Twice(pixels));
        var (bad, good) = (Add(queue, 4)!, Add(queue, 3)!);
        _mayAnswer.Release(100);
        await Assert.ThrowsAsync<InvalidDataException>(() => bad.Answer);
        var (answer, _) = await good.Answer;
        Assert.Equal([6f, 6f, 6f], answer);
        await service.StopAsync(default);
    }

    private static WaitingRequest? Add(RequestQueue queue, int count, CancellationToken dropped = default)
    {
        // One byte for an image, and one class.
        var request = new WaitingRequest([.. Enumerable.Repeat((byte)count, count)], count, dropped);
        return queue.TryAdd(request) ? request : null;
    }

    private static (float[] Probabilities, long Step) Twice(byte[] pixels) => (Array.ConvertAll(pixels, p => 2f * p), 7);

    private BatchingService Start(RequestQueue queue, Func<byte[], (float[] Probabilities, long Step)>? answer = null)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var service = new BatchingService(
            queue,
            pixels =>
            {
                _begun.Release();
                _mayAnswer.Wait();
                _batches.Add(pixels.Length);
                return (answer ?? Twice)(pixels);
            },
            new ServiceMetrics(meters, queue), NullLogger<BatchingService>.Instance);
        Assert.True(service.StartAsync(default).IsCompleted);
        return service;
    }
}
