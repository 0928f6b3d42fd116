using System.Globalization;

namespace Brachy.Fuzz;

/// <summary>
/// Runs cases and prints a line for each problem. Before a case it notes target and case in a file, so that its parent
/// knows what ended the process, if something did.
/// </summary>
/// <param name="perTarget">Cases for each function.</param>
/// <param name="seed">Other cases for each.</param>
/// <param name="filter">Only functions with this text in their names.</param>
/// <param name="threads">
/// More than one: each call that is accepted is made again by so many threads, while its tensors are freed and given away.
/// </param>
/// <param name="note">The file.</param>
/// <param name="skipped">Cases that ended the process before.</param>
internal sealed class Worker(int perTarget, int seed, string? filter, int threads, string note, IReadOnlyList<string> skipped)
{
    private const int CorpusSize = 16;

    // Far more than any small call takes, even on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public void Run(int firstTarget)
    {
        var newest = skipped.Count > 0 ? skipped[^1] : null;
        // Layers among the arguments draw their params.
        using var rng = Rng.Scope(seed);
        using var alarm = new Timer(_ => Environment.FailFast($"what(): the case took longer than {s_patience.TotalSeconds} s"));
        using var team = threads > 1 ? new FuzzTeam(threads) : null;
        using var file = File.OpenHandle(note, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        for (var t = firstTarget; t < PublicSurface.Targets.Count; t++)
        {
            var target = PublicSurface.Targets[t];
            if (filter is not null && !target.Name.Contains(filter, StringComparison.Ordinal))
            {
                continue;
            }

            var (accepted, refused) = (0, 0);
            var random = new Random(seed ^ StableHash(target.Name));
            var make = new RandomArguments(random);
            var corpus = new List<Argument[]>();
            for (var i = 0; i < perTarget; i++)
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"{t}:{i}");
                RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes(place.PadRight(24)), 0);
                var arguments =
                    corpus.Count > 0 && random.Next(3) > 0 ? make.Changed(target, corpus[random.Next(corpus.Count)]) : make.All(target);
                var test = new FuzzCase(target, arguments, (FuzzMode)(i % 4));
                if (skipped.Contains(place))
                {
                    if (place == newest)
                    {
                        Console.WriteLine($"ABORT {test}");
                    }

                    continue;
                }

                alarm.Change(s_patience, Timeout.InfiniteTimeSpan);
                var (verdict, problem) = test.Run();
                if (verdict == Verdict.Accepted && team?.Run(test.WithOwnTensors(), random) is { } together)
                {
                    (verdict, problem) = (Verdict.Failed, $"on {threads} threads: {together}");
                }

                alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                switch (verdict)
                {
                    case Verdict.Accepted:
                        accepted++;
                        if (corpus.Count < CorpusSize)
                        {
                            corpus.Add(arguments);
                        }
                        else
                        {
                            corpus[random.Next(CorpusSize)] = arguments;
                        }

                        break;
                    case Verdict.Refused:
                        refused++;
                        break;
                    default:
                        Console.WriteLine($"FAIL {test}{Environment.NewLine}     {problem}");
                        break;
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"COUNT {accepted} {refused} {target.Name}"));
        }

        Console.WriteLine("DONE");
    }

    private static int StableHash(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
