using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy.Ranks;

/// <summary>
/// All ranks, by MPI. Collectives are posted and then tested for, so that a rank that waits can find out why. Besides, each rank tells the
/// one to its right which call it makes (<see cref="CallRecord"/>), and compares what the one to its left says with its own: when all
/// pairs agree, all ranks do. That message is on its way while the collective is, and the end of a program is such a call too.
/// </summary>
internal sealed unsafe partial class MpiCommunicator : Communicator
{
    // From here on ranks compare before they post: it takes less than the call, and one that nobody agrees to touches no memory.
    private const long SmallBytes = 1 << 16;

    private const int CallTag = 1;
    private const int ReportTag = 2;

    private readonly Lock _gate = new();
    private readonly MpiFunctions _mpi;
    private readonly MpiHandles _handles;
    private readonly nint _data;
    private readonly nint _control;
    private readonly bool _isOurs;
    private readonly int _left;
    private readonly int _right;

    // Native memory: what MPI reads and writes while this thread does other things.
    private readonly CallRecord* _mine;
    private readonly CallRecord* _theirs;

    private string? _what;
    private int _localIndex;
    private int _localCount = 1;
    private bool _isCrowded;
    private nint _sending;
    private nint _receiving;
    private bool _isSending;
    private bool _isReceiving;
    private RankException? _fault;

    public MpiCommunicator(MpiFunctions mpi, MpiHandles handles, nint data, nint control, int index, int count, bool isOurs)
    {
        (_mpi, _handles, _data, _control, _isOurs, Index, Count) = (mpi, handles, data, control, isOurs, index, count);
        (_left, _right) = ((index + count - 1) % count, (index + 1) % count);
        _mine = (CallRecord*)NativeMemory.AllocZeroed(2 * CallRecord.Size);
        _theirs = _mine + 1;
    }

    public override int Index { get; }

    public override int Count { get; }

    public override int LocalIndex => _localIndex;

    public override int LocalCount => _localCount;

    /// <summary>How many elements one call of MPI takes at most; tests make it small.</summary>
    internal long PieceLength { get; set; } = 1 << 28;

    /// <summary>Finds out which ranks share this machine, and watches over them.</summary>
    /// <param name="machine">The machine's name.</param>
    /// <param name="isToTell">
    /// Whether to say which rank is which process, once for each machine: where a launcher names only the process of a rank that was
    /// killed, and kills the others before they can say more.
    /// </param>
    public void Meet(string machine, bool isToTell)
    {
        // Names are compared by a hash: a machine of the same hash would be taken for this one, which only misleads LocalIndex.
        var hash = unchecked((long)14695981039346656037UL);
        foreach (var letter in machine + PeerWatch.Numbering)
        {
            hash = unchecked((hash ^ letter) * 1099511628211L);
        }

        var mine = (Machine: hash, Process: (long)Environment.ProcessId);
        var all = new (long Machine, long Process)[Count];
        fixed (void* memory = all)
        {
            var size = 2 * sizeof(long);
            nint request = 0;
            Check(
                _mpi.AllGather((nint)(&mine), size, _handles.Byte, (nint)memory, size, _handles.Byte, _data, &request), "MPI_Iallgather");
            Wait(&request, (long)Count * size);
        }

        var peers = Enumerable.Range(0, Count).Where(rank => all[rank].Machine == hash).ToArray();
        _localIndex = Array.IndexOf(peers, Index);
        _localCount = peers.Length;
        _isCrowded = _localCount > Cores();
        if (isToTell && _localIndex == 0)
        {
            RankFaults.Say($"{machine}: {string.Join(", ", peers.Select(rank => $"rank {rank} is process {all[rank].Process}"))}");
        }

        PeerWatch.Begin([.. peers.Where(rank => rank != Index).Select(rank => (rank, (int)all[rank].Process))], PeerIsGone);
    }

    public override void Barrier(string? what = null)
    {
        lock (_gate)
        {
            Begin(CallKind.Barrier, 0, DType.UInt8, ReduceOp.Sum, 0, 0, what);
            nint request = 0;
            Check(_mpi.Barrier(_data, &request), "MPI_Ibarrier");
            Wait(&request, 0);
            End();
        }
    }

    /// <summary>How many cores this machine has: .NET counts those that the launcher left to this rank.</summary>
    private static int Cores()
    {
        try
        {
            return ThreadSettings.CountList(File.ReadAllText("/sys/devices/system/cpu/online").Trim());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return Environment.ProcessorCount;
        }
    }

    /// <summary>Begins a call: tells the right neighbour, and listens to the left one.</summary>
    private void Begin(CallKind kind, long count, DType type, ReduceOp op, int root, long bytes, string? what)
    {
        if (_fault is not null)
        {
            throw new RankException($"The ranks cannot go on after: {_fault.Message}", _fault);
        }

        if (_hasEnded)
        {
            throw new RankException($"This program has ended MPI, and no {nameof(Rank)} can be reached any more.");
        }

        _mine->Sequence++;
        _mine->Kind = kind;
        _mine->Count = count;
        _mine->Type = type;
        _mine->Op = op;
        _mine->Root = root;
        _mine->From = Index;
        if (!ReferenceEquals(what, _what))
        {
            _mine->Label = what ?? "";
            _what = what;
        }

        fixed (nint* receiving = &_receiving, sending = &_sending)
        {
            Check(_mpi.Receive((nint)_theirs, CallRecord.Size, _handles.Byte, _left, CallTag, _control, receiving), "MPI_Irecv");
            _isReceiving = true;
            Check(_mpi.Send((nint)_mine, CallRecord.Size, _handles.Byte, _right, CallTag, _control, sending), "MPI_Isend");
            _isSending = true;
        }

        if (bytes > SmallBytes)
        {
            WaitForAgreement();
        }
    }

    /// <summary>Ends a call: its results are good only when the left neighbour made the same.</summary>
    private void End()
    {
        WaitForAgreement();
        _reached = _mine->Kind == CallKind.Broadcast ? _reached : _mine->Sequence;
    }

    private void WaitForAgreement()
    {
        if (_isReceiving && !HasAgreed())
        {
            var wait = new Waiting(0, _isCrowded);
            while (!HasAgreed())
            {
                Pause(ref wait);
            }
        }

        if (_isSending)
        {
            fixed (nint* sending = &_sending)
            {
                Wait(sending, 0);
            }

            _isSending = false;
        }
    }

    /// <summary>Whether the left neighbour has said what it does.</summary>
    /// <exception cref="RankException">It does something else.</exception>
    private bool HasAgreed()
    {
        if (!_isReceiving)
        {
            return true;
        }

        int flag;
        fixed (nint* receiving = &_receiving)
        {
            Check(_mpi.Test(receiving, &flag, _handles.StatusIgnore), "MPI_Test");
        }

        if (flag == 0)
        {
            return false;
        }

        _isReceiving = false;
        Compare(*_theirs);
        return true;
    }

    /// <summary>Waits for a request.</summary>
    /// <param name="request">It, in memory that does not move.</param>
    /// <param name="bytes">How much it moves: other programs get this core when it takes longer than that could.</param>
    private void Wait(nint* request, long bytes)
    {
        var wait = new Waiting(bytes, _isCrowded);
        while (true)
        {
            int flag;
            var code = _mpi.Test(request, &flag, _handles.StatusIgnore);
            if (code != 0)
            {
                throw Failure(code, "MPI_Test");
            }

            if (flag != 0)
            {
                return;
            }

            Pause(ref wait);
        }
    }

    private void Check(int code, string function)
    {
        if (code != 0)
        {
            throw Failure(code, function);
        }
    }
}
