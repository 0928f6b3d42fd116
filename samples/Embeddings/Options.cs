using System.CommandLine;
using Embeddings.Tuning;
using Samples.Shared;

namespace Embeddings;

/// <summary>A search.</summary>
/// <param name="Folder">The folder of text files.</param>
/// <param name="Query">What is looked for.</param>
/// <param name="Top">How many passages are shown.</param>
internal sealed record SearchOptions(string Folder, string Query, int Top);

/// <summary>A tuning.</summary>
/// <param name="Pairs">The file of pairs, or null for the repository's documentation.</param>
/// <param name="MaxPairs">The most pairs that are used.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Adapters">Where the adapters go, or null.</param>
internal sealed record TuneOptions(string? Pairs, int MaxPairs, TuneSettings Settings, string? Adapters);

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(
        string[] args, Func<SearchOptions, int> search, Func<TuneOptions, int> tune, TextWriter output, TextWriter error) =>
        CommandLine.Run(
            new RootCommand("Vectors of texts: semantic search, and tuning on pairs.") { Search(search), Tune(tune) }, args, output, error);

    private static Command Search(Func<SearchOptions, int> run)
    {
        var query = new Argument<string>("query") { Description = "What to look for" };
        var folder = CommandLine.Text("--folder", "DIR", "A folder of text files [default: docs]");
        var top = CommandLine.Whole("--top", 1, 1000, "How many passages to show", 5);
        var command = new Command("search", "Finds the passages of text files that are nearest to a question.") { query, folder, top };
        command.SetAction(parsed => run(new(
            parsed.GetValue(folder) ?? "docs", parsed.GetValue(query)!, parsed.GetValue(top)!.Value)));
        return command;
    }

    private static Command Tune(Func<TuneOptions, int> run)
    {
        var pairs = CommandLine.Text(
            "--pairs", "FILE",
            "Questions and answers with a tab between them; without it, names and sentences of Brachy's own documentation");
        var most = CommandLine.Whole("--max-pairs", 20, 1_000_000, "The most pairs that are used", 1500);
        var epochs = CommandLine.Whole("--epochs", 1, 1000, "Passes over the pairs", 2);
        var batch = CommandLine.Whole("--batch", 2, 1024, "Pairs of a step", 32);
        var rank = CommandLine.Whole("--rank", 1, 384, "The rank of the adapters", 8);
        var lr = CommandLine.Real("--lr", 0, 1, "The learning rate", 1e-3);
        var tokens = CommandLine.Whole("--tokens", 8, 512, "The most tokens of an answer; a question has a quarter of them", 48);
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "Chooses the order, what is held out and the first adapters", 0);
        var adapters = CommandLine.OutputFile("--adapters", "Where the adapters go, as safetensors");
        var command = new Command("tune", "Tunes the model on pairs, and measures retrieval on some that are held out.")
        {
            pairs, most, epochs, batch, rank, lr, tokens, seed, adapters,
        };
        command.SetAction(parsed => run(new(
            parsed.GetValue(pairs), parsed.GetValue(most)!.Value,
            new(
                parsed.GetValue(epochs)!.Value, parsed.GetValue(batch)!.Value, parsed.GetValue(rank)!.Value, parsed.GetValue(lr)!.Value,
                parsed.GetValue(tokens)!.Value, parsed.GetValue(seed)!.Value),
            parsed.GetValue(adapters))));
        return command;
    }
}
