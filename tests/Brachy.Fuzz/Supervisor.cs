using System.Diagnostics;
using System.Globalization;

namespace Brachy.Fuzz;

/// <summary>Runs workers in processes of their own; where one dies, the next goes on behind the case that did it.</summary>
/// <param name="perTarget">Cases for each function.</param>
/// <param name="seed">Other cases for each.</param>
/// <param name="filter">Only functions with this text in their names.</param>
/// <param name="output">Receives what the workers print.</param>
/// <param name="threads">
/// By how many threads each accepted call is made again, while its tensors are freed and given away; 1 for not.
/// </param>
public sealed class Supervisor(int perTarget, int seed, string? filter, TextWriter output, int threads = 1)
{
    private const int MaxAborts = 50;

    public FuzzReport Run(string assembly, string host)
    {
        var note = Path.GetTempFileName();
        try
        {
            var skipped = new List<string>();
            var (failures, never, first, accepted, refused) = (new List<string>(), new List<string>(), 0, 0L, 0L);
            while (skipped.Count <= MaxAborts)
            {
                var start = new ProcessStartInfo(host)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    ArgumentList =
                    {
                        "exec", assembly, "--worker", note, "--cases", perTarget.ToString(CultureInfo.InvariantCulture), "--seed",
                        seed.ToString(CultureInfo.InvariantCulture),
                        "--first", first.ToString(CultureInfo.InvariantCulture), "--skip", string.Join(',', skipped), "--only", filter
                            ?? "",
                        "--threads", threads.ToString(CultureInfo.InvariantCulture),
                    },
                };
                using var process = Process.Start(start)!;
                var errors = process.StandardError.ReadToEndAsync();
                var done = false;
                while (process.StandardOutput.ReadLine() is { } line)
                {
                    var words = line.Split(' ');
                    switch (words[0])
                    {
                        case "DONE":
                            done = true;
                            break;
                        case "COUNT":
                            accepted += long.Parse(words[1], CultureInfo.InvariantCulture);
                            refused += long.Parse(words[2], CultureInfo.InvariantCulture);
                            if (words[1] == "0")
                            {
                                never.Add(string.Join(' ', words[3..]));
                            }

                            break;
                        case "FAIL":
                            failures.Add(line);
                            output.WriteLine(line);
                            break;
                        default:
                            output.WriteLine(line);
                            break;
                    }
                }

                process.WaitForExit();
                if (done)
                {
                    return new FuzzReport(failures, never, accepted, refused, skipped.Count);
                }

                var place = File.ReadAllText(note).Trim();
                var why = Reason(errors.Result);
                output.WriteLine($"The process ended with {process.ExitCode} at case {place}: {why}");
                failures.Add($"ABORT at {place}: {why}");
                skipped.Add(place);
                first = int.Parse(place.Split(':')[0], CultureInfo.InvariantCulture);
            }

            return new FuzzReport(
                [.. failures, $"Gave up after {MaxAborts} ends of the process."], never, accepted, refused, skipped.Count);
        }
        finally
        {
            File.Delete(note);
        }
    }

    /// <summary>What the process said at its end, without libtorch's warnings before it.</summary>
    internal static string Reason(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.FirstOrDefault(
            line => line.Contains("what()", StringComparison.Ordinal) || line.StartsWith("Unhandled", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? "no message";
    }
}

/// <summary>What a run found.</summary>
/// <param name="Failures">Aborts, exceptions that no caller should see, and results that differ.</param>
/// <param name="NeverAccepted">Targets of which no call was accepted: their kernels were not reached.</param>
/// <param name="Accepted">Calls that gave a result.</param>
/// <param name="Refused">Calls that were refused.</param>
/// <param name="Aborts">How often the process ended.</param>
public sealed record FuzzReport(
    IReadOnlyList<string> Failures, IReadOnlyList<string> NeverAccepted, long Accepted, long Refused, int Aborts);
