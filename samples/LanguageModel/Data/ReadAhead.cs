using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace LanguageModel;

/// <summary>Runs a sequence on a thread of its own, some items ahead of its reader. Their order stays as it is.</summary>
internal static class ReadAhead
{
    /// <summary>The same items. An exception of the sequence comes out at the reader, after the items before it.</summary>
    /// <param name="items">The sequence; no other thread may use what it uses.</param>
    /// <param name="count">How many items are ready at most.</param>
    public static IEnumerable<T> Of<T>(IEnumerable<T> items, int count)
    {
        using var queue = new BlockingCollection<T>(count);
        using var stop = new CancellationTokenSource();
        ExceptionDispatchInfo? failure = null;
        var loader = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    foreach (var item in items)
                    {
                        queue.Add(item, stop.Token);
                    }
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
                finally
                {
                    queue.CompleteAdding();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var item in queue.GetConsumingEnumerable())
            {
                yield return item;
            }

            failure?.Throw();
        }
        finally
        {
            stop.Cancel();
            loader.Wait();
        }
    }
}
