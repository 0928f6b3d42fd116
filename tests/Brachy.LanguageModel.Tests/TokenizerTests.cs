using CsCheck;
using Samples.Shared;

namespace LanguageModel.Tests;

/// <summary>Text to tokens and back.</summary>
[Trait("Category", "Quick")]
public class TokenizerTests
{
    private static readonly BytePairTokenizer s_pairs = new(
        BytePairTraining.Learn(["the cat and the dog and the rat;\n    return cat;\n", "Grüße, 東京 😀"], 40));

    [Fact]
    public void EveryTextComesBack()
    {
        ITokenizer[] tokenizers = [new ByteTokenizer(), s_pairs, new Gpt2Tokenizer()];
        var texts = Gen.String[Gen.OneOf(Gen.Char["the cat\n\t .;{}09"], Gen.Char["äß東京\u0301\u2028"]), 0, 60].Array[1, 4];
        texts.Sample(parts =>
        {
            var text = string.Join("😀", parts);
            foreach (var tokenizer in tokenizers)
            {
                var tokens = new List<int>();
                tokenizer.Encode(text, tokens);
                Assert.All(tokens, token => Assert.InRange(token, 0, tokenizer.VocabSize - 1));
                Assert.Equal(text, tokenizer.Decode([.. tokens, tokenizer.EndOfText]));
            }
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void CharactersBeyond16BitsStayWhole()
    {
        var text = string.Concat(Enumerable.Repeat("a😀", 3)) + string.Concat(Enumerable.Repeat("😀", 50)) + "𝒳𝒴";
        var tokens = new List<int>();
        s_pairs.Encode(text, tokens);
        Assert.Equal(text, s_pairs.Decode(tokens));
    }

    [Fact]
    public void TheMostFrequentPairsAreMergedFirst()
    {
        // Inside the words, w-e comes 8 times; then l-o and o-w 7 times, and l-o has the smaller numbers; then (lo)-w.
        var text = string.Join("\n", [.. Enumerable.Repeat("low", 5), .. Enumerable.Repeat("lower", 2), .. Enumerable.Repeat("newest", 6)]);
        Assert.Equal(
            [('w', 'e'), ('l', 'o'), ('e', 256)], BytePairTraining.Learn([text], 3).Select(merge => ((int)merge.Left, (int)merge.Right)));
        Assert.Equal(Reference(text, 9), BytePairTraining.Learn([text], 9));
    }

    [Fact]
    public void LearningIsThatOfAPlainCount()
    {
        var random = new Random(1);
        for (var round = 0; round < 20; round++)
        {
            var text = string.Concat(Enumerable.Range(0, 300).Select(_ => "abc "[random.Next(4)]));
            Assert.Equal(Reference(text, 12), BytePairTraining.Learn([text], 12));
        }
    }

    [Fact]
    public void LearningStopsWhereNoPairComesTwice() =>
        Assert.Equal([('a', 'b')], BytePairTraining.Learn(["ab ab"], 100).Select(m => ((char)m.Left, (char)m.Right)));

    [Fact]
    public void EncodingMergesInTheOrderOfLearning()
    {
        // a-b first, then ab-c; b-c only where no a comes before.
        var tokenizer = new BytePairTokenizer([('a', 'b'), ('b', 'c'), (256, 'c')]);
        var tokens = new List<int>();
        tokenizer.Encode("abcbc", tokens);
        Assert.Equal([258, 257], tokens);
        Assert.Equal((260, 259), (tokenizer.VocabSize, tokenizer.EndOfText));
    }

    [Fact]
    public void KindsComeBackFromText()
    {
        foreach (var tokenizer in (ITokenizer[])[new ByteTokenizer(), s_pairs, new Gpt2Tokenizer()])
        {
            var again = TokenizerJson.Read(TokenizerJson.Write(tokenizer), "f");
            var (expected, actual) = (new List<int>(), new List<int>());
            tokenizer.Encode("the cat and 東京", expected);
            again.Encode("the cat and 東京", actual);
            Assert.IsType(tokenizer.GetType(), again);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"kind\": \"words\"}")]
    [InlineData("{\"kind\": \"bpe\"}")]
    [InlineData("{\"kind\": \"bpe\", \"merges\": [[97]]}")]
    [InlineData("{\"kind\": \"bpe\", \"merges\": [[97, 256]]}")]
    [InlineData("{\"kind\": \"bpe\", \"merges\": [[97, 98], [97, 98]]}")]
    public void DamagedOnesAreRefused(string text) =>
        Assert.StartsWith("f: ", Assert.Throws<InputException>(() => TokenizerJson.Read(text, "f")).Message, StringComparison.Ordinal);

    /// <summary>The same from the definition: all pairs are counted for each merge.</summary>
    private static List<(int Left, int Right)> Reference(string text, int merges)
    {
        var words = new List<List<int>>();
        foreach (var word in Words.Of(text))
        {
            words.Add([.. System.Text.Encoding.UTF8.GetBytes(text.Substring(word.Index, word.Length)).Select(b => (int)b)]);
        }

        var learned = new List<(int, int)>();
        while (learned.Count < merges)
        {
            var pairs = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair).Where(group => group.Count() > 1);
            if (pairs.OrderByDescending(group => group.Count()).ThenBy(group => group.Key).FirstOrDefault() is not { } best)
            {
                break;
            }

            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if ((word[i], word[i + 1]) == best.Key)
                    {
                        word[i] = 256 + learned.Count;
                        word.RemoveAt(i + 1);
                    }
                }
            }

            learned.Add(best.Key);
        }

        return learned;
    }
}
