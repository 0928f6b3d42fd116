using System.Diagnostics;
using System.Globalization;

namespace Brachy.Fuzz;

/// <summary>
/// Runs the threads for a time and prints what came of it. An abort of this process is a failure that its parent reports.
/// </summary>
internal static class StressWorker
{
    private const int Threads = 4;

    // Far more than an action takes, even on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs them.</summary>
    /// <param name="seconds">For how long.</param>
    /// <param name="actions">How much each does at most.</param>
    /// <param name="seed">Other actions for each.</param>
    public static void Run(double seconds, long actions, int seed)
    {
        var clock = Stopwatch.StartNew();
        var tensors = new SharedTensors();
        var threads = Enumerable.Range(0, Threads).Select(i => new StressThread(tensors, (seed * 100) + i)).ToArray();
        using var duel = new Duel(GoOn, seed);
        Thread[] running =
            [.. threads.Select(t => new Thread(() => t.Run(GoOn))), new Thread(() => duel.Run(0)), new Thread(() => duel.Run(1))];
        Array.ForEach(running, thread => thread.Start());
        foreach (var thread in running)
        {
            if (!thread.Join(TimeSpan.FromSeconds(seconds) + s_patience))
            {
                Environment.FailFast(
                    $"what(): a thread still runs {s_patience.TotalSeconds} s after its time, after {threads.Sum(t => t.Done)} actions");
            }
        }

        foreach (var problem in threads.SelectMany(t => t.Problems).Concat(duel.Problems))
        {
            Console.WriteLine($"FAIL {problem}");
        }

        foreach (var counts in threads.SelectMany(t => t.Counts).GroupBy(c => c.Key, c => c.Value)
            .OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"COUNT {counts.Sum()} {counts.Key}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"COUNT {duel.Losses} {StressReport.LostDuel}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"COUNT {duel.Reads} {StressReport.ReadInDuel}"));
        Console.WriteLine("DONE");

        bool GoOn(long done) => done < actions && clock.Elapsed.TotalSeconds < seconds;
    }
}
