using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace LanguageModel;

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(string[] args, Func<TrainOptions, int> train, Func<GenerateOptions, int> generate, TextWriter output, TextWriter error)
    {
        // A response file is a feature nobody asked for, and it would turn "@name" into a file error.
        var parsed = Define(train, generate).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            return Fail(error, parsed.Errors[0].Message);
        }

        try
        {
            return parsed.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(error, e.Message);
        }
    }

    private static RootCommand Define(Func<TrainOptions, int> train, Func<GenerateOptions, int> generate)
    {
        var command = Train(train);
        command.Subcommands.Add(Generate(generate));
        return command;
    }

    private static RootCommand Train(Func<TrainOptions, int> main)
    {
        var config = Text("--config", "FILE", "Configuration in YAML; without it, one for the repository's own text");
        var data = new Option<string[]>("--data") { HelpName = "PATH", Description = "Files or folders of text or C4-style .jsonl(.gz); without it, the repository's own text", AllowMultipleArgumentsPerToken = true };
        var tokenizer = Word("--tokenizer", "How text becomes tokens", ("byte", TokenizerKind.Byte), ("bpe", TokenizerKind.Bpe), ("gpt2", TokenizerKind.Gpt2));
        var vocabulary = Whole("--vocab", 257, 65536, "Tokens that byte pairs are learned for");
        var layers = Whole("--layers", 1, 1000, "Attention blocks");
        var width = Whole("--width", 1, 65536, "The size of a position");
        var heads = Whole("--heads", 1, 1024, "Heads of each attention layer");
        var length = Whole("--length", 2, 65536, "Positions of an input");
        var batch = Whole("--batch", 1, 1_000_000, "Rows of a step");
        var lr = Real("--lr", 0, 1000, "The largest learning rate");
        var tokens = new Option<long?>("--tokens") { HelpName = "N", Description = "Tokens to train on", CustomParser = result => (long?)Number(result, 1, 1e15, isWhole: true) };
        var seed = Whole("--seed", 0, int.MaxValue - 1, "Chooses weights and the order of the text");
        var precision = Word("--precision", "What the network computes in", ("fp32", Precision.Fp32), ("bf16", Precision.Bf16), ("fp16", Precision.Fp16));
        var checkpoint = Text("--checkpoint", "FILE", "Where the training is saved, at intervals and at its end");
        checkpoint.Validators.Add(result => RequireFolder(result, "--checkpoint"));
        var every = Whole("--checkpoint-every", 1, 1_000_000_000, "Steps between checkpoints", 500);
        var resume = Text("--resume", "FILE", "A checkpoint to go on from, with its settings");
        var board = Text("--tensorboard", "DIR", "Where curves for TensorBoard go");
        var stop = Whole("--stop-after", 1, 1_000_000_000, "Stop at this step, to resume later");
        var prompt = Text("--prompt", "TEXT", "The beginning of the sample at the end");
        var command = new RootCommand("Trains a causal language model, and shows a sample of its text.")
        {
            config, data, tokenizer, vocabulary, layers, width, heads, length, batch, lr, tokens, seed, precision, checkpoint, every, resume, board, stop, prompt,
        };
        command.SetAction(parsed => main(new TrainOptions(
            parsed.GetValue(config), parsed.GetValue(data) ?? [], parsed.GetValue(tokenizer), parsed.GetValue(vocabulary), parsed.GetValue(layers),
            parsed.GetValue(width), parsed.GetValue(heads), parsed.GetValue(length), parsed.GetValue(batch), parsed.GetValue(lr), parsed.GetValue(tokens),
            parsed.GetValue(seed), parsed.GetValue(precision), parsed.GetValue(checkpoint), parsed.GetValue(every)!.Value, parsed.GetValue(resume),
            parsed.GetValue(board), parsed.GetValue(stop), parsed.GetValue(prompt) ?? "/// <summary>")));
        return command;
    }

    private static Command Generate(Func<GenerateOptions, int> main)
    {
        var checkpoint = Text("--checkpoint", "FILE", "A checkpoint of a training");
        checkpoint.Required = true;
        var prompt = Text("--prompt", "TEXT", "The beginning of the text");
        var tokens = Whole("--tokens", 1, 100_000_000, "Tokens to draw", 200);
        var temperature = Real("--temperature", 0, 1000, "What scores are divided by; 0 takes the most likely token", 0.8);
        var topK = Whole("--top-k", 0, 1_000_000, "Draw from the most likely tokens only; 0 for all", 0);
        var topP = Real("--top-p", 0, 1, "Draw from the fewest tokens that have this probability together", 1);
        var seed = Whole("--seed", 0, int.MaxValue - 1, "The same seed gives the same text", 0);
        var command = new Command("generate", "Continues a text.") { checkpoint, prompt, tokens, temperature, topK, topP, seed };
        command.SetAction(parsed => main(new GenerateOptions(
            parsed.GetValue(checkpoint)!, parsed.GetValue(prompt) ?? "", parsed.GetValue(tokens)!.Value,
            new SamplingSettings(parsed.GetValue(temperature)!.Value, parsed.GetValue(topK)!.Value, parsed.GetValue(topP)!.Value), parsed.GetValue(seed)!.Value)));
        return command;
    }

    private static Option<string?> Text(string name, string help, string description) => new(name) { HelpName = help, Description = description };

    private static Option<int?> Whole(string name, int min, int max, string description, int? initial = null)
    {
        var option = new Option<int?>(name) { HelpName = "N", Description = description, CustomParser = result => (int?)Number(result, min, max, isWhole: true) };
        option.DefaultValueFactory = initial is null ? option.DefaultValueFactory : _ => initial;
        return option;
    }

    private static Option<double?> Real(string name, double min, double max, string description, double? initial = null)
    {
        var option = new Option<double?>(name) { HelpName = "X", Description = description, CustomParser = result => Number(result, min, max, isWhole: false) };
        option.DefaultValueFactory = initial is null ? option.DefaultValueFactory : _ => initial;
        return option;
    }

    private static Option<T?> Word<T>(string name, string description, params (string Word, T Value)[] choices)
        where T : struct => new(name)
        {
            HelpName = string.Join("|", choices.Select(choice => choice.Word)),
            Description = description,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                foreach (var (word, value) in choices)
                {
                    if (word == text)
                    {
                        return value;
                    }
                }

                result.AddError($"{name} must be {string.Join(", ", choices.SkipLast(1).Select(choice => choice.Word))} or {choices[^1].Word}, not '{text}'");
                return null;
            },
        };

    private static double? Number(ArgumentResult result, double min, double max, bool isWhole)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max && (!isWhole || value == Math.Floor(value)))
        {
            return value;
        }

        var name = (result.Parent as OptionResult)?.Option.Name;
        result.AddError(FormattableString.Invariant($"{name} must be a {(isWhole ? "whole " : "")}number from {min} to {max}, not '{text}'"));
        return null;
    }

    private static void RequireFolder(OptionResult result, string name)
    {
        var path = result.GetValueOrDefault<string?>();
        if (string.IsNullOrWhiteSpace(path) || Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            result.AddError($"{name} must be a file in a folder that exists, not '{path}'");
        }
    }

    private static int Fail(TextWriter error, string message)
    {
        // A file name may hold line breaks, and the message must stay one line.
        error.WriteLine("error: " + string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)));
        return 1;
    }
}
