using System.Diagnostics;
using System.Globalization;

namespace Brachy.Fuzz;

/// <summary>Runs long random programs in a process of their own: a stack that is used up ends it.</summary>
public static class ChainSupervisor
{
    // Far more than a program takes, even on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">The number of steps at most; each is one to four ops.</param>
    /// <param name="seed">Other programs for each.</param>
    /// <param name="assembly">This program.</param>
    /// <param name="host">The .NET host that runs it.</param>
    /// <returns>A line for each problem: wrong values, exceptions, an end of the process.</returns>
    public static IReadOnlyList<string> Run(int count, int length, int seed, string assembly, string host)
    {
        var start = new ProcessStartInfo(host)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "exec", assembly, "--chain-worker", "--chains", count.ToString(CultureInfo.InvariantCulture),
                "--length", length.ToString(CultureInfo.InvariantCulture), "--seed", seed.ToString(CultureInfo.InvariantCulture),
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var (problems, last, done) = (new List<string>(), "the start", false);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            done |= line == "DONE";
            if (line.StartsWith("FAIL", StringComparison.Ordinal))
            {
                problems.Add(line);
            }
            else if (line.StartsWith("RUN", StringComparison.Ordinal))
            {
                last = line;
            }
        }

        process.WaitForExit();
        if (!done)
        {
            problems.Add($"The process ended with {process.ExitCode} at {last}: {Supervisor.Reason(errors.Result)}");
        }

        return problems;
    }

    /// <summary>What the process of its own does.</summary>
    internal static void Work(int count, int length, int seed)
    {
        using var alarm = new Timer(_ => Environment.FailFast($"what(): a program took longer than {s_patience.TotalMinutes} minutes"));
        for (var i = 0; i < count; i++)
        {
            var program = new ChainProgram((seed * 100_000) + i, length);
            Console.WriteLine($"RUN {program}");
            alarm.Change(s_patience, Timeout.InfiniteTimeSpan);
            if (program.Run() is { } problem)
            {
                Console.WriteLine($"FAIL {program}: {problem}");
            }
        }

        Console.WriteLine("DONE");
    }
}
