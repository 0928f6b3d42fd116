using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Brachy.Compilation;

/// <summary>Work that is cut into parts, which may run at the same time.</summary>
internal interface ITeamWork
{
    /// <summary>Does a part.</summary>
    /// <param name="part">Which one.</param>
    /// <param name="member">Who does it: different for what runs at the same time, and less than the number of parts.</param>
    void Run(int part, int member);
}

/// <summary>
/// Threads that do the parts of some work together with their caller. They look for work for a moment and then sleep. A caller that finds
/// the team at work, as one inside of a part does, does all parts itself. Nothing is allocated once the threads are there.
/// </summary>
internal sealed unsafe class ThreadTeam : IDisposable
{
    private const int PartBits = 31;
    private const long PartMask = int.MaxValue;
    private const int PausesPerLook = 4;

    // Longer than what lies between two large pieces of a step; waking a thread takes 10 to 50 µs.
    private static readonly long s_lookTime = Stopwatch.Frequency / 20_000;

    [ThreadStatic]
    private static int s_threads;

    private Worker[] _workers = [];
    private int _isBusy;
    private volatile bool _isClosed;

    // The number of the work, and how many of its parts nobody has taken yet. Only who has taken one by exchanging this may believe what
    // he has read of the other fields: they stay as they are until all parts are done.
    private long _state;
    private delegate*<void*, int, int, void> _run;
    private void* _work;
    private int _parts;
    private int _threads;
    private int _unfinished;
    private ExceptionDispatchInfo? _failure;

    /// <summary>The team of this process.</summary>
    public static ThreadTeam Shared { get; } = new();

    /// <summary>How many threads, itself included, the calling thread lets work on what it computes; 1 unless it was set.</summary>
    public static int ThreadsOfCaller
    {
        get => Math.Max(1, s_threads);
        set => s_threads = value;
    }

    /// <summary>Does all parts with as many threads as the caller lets work.</summary>
    /// <inheritdoc cref="Run{TWork}(int, int, TWork)"/>
    public static void Run<TWork>(int parts, TWork work)
        where TWork : unmanaged, ITeamWork => Shared.Run(ThreadsOfCaller, parts, work);

    /// <summary>Does all parts. What one of them throws is thrown when all have ended.</summary>
    /// <param name="threads">The most threads to use, with the caller.</param>
    /// <param name="parts">The number of parts.</param>
    /// <param name="work">What to do.</param>
    public void Run<TWork>(int threads, int parts, TWork work)
        where TWork : unmanaged, ITeamWork
    {
        threads = Math.Min(threads, parts);
        if (threads <= 1 || Interlocked.CompareExchange(ref _isBusy, 1, 0) != 0)
        {
            for (var part = 0; part < parts; part++)
            {
                work.Run(part, 0);
            }

            return;
        }

        ExceptionDispatchInfo? failure;
        try
        {
            Hire(threads - 1);
            _run = &RunPart<TWork>;
            _work = &work;
            (_parts, _threads, _unfinished) = (parts, threads, parts);
            Interlocked.Exchange(ref _state, (((_state >> PartBits) + 1) << PartBits) | (long)parts);
            for (var i = 0; i < threads - 1; i++)
            {
                _workers[i].Wake();
            }

            while (RunsPart(0))
            {
            }

            var wait = default(SpinWait);
            while (Volatile.Read(ref _unfinished) > 0)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }

            (failure, _failure) = (_failure, null);
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }

        failure?.Throw();
    }

    /// <summary>Ends the threads. Work that comes later has new ones.</summary>
    public void Dispose()
    {
        _isClosed = true;
        Array.ForEach(_workers, worker => worker.Wake());
    }

    private static void RunPart<TWork>(void* work, int part, int member)
        where TWork : unmanaged, ITeamWork => ((TWork*)work)->Run(part, member);

    private void Hire(int workers)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_workers.Length < workers)
        {
            _workers = [.. _workers, .. Enumerable.Range(_workers.Length + 1, workers - _workers.Length).Select(i => new Worker(this, i))];
        }
    }

    /// <summary>Does a part that nobody has taken.</summary>
    /// <returns>False when there is none.</returns>
    private bool RunsPart(int member)
    {
        var state = Volatile.Read(ref _state);
        while ((state & PartMask) != 0)
        {
            var run = _run;
            var work = _work;
            var (parts, threads) = (_parts, _threads);
            if (member >= threads)
            {
                return false;
            }

            var seen = Interlocked.CompareExchange(ref _state, state - 1, state);
            if (seen != state)
            {
                state = seen;
                continue;
            }

            try
            {
                run(work, parts - (int)(state & PartMask), member);
            }
            catch (Exception error)
            {
                _failure ??= ExceptionDispatchInfo.Capture(error);
            }

            Interlocked.Decrement(ref _unfinished);
            return true;
        }

        return false;
    }

    /// <summary>A thread of the team.</summary>
    private sealed class Worker
    {
        private readonly ThreadTeam _team;
        private readonly int _member;
        private readonly AutoResetEvent _bell = new(initialState: false);
        private int _isAsleep;

        public Worker(ThreadTeam team, int member)
        {
            (_team, _member) = (team, member);
            new Thread(Work) { IsBackground = true, Name = $"Brachy vector code {member}" }.UnsafeStart();
        }

        public void Wake()
        {
            if (Volatile.Read(ref _isAsleep) != 0 && Interlocked.Exchange(ref _isAsleep, 0) != 0)
            {
                _bell.Set();
            }
        }

        private void Work()
        {
            while (!_team._isClosed)
            {
                var end = Stopwatch.GetTimestamp() + s_lookTime;
                while (Stopwatch.GetTimestamp() < end)
                {
                    if (_team.RunsPart(_member))
                    {
                        end = Stopwatch.GetTimestamp() + s_lookTime;
                    }
                    else
                    {
                        Thread.SpinWait(PausesPerLook);
                    }
                }

                Interlocked.Exchange(ref _isAsleep, 1);

                // Work that came before this thread was seen asleep; who has seen it rings.
                if ((!_team._isClosed && !_team.RunsPart(_member)) || Interlocked.Exchange(ref _isAsleep, 0) == 0)
                {
                    _bell.WaitOne();
                }
            }
        }
    }
}
