using System.Diagnostics;
using System.Globalization;

namespace Brachy.Ranks.Program;

/// <summary>The last rank does something that must end the others, which wait for it in the second collective.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> Faults => new()
    {
        ["throw"] = _ => LastRank(() => throw new InvalidOperationException("this rank has a fault")),
        ["throw-on-thread"] = _ => LastRank(() =>
        {
            new Thread(() => throw new InvalidOperationException("this rank has a fault")).Start();
            Thread.Sleep(Timeout.Infinite);
        }),
        ["throw-while-waiting"] = ThrowWhileWaiting,
        ["exit"] = arguments => LastRank(() => Environment.Exit(int.Parse(arguments[0], CultureInfo.InvariantCulture))),
        ["return"] = _ => LastRank(() => throw new EndOfCase()),
        ["fail"] = _ => LastRank(() => Rank.Fail("the data is not what it was")),
        ["kill"] = _ => LastRank(() => Process.GetCurrentProcess().Kill()),
        ["hang"] = arguments => LastRank(() => Thread.Sleep(Timeout.Infinite), arguments),
        ["spin"] = arguments => LastRank(
            () =>
            {
                while (true)
                {
                }
            },
            arguments),
        ["slow"] = _ => LastRank(() => Thread.Sleep(2000)),
        ["wait"] = Wait,
        ["before"] = Before,
    };

    private sealed class EndOfCase : Exception;

    /// <param name="fault">What the last rank does.</param>
    /// <param name="arguments">How many seconds the others wait for it, or nothing.</param>
    private static unsafe void LastRank(Action fault, params string[] arguments)
    {
        Rank.Barrier();
        if (arguments is [var seconds])
        {
            Rank.HangTimeout = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));
        }

        float value = 1;
        try
        {
            if (Rank.Index == Rank.Count - 1)
            {
                fault();
            }
        }
        catch (EndOfCase)
        {
            return;
        }

        Communicator.World.AllReduce((nint)(&value), 1, DType.Float32, ReduceOp.Sum, "the loss");
        Console.WriteLine($"sum {value.ToString(CultureInfo.InvariantCulture)} on {Rank.Index}");
    }

    /// <summary>One thread waits in a collective when another of the same rank throws.</summary>
    private static void ThrowWhileWaiting(string[] arguments)
    {
        Rank.Barrier();
        if (Rank.Index == Rank.Count - 1)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        new Thread(() =>
        {
            Thread.Sleep(300);
            throw new InvalidOperationException("this rank has a fault");
        }).Start();
        Rank.Barrier();
    }

    /// <summary>Says who it is, and waits for a signal.</summary>
    private static void Wait(string[] arguments)
    {
        Rank.Barrier();
        Console.WriteLine($"rank {Rank.Index} is {Environment.ProcessId}");
        if (Rank.Index == Rank.Count - 1)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        Rank.Barrier();
    }

    /// <summary>The last rank ends before it is one.</summary>
    private static void Before(string[] arguments)
    {
        if (Launcher.Find(Environment.GetEnvironmentVariable) is { Index: var index, Count: var count } && index == count - 1)
        {
            return;
        }

        Rank.Barrier();
    }
}
