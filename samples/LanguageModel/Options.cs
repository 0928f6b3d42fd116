using System.CommandLine;
using Samples.Shared;

namespace LanguageModel;

/// <summary>The command line.</summary>
internal static class Options
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(
        string[] args, Func<TrainOptions, int> train, Func<GenerateOptions, int> generate, Func<FreezeOptions, int> freeze,
        TextWriter output, TextWriter error)
    {
        var command = Train(train);
        command.Subcommands.Add(Generate(generate));
        command.Subcommands.Add(Freeze(freeze));
        return CommandLine.Run(command, args, output, error);
    }

    private static Command Freeze(Func<FreezeOptions, int> main)
    {
        var checkpoint = CommandLine.Text("--checkpoint", "FILE", "A checkpoint of a training with --tokenizer byte");
        checkpoint.Required = true;
        var file = CommandLine.OutputFile("--out", "Where the frozen model goes; without it, writer.brachy");
        var (temperature, topK, topP) = SamplingOptions();
        var command = new Command("freeze", "Writes network and generation for samples/Tiny/Writer, which runs without libtorch.")
        {
            checkpoint, file, temperature, topK, topP,
        };
        command.SetAction(parsed => main(new FreezeOptions(
            parsed.GetValue(checkpoint)!, parsed.GetValue(file) ?? "writer.brachy",
            new(parsed.GetValue(temperature)!.Value, parsed.GetValue(topK)!.Value, parsed.GetValue(topP)!.Value))));
        return command;
    }

    private static RootCommand Train(Func<TrainOptions, int> main)
    {
        var config = CommandLine.Text("--config", "FILE", "Configuration in YAML; without it, one for the repository's own text");
        var data = new Option<string[]>("--data")
        {
            HelpName = "PATH",
            Description = "Files or folders of text or C4-style .jsonl(.gz); without it, the repository's own text",
            AllowMultipleArgumentsPerToken = true
        };
        var tokenizer = CommandLine.Word<TokenizerKind?>(
            "--tokenizer", "How text becomes tokens", ("byte", TokenizerKind.Byte), ("bpe", TokenizerKind.Bpe),
            ("gpt2", TokenizerKind.Gpt2));
        var vocabulary = CommandLine.Whole("--vocab", 257, 65536, "Tokens that byte pairs are learned for");
        var layers = CommandLine.Whole("--layers", 1, 1000, "Attention blocks");
        var width = CommandLine.Whole("--width", 1, 65536, "The size of a position");
        var heads = CommandLine.Whole("--heads", 1, 1024, "Heads of each attention layer");
        var length = CommandLine.Whole("--length", 2, 65536, "Positions of an input");
        var batch = CommandLine.Whole("--batch", 1, 1_000_000, "Rows of a step");
        var lr = CommandLine.Real("--lr", 0, 1000, "The largest learning rate");
        var tokens = new Option<long?>("--tokens")
        {
            HelpName = "N",
            Description = "Tokens to train on",
            CustomParser = result => (long?)CommandLine.Number(result, "--tokens", 1, 1e15, isWhole: true)
        };
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "Chooses weights and the order of the text");
        var precision = CommandLine.Word<Precision?>(
            "--precision", "What the network computes in", ("fp32", Precision.Fp32), ("bf16", Precision.Bf16), ("fp16", Precision.Fp16));
        var checkpoint = CommandLine.OutputFile("--checkpoint", "Where the training is saved, at intervals and at its end");
        var every = CommandLine.Whole("--checkpoint-every", 1, 1_000_000_000, "Steps between checkpoints", 500);
        var resume = CommandLine.Text("--resume", "FILE", "A checkpoint to go on from, with its settings");
        var board = CommandLine.Text("--tensorboard", "DIR", "Where curves for TensorBoard go");
        var stop = CommandLine.Whole("--stop-after", 1, 1_000_000_000, "Stop at this step, to resume later");
        var prompt = CommandLine.Text("--prompt", "TEXT", "The beginning of the sample at the end");
        var command = new RootCommand("Trains a causal language model, and shows a sample of its text.")
        {
            config, data, tokenizer, vocabulary, layers, width, heads, length, batch, lr, tokens, seed, precision, checkpoint, every,
            resume, board, stop, prompt,
        };
        command.SetAction(parsed => main(new TrainOptions(
            parsed.GetValue(config), parsed.GetValue(data)
                ?? [], parsed.GetValue(tokenizer), parsed.GetValue(vocabulary), parsed.GetValue(layers),
            parsed.GetValue(width), parsed.GetValue(heads), parsed.GetValue(length), parsed.GetValue(batch), parsed.GetValue(lr),
            parsed.GetValue(tokens), parsed.GetValue(seed), parsed.GetValue(precision), parsed.GetValue(checkpoint),
            parsed.GetValue(every)!.Value, parsed.GetValue(resume),
            parsed.GetValue(board), parsed.GetValue(stop), parsed.GetValue(prompt) ?? "/// <summary>")));
        return command;
    }

    private static Command Generate(Func<GenerateOptions, int> main)
    {
        var checkpoint = CommandLine.Text("--checkpoint", "FILE", "A checkpoint of a training");
        checkpoint.Required = true;
        var prompt = CommandLine.Text("--prompt", "TEXT", "The beginning of the text");
        var tokens = CommandLine.Whole("--tokens", 1, 100_000_000, "Tokens to draw", 200);
        var (temperature, topK, topP) = SamplingOptions();
        var seed = CommandLine.Whole("--seed", 0, int.MaxValue - 1, "The same seed gives the same text", 0);
        var command = new Command("generate", "Continues a text.") { checkpoint, prompt, tokens, temperature, topK, topP, seed };
        command.SetAction(parsed => main(new GenerateOptions(
            parsed.GetValue(checkpoint)!, parsed.GetValue(prompt) ?? "", parsed.GetValue(tokens)!.Value,
            new SamplingSettings(parsed.GetValue(temperature)!.Value, parsed.GetValue(topK)!.Value, parsed.GetValue(topP)!.Value),
            parsed.GetValue(seed)!.Value)));
        return command;
    }

    private static (Option<double?> Temperature, Option<int?> TopK, Option<double?> TopP) SamplingOptions() => (
        CommandLine.Real("--temperature", 0, 1000, "What scores are divided by; 0 takes the most likely token", 0.8),
        CommandLine.Whole("--top-k", 0, 1_000_000, "Draw from the most likely tokens only; 0 for all", 0),
        CommandLine.Real("--top-p", 0, 1, "Draw from the fewest tokens that have this probability together", 1));
}
