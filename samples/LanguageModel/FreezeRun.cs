using Brachy;
using Brachy.IO;
using Samples.Shared;

namespace LanguageModel;

/// <summary>Writes a trained network, and the loop that draws text from it, as one frozen model.</summary>
internal static class FreezeRun
{
    public static int Run(FreezeOptions options)
    {
        var (model, config, tokenizer) = LanguageTraining.LoadModel(options.Checkpoint);
        if (tokenizer is not ByteTokenizer)
        {
            throw new InputException(
                $"{options.Checkpoint} has another tokenizer than bytes, which is the one that samples/Tiny/Writer has; "
                + "train with --tokenizer byte.");
        }

        using (var file = File.Create(options.Out))
        {
            Freeze(file, model, config, tokenizer.EndOfText, options.Sampling);
        }

        Console.WriteLine($"{options.Out}: {new FileInfo(options.Out).Length:N0} bytes");
        return 0;
    }

    /// <summary>
    /// Freezes what reads a prompt (int64 [length]) and continues it: from prompt, limit and key (int64 without dims) to the tokens and
    /// their number.
    /// </summary>
    public static void Freeze(Stream file, StructureTree model, GlobalConfig config, int endOfText, SamplingSettings sampling) =>
        Export.Frozen(
            file, (StructureTree network, Tensor prompt, Tensor limit, Tensor key) =>
            {
                var first = CachedGeneration.Prefill(network, config, prompt, F.full([1], prompt.shape[0], DType.Int64), key, sampling);
                var text = CachedGeneration.Continue(network, config, first.Token, first.Cache, limit - 1, key, endOfText, sampling);
                return (F.cat([first.Token, text.Tokens], 0), text.Count + 1);
            },
            model, F.zeros([3], DType.Int64), F.ones([], DType.Int64), F.ones([], DType.Int64),
            new() { Varying = [new(1, "length")], InputNames = ["prompt", "limit", "key"] });
}
