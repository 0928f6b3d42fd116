using System.Diagnostics;
using System.Globalization;

namespace Brachy.Fuzz;

/// <summary>Runs the threads in a process of its own, because what they look for ends it.</summary>
public static class StressSupervisor
{
    /// <summary>Runs them.</summary>
    /// <param name="seconds">For how long.</param>
    /// <param name="actions">How much each thread does at most.</param>
    /// <param name="seed">Other actions for each.</param>
    /// <param name="assembly">This program.</param>
    /// <param name="host">The .NET host that runs it.</param>
    public static StressReport Run(double seconds, long actions, int seed, string assembly, string host)
    {
        var start = new ProcessStartInfo(host)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "exec", assembly, "--stress-worker", "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
                "--actions", actions.ToString(CultureInfo.InvariantCulture), "--seed", seed.ToString(CultureInfo.InvariantCulture),
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var (problems, counts, done) = (new List<string>(), new SortedDictionary<string, long>(StringComparer.Ordinal), false);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var words = line.Split(' ', 3);
            switch (words[0])
            {
                case "FAIL":
                    problems.Add(line);
                    break;
                case "COUNT":
                    counts[words[2]] = long.Parse(words[1], CultureInfo.InvariantCulture);
                    break;
                case "DONE":
                    done = true;
                    break;
            }
        }

        process.WaitForExit();
        if (!done)
        {
            problems.Add($"The process ended with {process.ExitCode}: {Supervisor.Reason(errors.Result)}");
        }

        return new StressReport(problems, counts);
    }
}

/// <summary>What a run of the threads found.</summary>
/// <param name="Problems">An end of the process, wrong values, exceptions that no caller should see.</param>
/// <param name="Counts">How often each action succeeded, and each kind of exception was thrown.</param>
public sealed record StressReport(IReadOnlyList<string> Problems, IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>How often one of two threads that gave away the same tensors lost.</summary>
    public const string LostDuel = "two donors, of which one won";

    /// <summary>How often a thread read tensors that another gave away at that moment.</summary>
    public const string ReadInDuel = "a reader that was before a donor";

    /// <summary>Actions, and kinds of exceptions, that did not happen.</summary>
    public IReadOnlyList<string> Missing =>
        [.. StressActions.All.Select(a => a.Name)
            .Concat([nameof(DonatedTensorException), nameof(ObjectDisposedException), LostDuel, ReadInDuel])
            .Where(name => !Counts.ContainsKey(name))];
}
