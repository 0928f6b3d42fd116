using Brachy;

namespace LanguageModel;

/// <summary>Draws text from a network, token by token, with compiled steps.</summary>
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
    public IEnumerable<int> Continue(string prompt, SamplingSettings sampling, int seed)
    {
        List<int> tokens = [tokenizer.EndOfText];
        tokenizer.Encode(prompt, tokens);
        using var key = Rng.Seed(seed).Tensor;
        var step = Read(tokens[^Math.Min(tokens.Count, _length)..], key, sampling);
        try
        {
            for (var windows = 1; ;)
            {
                var token = (int)(long)step.Token;
                if (token == tokenizer.EndOfText)
                {
                    yield break;
                }

                yield return token;
                tokens.Add(token);
                var last = step;
                if ((long)step.Position < _length)
                {
                    step = CachedGeneration.NextJit(model, config, step.Token, step.Position, step.Cache, key, sampling);
                    Free(last, cache: false);
                }
                else
                {
                    // All positions are taken: the later half of the text is read again as a prompt, with new random numbers.
                    using var next = Rng.FoldIn(Rng.Seed(seed), windows++).Tensor;
                    step = Read(tokens[^Math.Max(1, _length / 2)..], next, sampling);
                    Free(last, cache: true);
                }
            }
        }
        finally
        {
            Free(step, cache: true);
        }
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

        using var prompt = Tensor.FromArray(padded, [padded.Length]);

        // Becomes the position of the result.
        var count = Tensor.FromArray([(long)tokens.Count], [1]);
        return CachedGeneration.PrefillJit(model, config, prompt, count, key, sampling);
    }

    private static void Free(Generated step, bool cache)
    {
        step.Token.Dispose();
        step.Position.Dispose();
        step.Logits.Dispose();
        if (cache)
        {
            foreach (var tensor in step.Cache.Layers)
            {
                tensor.Dispose();
            }
        }
    }
}
