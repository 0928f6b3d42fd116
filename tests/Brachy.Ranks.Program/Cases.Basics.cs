using System.Globalization;

namespace Brachy.Ranks.Program;

/// <summary>Who the ranks are.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> Basics => new()
    {
        ["who"] = Who,
        ["nothing"] = _ => { },
        ["null-reference"] = NullReference,
        ["timeout"] = _ => Console.WriteLine(Rank.HangTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)),
        ["threads"] = Threads,
    };

    private static void Who(string[] arguments)
    {
        Require(Rank.IsFirst == (Rank.Index == 0), "the first rank is 0");
        Console.WriteLine($"{Rank.Index} of {Rank.Count}, {Rank.LocalIndex} here");
        Rank.Barrier();
    }

    /// <summary>MPI has handlers of signals, and .NET needs its own.</summary>
    private static void NullReference(string[] arguments)
    {
        Rank.Barrier();
        string? text = arguments.Length > 1000 ? "" : null;
        for (var i = 0; i < 3; i++)
        {
            try
            {
                Console.WriteLine(text!.Length);
            }
            catch (NullReferenceException)
            {
                Console.WriteLine($"caught by {Rank.Index}");
            }
        }

        Rank.Barrier();
    }

    /// <summary>Calls of several threads come one after another.</summary>
    private static unsafe void Threads(string[] arguments)
    {
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            var values = stackalloc int[2];
            for (var i = 0; i < 200; i++)
            {
                (values[0], values[1]) = (1, Rank.Index);
                Communicator.World.AllReduce((nint)values, 2, DType.Int32, ReduceOp.Sum);
                Require(values[0] == Rank.Count && values[1] == Rank.Count * (Rank.Count - 1) / 2, "the sum is wrong");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Console.WriteLine($"done {Rank.Index}");
    }
}
