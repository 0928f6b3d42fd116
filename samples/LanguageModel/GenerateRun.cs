using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace LanguageModel;

/// <summary>Continues a text with a trained network.</summary>
internal static class GenerateRun
{
    public static int Run(GenerateOptions options)
    {
        var (model, config, tokenizer) = LanguageTraining.LoadModel(options.Checkpoint);
        var generator = new TextGenerator(model, config, tokenizer);
        var (tokens, clock) = (new List<int>(), new Stopwatch());
        foreach (var token in generator.Continue(options.Prompt, options.Sampling, options.Seed).Take(options.Tokens))
        {
            tokens.Add(token);

            // The first three compile.
            if (tokens.Count == 3)
            {
                clock.Start();
            }
        }

        clock.Stop();
        Console.WriteLine(options.Prompt + tokenizer.Decode(tokens));
        var speed = tokens.Count > 3
            ? string.Create(CultureInfo.InvariantCulture, $", {(tokens.Count - 3) / clock.Elapsed.TotalSeconds:F0} tokens/s")
            : "";
        AnsiConsole.MarkupLineInterpolated($"[grey]{tokens.Count} tokens{speed}[/]");
        return 0;
    }
}
