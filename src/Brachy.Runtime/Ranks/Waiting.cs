using System.Diagnostics;

namespace Brachy.Ranks;

/// <summary>
/// How a rank waits. MPI makes progress only while it is called, so it is called again and again: at once while an answer may be near,
/// then with the core offered to others in between, and when the call takes longer than its bytes could, now and then.
/// </summary>
/// <param name="bytes">How much is to be moved.</param>
/// <param name="isCrowded">Whether this machine has more ranks than cores.</param>
internal struct Waiting(long bytes, bool isCrowded)
{
    // About 0.3 ms: a core that is offered to others may be gone for some milliseconds, which is much for an exchange in many parts. Where
    // ranks share cores, the other is waited for in vain.
    private const int QuickRounds = 2000;
    private const int QuickRoundsOfCrowd = 50;

    // A slow network moves so many bytes a millisecond; on a faster one nobody gets beyond this by moving bytes.
    private const long BytesPerMillisecond = 10_000;
    private const long ShortestMilliseconds = 20;

    private readonly int _quickRounds = isCrowded ? QuickRoundsOfCrowd : QuickRounds;
    private int _rounds;
    private long _start;

    /// <summary>Whether the rank has asked the others what they do, and when.</summary>
    public long AskedAt;

    /// <summary>When it looked for messages of others.</summary>
    public long LookedAt;

    /// <summary>Lets others compute for a moment, if there is no answer at once.</summary>
    /// <returns>Whether it is worth looking around.</returns>
    public bool Pass()
    {
        if (_rounds < _quickRounds)
        {
            _rounds++;
            return false;
        }

        if (_start == 0)
        {
            _start = Stopwatch.GetTimestamp();
        }

        if (Elapsed.TotalMilliseconds > ShortestMilliseconds + (bytes / BytesPerMillisecond))
        {
            Thread.Sleep(1);
        }
        else
        {
            Thread.Yield();
        }

        return true;
    }

    /// <summary>How long it has waited.</summary>
    public readonly TimeSpan Elapsed => _start == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_start);
}
