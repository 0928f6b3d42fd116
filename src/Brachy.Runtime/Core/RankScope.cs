namespace Brachy;

/// <summary>
/// A data-parallel function that runs on this thread: each rank has its share of the batch, and optimizers use means over the ranks.
/// </summary>
/// <param name="axis">A further name of the ranks, for collectives and layers.</param>
/// <param name="shares">Into how many shares the batch of all ranks is cut for random draws; 0 for one for each rank.</param>
/// <param name="outer">The scope around.</param>
internal sealed class RankScope(string axis, int shares, RankScope? outer) : IDisposable, IThreadScope<RankScope>
{
    [ThreadStatic]
    private static RankScope? s_first;

    private volatile bool _isClosed;

    /// <summary>The data-parallel function that runs, if any.</summary>
    public static RankScope? Current => ThreadScopes.Innermost(ref s_first);

    /// <summary>A further name of the ranks.</summary>
    public string Axis { get; } = axis;

    /// <summary>Into how many shares the batch of all ranks is cut for random draws; 0 for one for each rank.</summary>
    public int Shares { get; } = shares;

    public RankScope? Outer { get; } = outer;

    public bool IsClosed => _isClosed;

    /// <summary>Whether gradients are combined by who asked for them, and not where they are taken.</summary>
    public bool IsPaused { get; private set; }

    public static RankScope Begin(string axis, int shares) => s_first = new(axis, shares, Current);

    /// <summary>Whether a data-parallel function that runs gives the ranks a name.</summary>
    public static bool Names(string name)
    {
        for (var scope = Current; scope is not null; scope = ThreadScopes.OpenFrom(scope.Outer))
        {
            if (scope.Axis == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs a function that takes gradients which the caller combines over the ranks.</summary>
    public T Paused<T>(Func<T> function)
    {
        var before = IsPaused;
        IsPaused = true;
        try
        {
            return function();
        }
        finally
        {
            IsPaused = before;
        }
    }

    public void Dispose() => _isClosed = true;
}
