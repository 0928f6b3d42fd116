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

        // The first few compile.
        generator.Continue(options.Prompt, options.Sampling, options.Seed, Math.Min(options.Tokens, 4));
        var clock = Stopwatch.StartNew();
        var tokens = generator.Continue(options.Prompt, options.Sampling, options.Seed, options.Tokens);
        clock.Stop();
        Console.WriteLine(options.Prompt + tokenizer.Decode(tokens));
        var speed = string.Create(CultureInfo.InvariantCulture, $"{tokens.Count / clock.Elapsed.TotalSeconds:F0} tokens/s");
        AnsiConsole.MarkupLineInterpolated($"[grey]{tokens.Count} tokens, {speed}[/]");
        return 0;
    }
}
