using Brachy;
using Brachy.NN;

namespace LanguageModel;

/// <summary>
/// Draws text from a network: a compiled step reads a prompt, and a compiled loop goes on until the network's input is full.
/// </summary>
/// <param name="model">The network.</param>
/// <param name="config">Its settings.</param>
/// <param name="tokenizer">Its tokenizer.</param>
internal sealed class TextGenerator(StructureTree model, GlobalConfig config, ITokenizer tokenizer)
{
    /// <summary>The shortest prompt that is compiled for; others are padded to this times a power of two.</summary>
    private const int SmallestBucket = 16;

    private readonly int _length = (int)StackedAttention.Bind(model, config).PositionEmbedding.shape[0];

    /// <summary>The tokens that follow a prompt, up to the end of the text.</summary>
    /// <param name="prompt">The beginning; an empty one is the start of a document.</param>
    /// <param name="sampling">How tokens are drawn.</param>
    /// <param name="seed">The same seed gives the same text.</param>
    /// <param name="count">The most tokens.</param>
    public List<int> Continue(string prompt, SamplingSettings sampling, int seed, int count)
    {
        List<int> tokens = [tokenizer.EndOfText];
        tokenizer.Encode(prompt, tokens);
        var start = tokens.Count;
        using var whole = TensorScope.Begin();
        for (var windows = 0; tokens.Count - start < count; windows++)
        {
            // When all positions are taken, the later half of the text is read again as a prompt, with new random numbers.
            var key = (windows == 0 ? Rng.Seed(seed) : Rng.FoldIn(Rng.Seed(seed), windows)).Tensor;
            var given = tokens[^(windows == 0 ? Math.Min(tokens.Count, _length) : Math.Max(1, _length / 2))..];
            tokens.AddRange(Window(given, key, sampling, count - (tokens.Count - start)));
            if (tokens[^1] == tokenizer.EndOfText)
            {
                tokens.RemoveAt(tokens.Count - 1);
                break;
            }
        }

        return tokens[start..];
    }

    /// <summary>The tokens that follow others, as long as there are positions for them; the end of the text included.</summary>
    private IEnumerable<int> Window(List<int> given, Tensor key, SamplingSettings sampling, int count)
    {
        var first = Read(given, key, sampling);
        var text = CachedGeneration.ContinueJit(
            model, config, first.Token, first.Cache, F.full([], count - 1, DType.Int64), key, tokenizer.EndOfText, sampling);
        return [(int)(long)first.Token, .. text.Tokens.ToArray<long>()[..(int)(long)text.Count].Select(token => (int)token)];
    }

    private Generated Read(List<int> tokens, Tensor key, SamplingSettings sampling)
    {
        var bucket = SmallestBucket;
        while (bucket < tokens.Count)
        {
            bucket *= 2;
        }

        var padded = new long[Math.Min(bucket, _length)];
        for (var i = 0; i < tokens.Count; i++)
        {
            padded[i] = tokens[i];
        }

        return CachedGeneration.PrefillJit(
            model, config, Tensor.FromArray(padded, [padded.Length]), Tensor.FromArray([(long)tokens.Count], [1]), key, sampling);
    }
}
