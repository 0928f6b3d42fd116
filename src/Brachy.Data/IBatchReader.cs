namespace Brachy.Data;

/// <summary>One reading of an epoch.</summary>
internal interface IBatchReader<TBatch>
{
    /// <summary>The next batch; null at the end. An exception of what made it comes out here, in its place.</summary>
    ValueTask<MadeBatch<TBatch>?> NextAsync(CancellationToken stop);

    /// <summary>Ends the reading: waits for what is being made, and frees what was made for nobody. May be called again.</summary>
    Task StopAsync();
}

/// <summary>Makes each batch when it is asked for.</summary>
internal sealed class DirectReader<TBatch>(IAsyncEnumerable<BatchJob<TBatch>> jobs) : IBatchReader<TBatch>
{
    private readonly IAsyncEnumerator<BatchJob<TBatch>> _jobs = jobs.GetAsyncEnumerator(CancellationToken.None);

    public async ValueTask<MadeBatch<TBatch>?> NextAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return await _jobs.MoveNextAsync().ConfigureAwait(false) ? _jobs.Current.Make() : null;
    }

    public Task StopAsync() => _jobs.DisposeAsync().AsTask();
}
