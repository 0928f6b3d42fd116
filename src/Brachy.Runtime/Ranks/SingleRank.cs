namespace Brachy.Ranks;

/// <summary>The only rank of a program that no launcher started, or of a launcher of one.</summary>
internal sealed unsafe class SingleRank : Communicator
{
    public override int Index => 0;

    public override int Count => 1;

    public override int LocalIndex => 0;

    public override int LocalCount => 1;

    public override void Barrier(string? what = null)
    {
    }

    public override void Abort(int exitCode) => Environment.Exit(exitCode);

    protected override void AllReduceCore(nint memory, long count, DType type, ReduceOp op, string? what)
    {
    }

    protected override void BroadcastCore(nint memory, long bytes, int root, string? what)
    {
    }

    protected override void AllGatherCore(nint mine, nint all, long bytesOfEach, string? what) => Copy(mine, all, bytesOfEach);

    protected override void ReduceScatterCore(nint all, nint mine, long countOfEach, DType type, ReduceOp op, string? what) =>
        Copy(all, mine, countOfEach * type.ItemSize());

    private static void Copy(nint from, nint to, long bytes)
    {
        if (from != to)
        {
            System.Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
        }
    }
}
