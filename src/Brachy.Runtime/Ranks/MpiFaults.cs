using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Brachy.Ranks;

/// <summary>What a rank does while it waits: finds out which others do something else, have ended, or hang.</summary>
internal sealed unsafe partial class MpiCommunicator
{
    private const int MaxNamed = 8;
    private const int FirstToAsk = 64;
    private static readonly TimeSpan s_beforeLooking = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(5);

    // For an answer of a rank that waits, too; and so that the lowest rank speaks first.
    private static readonly TimeSpan s_answerTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patienceOfLaterRanks = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan s_afterError = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, CallRecord> _reports = [];
    private long _reached;

    private void Pause(ref Waiting wait)
    {
        if (!wait.Pass())
        {
            return;
        }

        if (Volatile.Read(ref _abortCode) is var code and not 0)
        {
            AbortNow(code);
        }

        // A call that ranks disagree about may never end.
        HasAgreed();
        var elapsed = wait.Elapsed;
        if (elapsed < s_beforeLooking || Stopwatch.GetElapsedTime(wait.LookedAt) < s_betweenLooks)
        {
            return;
        }

        wait.LookedAt = Stopwatch.GetTimestamp();
        ReadReports();
        if (wait.AskedAt != 0)
        {
            var patience = s_answerTime + (s_patienceOfLaterRanks * Math.Min(Index, 10));
            if (Stopwatch.GetElapsedTime(wait.AskedAt) > patience)
            {
                EndHang();
            }
        }
        else if (_mine->Kind != CallKind.End && _mine->Sequence > 0 && Rank.HangTimeout is var limit && limit > TimeSpan.Zero
            && elapsed > limit + (Count > FirstToAsk && Index >= MaxNamed ? 4 * s_answerTime : TimeSpan.Zero))
        {
            wait.AskedAt = Stopwatch.GetTimestamp();
            Ask();
        }
    }

    private void Ask()
    {
        _reports.Clear();
        for (var rank = 0; rank < Count; rank++)
        {
            if (rank != Index)
            {
                Report(rank, isQuestion: true);
            }
        }
    }

    /// <summary>Tells a rank what this one does.</summary>
    private void Report(int rank, bool isQuestion)
    {
        // It is rarely sent, and small: the memory is left to MPI.
        var record = (CallRecord*)NativeMemory.Alloc(CallRecord.Size);
        *record = *_mine;
        record->IsQuestion = isQuestion;
        nint request = 0;
        Check(_mpi.Send((nint)record, CallRecord.Size, _handles.Byte, rank, ReportTag, _control, &request), "MPI_Isend");
    }

    /// <summary>Reads what others say, and answers, but at the end.</summary>
    private void ReadReports(bool isLast = false)
    {
        while (true)
        {
            int flag;
            Check(_mpi.Probe(_handles.AnySource, ReportTag, _control, &flag, _handles.StatusIgnore), "MPI_Iprobe");
            if (flag == 0)
            {
                return;
            }

            CallRecord report;
            nint request = 0;
            Check(
                _mpi.Receive((nint)(&report), CallRecord.Size, _handles.Byte, _handles.AnySource, ReportTag, _control, &request),
                "MPI_Irecv");
            do
            {
                Check(_mpi.Test(&request, &flag, _handles.StatusIgnore), "MPI_Test");
            }
            while (flag == 0);
            if (isLast)
            {
                continue;
            }

            _reports[report.From] = report;
            if (report.IsQuestion)
            {
                Report(report.From, isQuestion: false);
            }

            if (report.Sequence == _mine->Sequence)
            {
                Compare(report);
            }
        }
    }

    /// <summary>Ends all ranks, and says which did not come.</summary>
    private void EndHang()
    {
        var limit = Rank.HangTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var missing = Enumerable.Range(0, Count).Where(rank => rank != Index && !_reports.ContainsKey(rank)).ToArray();
        var call = $"collective {_mine->Sequence} ({*_mine})";
        var text = new StringBuilder();
        foreach (var rank in missing.Take(MaxNamed))
        {
            var heard = _reached > 0 ? $"last heard in {_reached}" : "not heard before";
            text.AppendLine($"rank {rank} has not reached {call} within {limit} s; {heard}");
        }

        if (missing.Length > MaxNamed)
        {
            text.AppendLine($"nor have {missing.Length - MaxNamed} others");
        }

        if (missing.Length == 0)
        {
            text.AppendLine($"all {Count} ranks are in {call}, or beyond, but rank {Index} has waited for it for {limit} s: does the "
                + "network work between all machines?");
        }

        text.Append($"rank {Index} of {Count} ends all ranks; {nameof(Rank)}.{nameof(Rank.HangTimeout)} or {Rank.HangVariable} lets them "
            + "wait longer");
        RankFaults.Say(text.ToString());
        AbortNow(1);
    }

    /// <exception cref="RankException">Another rank does something else in this call.</exception>
    private void Compare(in CallRecord other)
    {
        if (other.Agrees(*_mine))
        {
            return;
        }

        var (here, there) = ($"collective {_mine->Sequence} ({*_mine})", $"collective {other.Sequence} ({other})");
        var message = other.Kind == CallKind.End
            ? $"Rank {other.From} has ended with exit code {other.Root}, but rank {Index} is in {here}, which needs all ranks."
            : _mine->Kind == CallKind.End
                ? $"Rank {Index} has ended with exit code {_mine->Root}, but rank {other.From} is in {there}, which needs all ranks."
                : $"Ranks disagree: {there} on rank {other.From} is {here} on rank {Index}. All ranks must do the same in the same order.";
        throw _fault = new RankException(message, _mine->Kind == CallKind.End ? Index : other.From);
    }

    /// <summary>What to throw after an error of MPI: most often ranks that disagree are behind it, which they will say.</summary>
    private RankException Failure(int code, string function)
    {
        if (_fault is not null)
        {
            return _fault;
        }

        var call = $"collective {_mine->Sequence} ({*_mine})";
        var failure = new RankException($"{function} failed on rank {Index} of {Count} in {call}: {_mpi.Describe(code)}");
        _fault = failure;
        var start = Stopwatch.GetTimestamp();
        while (_isReceiving && Stopwatch.GetElapsedTime(start) < s_afterError)
        {
            int flag;
            fixed (nint* receiving = &_receiving)
            {
                if (_mpi.Test(receiving, &flag, _handles.StatusIgnore) != 0)
                {
                    return failure;
                }
            }

            if (flag != 0)
            {
                _isReceiving = false;
                Compare(*_theirs);
            }

            Thread.Sleep(1);
        }

        return failure;
    }
}
