using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Brachy.Ranks;

namespace Brachy;

/// <summary>
/// This process among those that a launcher such as <c>mpirun</c> or <c>srun</c> started to train one model together. A program that
/// was started by itself is rank 0 of 1, and needs no MPI. The first look loads and starts MPI, for which all ranks must come; when the
/// program ends, MPI is ended too. If one rank fails, exits with a code other than 0, or is killed, all ranks end.
/// </summary>
public static partial class Rank
{
    /// <summary>
    /// The name of the axis of all ranks, for collectives (<c>F.pmean(x, Rank.Axis)</c>) and the setting <c>batch_axis</c> of layers.
    /// </summary>
    public const string Axis = "ranks";

    /// <summary>The environment variable that sets <see cref="HangTimeout"/>: seconds, or 0 for no limit.</summary>
    internal const string HangVariable = "BRACHY_HANG_TIMEOUT";

    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromMinutes(5);
    private static long s_timeout = FromEnvironment().Ticks;

    /// <summary>Which rank this is, from 0.</summary>
    /// <exception cref="RankException">MPI cannot be used: the message says why.</exception>
    public static int Index => Communicator.World.Index;

    /// <summary>How many ranks there are.</summary>
    /// <exception cref="RankException">MPI cannot be used: the message says why.</exception>
    public static int Count => Communicator.World.Count;

    /// <summary>Which of the ranks on its machine this is, from 0: to choose a GPU by, for example.</summary>
    /// <exception cref="RankException">MPI cannot be used: the message says why.</exception>
    public static int LocalIndex => Communicator.World.LocalIndex;

    /// <summary>Whether this is rank 0: the one that prints, and writes files.</summary>
    /// <exception cref="RankException">MPI cannot be used: the message says why.</exception>
    public static bool IsFirst => Index == 0;

    /// <summary>
    /// How long a rank waits for others in a collective before it ends all, naming those that did not come: 5 minutes by default, or
    /// what the variable <c>BRACHY_HANG_TIMEOUT</c> says, in seconds (0: no limit). It must be longer than what one rank may do alone,
    /// such as writing a checkpoint, compiling, or measuring
    /// the costs of the machine. <see cref="Timeout.InfiniteTimeSpan"/> is no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or negative, and not infinite.</exception>
    public static TimeSpan HangTimeout
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref s_timeout));
        set
        {
            if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, $"The time must be positive, or {nameof(Timeout)}.{nameof(Timeout.InfiniteTimeSpan)}.");
            }

            Interlocked.Exchange(ref s_timeout, value.Ticks);
        }
    }

    /// <summary>Waits until all ranks are here.</summary>
    /// <exception cref="RankException">Another rank does something else, or has ended.</exception>
    public static void Barrier() => Communicator.World.Barrier();

    /// <summary>Ends all ranks with exit code 1, and writes the message with this rank's number to standard error.</summary>
    /// <param name="message">Why.</param>
    [DoesNotReturn]
    public static void Fail(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var world = Communicator.World;
        RankFaults.Say($"rank {world.Index} of {world.Count} failed: {message}");
        world.Abort(1);
        throw new RankException(message, world.Index);
    }

    private static TimeSpan FromEnvironment() =>
        !double.TryParse(Environment.GetEnvironmentVariable(HangVariable), CultureInfo.InvariantCulture, out var seconds)
            || double.IsNaN(seconds) ? s_defaultTimeout
        : seconds <= 0 || seconds > TimeSpan.MaxValue.TotalSeconds / 2 ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromSeconds(seconds);
}
