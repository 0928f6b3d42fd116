using System.Runtime.InteropServices;

namespace Brachy.Ranks.Program;

/// <summary>The last rank makes another call than the others; all of them would be wrong, or wait for ever, if nobody noticed.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> Disagreements => new()
    {
        ["disagree"] = arguments => Disagree(arguments[0], 8),
        ["disagree-large"] = arguments => Disagree(arguments[0], 1 << 20),
        ["go-on"] = GoOn,
    };

    private static void Disagree(string what, long count)
    {
        Rank.Barrier();
        OtherCall(what, count);
        Console.WriteLine($"nobody noticed on {Rank.Index}");
    }

    private static unsafe void OtherCall(string what, long count)
    {
        var (world, isLast) = (Communicator.World, Rank.Index == Rank.Count - 1);
        var memory = (nint)NativeMemory.AllocZeroed((nuint)(count + 8) * (nuint)Rank.Count, sizeof(double));
        switch (what)
        {
            case "count":
                world.AllReduce(memory, isLast ? count + 8 : count, DType.Float32, ReduceOp.Sum);
                break;
            case "shorter":
                world.AllReduce(memory, isLast ? count / 2 : count, DType.Float32, ReduceOp.Sum);
                break;
            case "type":
                world.AllReduce(memory, count, isLast ? DType.Int32 : DType.Float32, ReduceOp.Sum);
                break;
            case "op":
                world.AllReduce(memory, count, DType.Float32, isLast ? ReduceOp.Max : ReduceOp.Sum);
                break;
            case "root":
                world.Broadcast(memory, count, isLast ? 1 : 0);
                break;
            case "kind" when isLast:
                world.AllGather(memory, memory + (nint)(8 * count), 8);
                break;
            case "kind":
                world.AllReduce(memory, count, DType.Float32, ReduceOp.Sum, "the gradients");
                break;
            case "scatter" when isLast:
                world.Barrier();
                break;
            case "scatter":
                world.ReduceScatter(memory + (nint)(8 * count), memory, count, DType.Float64, ReduceOp.Sum);
                break;
            default:
                throw new ArgumentException(what);
        }
    }

    /// <summary>Who catches the exception finds that there are no ranks to go on with.</summary>
    private static void GoOn(string[] arguments)
    {
        Rank.Barrier();
        try
        {
            OtherCall("count", 8);
        }
        catch (RankException)
        {
            try
            {
                Rank.Barrier();
            }
            catch (RankException failure)
            {
                Console.WriteLine(failure.Message);
            }
        }
    }
}
