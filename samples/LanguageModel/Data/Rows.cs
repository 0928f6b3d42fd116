namespace LanguageModel;

/// <summary>Tokens cut into rows of one more than the length of an input: each token but the first is to be foretold.</summary>
internal static class Rows
{
    /// <summary>
    /// Rows of pieces, with the end of text between documents. The last token of a row is the first of the next one, so that every
    /// token is foretold once. What is missing at the end of a row is padding.
    /// </summary>
    /// <param name="pieces">The text.</param>
    /// <param name="tokenizer">Makes tokens.</param>
    /// <param name="length">Positions of an input.</param>
    /// <param name="pack">Whether documents follow each other in a row.</param>
    public static IEnumerable<long[]> Of(IEnumerable<Piece> pieces, ITokenizer tokenizer, int length, bool pack)
    {
        var tokens = new List<int>();
        long? last = null;
        foreach (var (text, document) in pieces)
        {
            if (last is not null && last != document)
            {
                tokens.Add(tokenizer.EndOfText);
                foreach (var row in Full(tokens, length))
                {
                    yield return row;
                }

                if (!pack)
                {
                    if (tokens.Count > 1)
                    {
                        yield return Padded(tokens, length);
                    }

                    tokens.Clear();
                }
            }

            last = document;
            tokenizer.Encode(text, tokens);
            foreach (var row in Full(tokens, length))
            {
                yield return row;
            }
        }

        if (last is not null)
        {
            tokens.Add(tokenizer.EndOfText);
            foreach (var row in Full(tokens, length))
            {
                yield return row;
            }

            if (tokens.Count > 1)
            {
                yield return Padded(tokens, length);
            }
        }
    }

    private static List<long[]> Full(List<int> tokens, int length)
    {
        var rows = new List<long[]>();
        var start = 0;
        for (; tokens.Count - start > length; start += length)
        {
            rows.Add(Array.ConvertAll(tokens.GetRange(start, length + 1).ToArray(), token => (long)token));
        }

        tokens.RemoveRange(0, start);
        return rows;
    }

    private static long[] Padded(List<int> tokens, int length)
    {
        var row = new long[length + 1];
        for (var i = 0; i <= length; i++)
        {
            row[i] = i < tokens.Count ? tokens[i] : TrainingSteps.Padding;
        }

        return row;
    }
}
