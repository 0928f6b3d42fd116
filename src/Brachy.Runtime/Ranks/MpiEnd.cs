namespace Brachy.Ranks;

/// <summary>How a rank ends: together with all others, or at once and all others with it.</summary>
internal sealed unsafe partial class MpiCommunicator
{
    private static readonly TimeSpan s_toAbort = TimeSpan.FromSeconds(2);

    // For the launcher to take what this rank has written, some of which Open MPI's loses otherwise.
    private static readonly TimeSpan s_toBeRead = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan s_forLauncher = TimeSpan.FromSeconds(0.5);
    private int _abortCode;
    private bool _hasEnded;

    public override void Abort(int exitCode)
    {
        if (_gate.TryEnter())
        {
            AbortNow(exitCode);
        }

        // Another thread is in a collective, and looks here while it waits.
        Volatile.Write(ref _abortCode, exitCode);
        Thread.Sleep(s_toAbort);
        AbortNow(exitCode);
    }

    /// <summary>Ends this rank with exit code 0, when all others have come to their end too.</summary>
    /// <exception cref="RankException">Another rank waits for this one in a collective.</exception>
    public void Finish()
    {
        if (!_gate.TryEnter(s_toAbort))
        {
            throw new RankException($"rank {Index} has ended while another of its threads is in collective {_mine->Sequence} ({*_mine})");
        }

        if (_hasEnded)
        {
            return;
        }

        if (_fault is not null)
        {
            throw _fault;
        }

        Begin(CallKind.End, 0, DType.UInt8, ReduceOp.Sum, 0, 0, null);
        WaitForAgreement();
        nint request = 0;
        Check(_mpi.Barrier(_control, &request), "MPI_Ibarrier");
        Wait(&request, 0);
        ReadReports(isLast: true);
        _hasEnded = true;
        if (_isOurs)
        {
            _mpi.Finalize();
        }
    }

    private void PeerIsGone(int rank, int process)
    {
        // A launcher that ends all ranks itself has said why. And a rank that ends as it should waits for all others to do so.
        Thread.Sleep(s_forLauncher);
        if (!_hasEnded && _mine->Kind != CallKind.End)
        {
            RankFaults.Say($"rank {rank} of {Count} failed: its process, {process}, is gone; rank {Index} ends all ranks");
            Abort(1);
        }
    }

    private void AbortNow(int exitCode)
    {
        // Where MPI cannot end itself, the process must.
        Thread.Sleep(s_toBeRead);
        var timer = new Timer(_ => RankFaults.Leave(exitCode), null, s_toAbort, Timeout.InfiniteTimeSpan);
        _mpi.Abort(_handles.World, exitCode);
        Thread.Sleep(s_toAbort);
        timer.Dispose();
        RankFaults.Leave(exitCode);
    }
}
