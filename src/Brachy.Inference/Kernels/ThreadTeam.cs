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
/// Threads that do the parts of some work together with their caller. Each begins with its share of them, from the first on, and then takes
/// the last of others': works that follow each other cut the same values in the same way, and find what they read in the cache of their
/// core. The threads look for work for a moment and then sleep. A caller that finds the team at work, as one inside of a part does, does
/// all parts itself. Nothing is allocated once the threads are there.
/// </summary>
internal sealed unsafe class ThreadTeam : IDisposable
{
    // The numbers of works come again after 2^28 of them, when no thread still looks at the first.
    private const int PartBits = 18;
    private const int MostParts = (1 << PartBits) - 1;
    private const int PausesPerLook = 4;

    // Shares lie in cache lines of their own.
    private const int ShareStride = 16;

    // Longer than what lies between two large pieces of a step; waking a thread takes 10 to 50 µs.
    private static readonly long s_lookTime = Stopwatch.Frequency / 20_000;

    [ThreadStatic]
    private static int s_threads;

    private Worker[] _workers = [];
    private int _isBusy;
    private volatile bool _isClosed;

    // For each member the number of the work, the first part of its share that nobody has taken, and the one after the last. Only who has
    // taken one by exchanging this may believe what he has read of the other fields: they stay as they are until all parts are done.
    private long[] _shares = new long[ShareStride];
    private long _number;
    private delegate*<void*, int, int, void> _run;
    private void* _work;
    private int _first;
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

        ExceptionDispatchInfo? failure = null;
        try
        {
            Hire(threads - 1);
            _run = &RunPart<TWork>;
            _work = &work;
            for (var first = 0L; first < parts && failure is null; first += MostParts)
            {
                failure = RunShares(threads, (int)first, (int)Math.Min(MostParts, parts - first));
            }
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
            // Threads that are there may still look at the old ones, in which nothing is left.
            Volatile.Write(ref _shares, new long[(workers + 1) * ShareStride]);
            _workers = [.. _workers, .. Enumerable.Range(_workers.Length + 1, workers - _workers.Length).Select(i => new Worker(this, i))];
        }
    }

    /// <summary>Does as many parts as have room in a share, from one on.</summary>
    /// <returns>What one of them has thrown; null for nothing.</returns>
    private ExceptionDispatchInfo? RunShares(int threads, int first, int count)
    {
        (_first, _unfinished) = (first, count);
        _number++;
        for (var i = 0; i < threads; i++)
        {
            Interlocked.Exchange(
                ref _shares[i * ShareStride], Share((int)((long)count * i / threads), (int)((long)count * (i + 1) / threads)));
        }

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

        var failure = _failure;
        _failure = null;
        return failure;
    }

    private long Share(int first, int end) => (_number << (2 * PartBits)) | ((long)first << PartBits) | (long)end;

    /// <summary>Does a part that nobody has taken.</summary>
    /// <returns>False when there is none.</returns>
    private bool RunsPart(int member)
    {
        var shares = Volatile.Read(ref _shares);
        var count = shares.Length / ShareStride;
        if (member >= count)
        {
            return false;
        }

        // Who has no share of a work yet, or never has one, takes nothing of others'.
        var number = Volatile.Read(ref shares[member * ShareStride]) >> (2 * PartBits);
        for (var i = 0; i < count; i++)
        {
            var owner = member + i < count ? member + i : member + i - count;
            if (RunsPartOf(ref shares[owner * ShareStride], number, member, i == 0))
            {
                return true;
            }
        }

        return false;
    }

    private bool RunsPartOf(ref long share, long number, int member, bool isOwn)
    {
        var state = Volatile.Read(ref share);
        while (true)
        {
            var (first, end) = ((int)(state >> PartBits) & MostParts, (int)state & MostParts);
            var run = _run;
            var work = _work;
            var start = _first;
            if (first >= end || state >> (2 * PartBits) != number)
            {
                return false;
            }

            var seen = Interlocked.CompareExchange(ref share, isOwn ? state + (1L << PartBits) : state - 1, state);
            if (seen != state)
            {
                state = seen;
                continue;
            }

            try
            {
                run(work, start + (isOwn ? first : end - 1), member);
            }
            catch (Exception error)
            {
                _failure ??= ExceptionDispatchInfo.Capture(error);
            }

            Interlocked.Decrement(ref _unfinished);
            return true;
        }
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
