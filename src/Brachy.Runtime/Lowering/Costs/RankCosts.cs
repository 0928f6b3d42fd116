using System.Runtime.ExceptionServices;
using System.Text;
using Brachy.Ranks;

namespace Brachy.Compilation;

/// <summary>Gives all ranks the costs of rank 0, so that they compile alike on machines that differ.</summary>
internal static unsafe class RankCosts
{
    private const string What = "the costs of the machine of rank 0";
    private const long Failed = -1;

    /// <summary>The costs of rank 0, on all ranks. All must come.</summary>
    /// <param name="choose">Called on rank 0 alone; what it throws is thrown there.</param>
    /// <exception cref="RankException">Rank 0 could not choose: on the others.</exception>
    public static MachineCosts OfFirst(Func<MachineCosts> choose)
    {
        MachineCosts? costs = null;
        ExceptionDispatchInfo? failure = null;
        try
        {
            costs = Rank.IsFirst ? choose() : null;
        }
        catch (Exception error)
        {
            // The others wait already.
            failure = ExceptionDispatchInfo.Capture(error);
        }

        // The fixed ones have no text.
        var text = costs is null || costs.Equals(MachineCosts.Fixed) ? [] : Encoding.UTF8.GetBytes(CostFile.Write(costs));
        var length = failure is null ? text.Length : Failed;
        Communicator.World.Broadcast((nint)(&length), sizeof(long), 0, What);
        failure?.Throw();
        if (length == Failed)
        {
            throw new RankException("Rank 0 could not choose the costs by which all ranks compile; it says why.");
        }

        if (length == 0)
        {
            return MachineCosts.Fixed;
        }

        text = costs is null ? new byte[length] : text;
        fixed (byte* start = text)
        {
            Communicator.World.Broadcast((nint)start, length, 0, What);
        }

        // Rank 0 takes the text too: its digits are all that counts.
        return CostFile.Parse(Encoding.UTF8.GetString(text));
    }
}
