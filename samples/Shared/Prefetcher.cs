namespace Samples.Shared;

/// <summary>Makes the items of a sequence on other threads, ahead of their reader. Their order stays as it is.</summary>
internal static class Prefetcher
{
    /// <summary>
    /// The items 0, 1, … An exception comes out at the reader, in the place of its item; a reader that stops early
    /// waits for what is being made.
    /// </summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="make">Makes an item from its number; several threads call it at once.</param>
    /// <param name="ahead">How many items are ready or being made at most.</param>
    /// <param name="stop">Ends the sequence early, with an <see cref="OperationCanceledException"/>.</param>
    public static IEnumerable<T> Run<T>(int count, Func<int, T> make, int ahead, CancellationToken stop = default)
    {
        var queue = new Queue<Task<T>>(ahead);
        var next = 0;
        try
        {
            while (next < count || queue.Count > 0)
            {
                stop.ThrowIfCancellationRequested();
                while (next < count && queue.Count < ahead)
                {
                    var number = next++;
                    queue.Enqueue(Task.Run(() => make(number), CancellationToken.None));
                }

                yield return queue.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // No task may touch the data after its reader has gone on, and an exception that nobody reads is nobody's.
            Task.WhenAll(queue)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
                .Wait(CancellationToken.None);
        }
    }
}
