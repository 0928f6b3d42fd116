namespace LanguageModel;

/// <summary>Makes the tokenizer that the settings ask for.</summary>
internal static class TokenizerChoice
{
    /// <summary>How many characters byte pairs are learned from: enough for a small vocabulary, and seconds of work.</summary>
    private const long LearnedCharacters = 8_000_000;

    public static ITokenizer Make(DataSettings settings, Corpus corpus) => settings.Tokenizer switch
    {
        TokenizerKind.Byte => new ByteTokenizer(),
        TokenizerKind.Gpt2 => new Gpt2Tokenizer(),
        _ => new BytePairTokenizer(BytePairTraining.Learn(First(corpus.Training(seed: 0, epoch: 0)), settings.VocabSize - 257)),
    };

    private static IEnumerable<string> First(IEnumerable<Piece> pieces)
    {
        var left = LearnedCharacters;
        foreach (var (text, _) in pieces)
        {
            yield return text;
            if ((left -= text.Length) <= 0)
            {
                yield break;
            }
        }
    }
}
