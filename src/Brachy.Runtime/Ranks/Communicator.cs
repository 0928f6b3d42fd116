namespace Brachy.Ranks;

/// <summary>
/// All ranks of a program, and what they do together, over raw memory. Each rank makes the same calls in the same order; a call returns
/// when this rank's part of it is done. Calls from several threads come one after another, in an order that the program must see to.
/// </summary>
internal abstract class Communicator
{
    private static readonly Lock s_gate = new();
    private static Communicator? s_world;

    /// <summary>All ranks; MPI is loaded and started by the first look, if a launcher started this process.</summary>
    /// <exception cref="RankException">MPI cannot be used; the next look tries again.</exception>
    public static Communicator World
    {
        get
        {
            if (Volatile.Read(ref s_world) is { } world)
            {
                return world;
            }

            lock (s_gate)
            {
                return s_world ??= Start();
            }
        }
    }

    /// <summary>The communicator if it has been started, else null.</summary>
    public static Communicator? Started => Volatile.Read(ref s_world);

    /// <summary>Which rank this is, from 0.</summary>
    public abstract int Index { get; }

    /// <summary>How many ranks there are.</summary>
    public abstract int Count { get; }

    /// <summary>Which of the ranks on its machine this is, from 0.</summary>
    public abstract int LocalIndex { get; }

    /// <summary>How many ranks are on this machine.</summary>
    public abstract int LocalCount { get; }

    /// <summary>Makes the values of all ranks one, in place, with the same bits on all ranks.</summary>
    /// <param name="memory">This rank's values, and the result.</param>
    /// <param name="count">How many.</param>
    /// <param name="type">
    /// Their type. Half precision is summed in float32 and rounded once; a sum of bools is refused.
    /// </param>
    /// <param name="op">How.</param>
    /// <param name="what">What it is for, in messages about ranks that hang or disagree.</param>
    public void AllReduce(nint memory, long count, DType type, ReduceOp op, string? what = null)
    {
        Require(memory, count, nameof(memory), nameof(count));
        RequireReducible(type, op);
        AllReduceCore(memory, count, type, op, what);
    }

    /// <summary>Gives all ranks the bytes of one.</summary>
    /// <param name="memory">Where they are on the root, and where they go on the others.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="root">The rank that has them.</param>
    /// <param name="what">What it is for, in messages.</param>
    public void Broadcast(nint memory, long bytes, int root, string? what = null)
    {
        Require(memory, bytes, nameof(memory), nameof(bytes));
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Count);
        BroadcastCore(memory, bytes, root, what);
    }

    /// <summary>Gives all ranks the bytes of each, in the order of ranks.</summary>
    /// <param name="mine">This rank's.</param>
    /// <param name="all">Where those of all go: as many times as there are ranks.</param>
    /// <param name="bytesOfEach">How many of each rank.</param>
    /// <param name="what">What it is for, in messages.</param>
    public void AllGather(nint mine, nint all, long bytesOfEach, string? what = null)
    {
        Require(mine, bytesOfEach, nameof(mine), nameof(bytesOfEach));
        Require(all, bytesOfEach, nameof(all), nameof(bytesOfEach));
        AllGatherCore(mine, all, bytesOfEach, what);
    }

    /// <summary>Makes the values of all ranks one, of which each rank gets its part.</summary>
    /// <param name="all">This rank's values for all: as many times as there are ranks. They are left as they are.</param>
    /// <param name="mine">Where this rank's part goes; not inside <paramref name="all"/>.</param>
    /// <param name="countOfEach">How many values each rank gets.</param>
    /// <param name="type">Their type, as for <see cref="AllReduce"/>.</param>
    /// <param name="op">How.</param>
    /// <param name="what">What it is for, in messages.</param>
    public void ReduceScatter(nint all, nint mine, long countOfEach, DType type, ReduceOp op, string? what = null)
    {
        Require(all, countOfEach, nameof(all), nameof(countOfEach));
        Require(mine, countOfEach, nameof(mine), nameof(countOfEach));
        RequireReducible(type, op);
        ReduceScatterCore(all, mine, countOfEach, type, op, what);
    }

    /// <summary>Waits until all ranks are here.</summary>
    /// <param name="what">What it is for, in messages.</param>
    public abstract void Barrier(string? what = null);

    /// <summary>Ends all ranks at once. Does not return.</summary>
    /// <param name="exitCode">The exit code, not 0.</param>
    public abstract void Abort(int exitCode);

    protected abstract void AllReduceCore(nint memory, long count, DType type, ReduceOp op, string? what);

    protected abstract void BroadcastCore(nint memory, long bytes, int root, string? what);

    protected abstract void AllGatherCore(nint mine, nint all, long bytesOfEach, string? what);

    protected abstract void ReduceScatterCore(nint all, nint mine, long countOfEach, DType type, ReduceOp op, string? what);

    private static Communicator Start()
    {
        var given = Environment.GetEnvironmentVariable(MpiLibrary.Variable);
        var launcher = Launcher.Find(Environment.GetEnvironmentVariable);
        if (launcher.IsAlone || string.Equals(given, "none", StringComparison.OrdinalIgnoreCase))
        {
            return new SingleRank();
        }

        if (launcher.Kind == LauncherKind.SlurmAlone)
        {
            throw new RankException(
                $"{launcher} started {launcher.Count} tasks that cannot know of each other. Use srun --mpi=pmix (srun --mpi=list says what "
                + $"there is), or mpirun; where the tasks are to be on their own, set {MpiLibrary.Variable}=none.");
        }

        return MpiStart.Start(launcher, given);
    }

    private static void Require(nint memory, long count, string memoryName, string countName)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count, countName);
        if (memory == 0 && count > 0)
        {
            throw new ArgumentNullException(memoryName);
        }
    }

    private static void RequireReducible(DType type, ReduceOp op)
    {
        DTypes.RequireDefined("all-reduce", type);
        if (!Enum.IsDefined(op))
        {
            throw new ArgumentOutOfRangeException(nameof(op), op, "Not a reduction.");
        }

        if (type == DType.Bool && op == ReduceOp.Sum)
        {
            throw new DTypeException("all-reduce: bools have no sum; use max (whether any is true), min (all), or convert them first.");
        }
    }
}
