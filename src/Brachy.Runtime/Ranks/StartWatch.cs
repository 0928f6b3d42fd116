namespace Brachy.Ranks;

/// <summary>Ends a process whose start of MPI waits for ranks that do not come.</summary>
internal sealed class StartWatch : IDisposable
{
    private readonly Timer? _timer;

    private StartWatch(Launcher launcher)
    {
        if (Rank.HangTimeout is var limit && limit > TimeSpan.Zero)
        {
            _timer = new(
                _ =>
                {
                    RankFaults.Say($"rank {launcher.Index?.ToString() ?? "?"} of {launcher.Count?.ToString() ?? "?"}: not all ranks have "
                        + $"started MPI within {limit.TotalSeconds:0.#} s (each must use {nameof(Rank)} or a collective); ending.");
                    RankFaults.Leave(1);
                },
                null, limit, Timeout.InfiniteTimeSpan);
        }
    }

    public static StartWatch Begin(Launcher launcher) => new(launcher);

    public void Dispose() => _timer?.Dispose();
}
