using System.Text;

namespace LanguageModel;

/// <summary>Bytes, and pairs of tokens that were learned from text.</summary>
internal sealed class BytePairTokenizer : ITokenizer
{
    /// <summary>Words of natural text are few; those beyond are encoded each time.</summary>
    private const int CacheSize = 200_000;

    private readonly Dictionary<(int, int), int> _tokens = [];
    private readonly List<byte[]> _bytes = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
    private readonly Dictionary<string, int[]> _cache = new(StringComparer.Ordinal);

    /// <param name="merges">Pairs of earlier tokens; pair number i makes token 256 + i.</param>
    /// <exception cref="ArgumentException">A pair names a token that does not come before it, or comes twice.</exception>
    public BytePairTokenizer(IReadOnlyList<(int Left, int Right)> merges)
    {
        Merges = merges;
        foreach (var (left, right) in merges)
        {
            if (left < 0 || right < 0 || Math.Max(left, right) >= _bytes.Count || !_tokens.TryAdd((left, right), _bytes.Count))
            {
                throw new ArgumentException(
                    $"Merge {_bytes.Count - 256} of tokens {left} and {right} is not one of two earlier tokens, or comes twice.",
                    nameof(merges));
            }

            _bytes.Add([.. _bytes[left], .. _bytes[right]]);
        }
    }

    /// <summary>The pairs that make tokens.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; }

    public int VocabSize => _bytes.Count + 1;

    public int EndOfText => _bytes.Count;

    public void Encode(string text, List<int> tokens)
    {
        var lookup = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var match in Words.Of(text))
        {
            var word = text.AsSpan(match.Index, match.Length);
            if (!lookup.TryGetValue(word, out var encoded))
            {
                encoded = EncodeWord(word);
                if (_cache.Count < CacheSize)
                {
                    lookup[word] = encoded;
                }
            }

            tokens.AddRange(encoded);
        }
    }

    public string Decode(IEnumerable<int> tokens) =>
        Encoding.UTF8.GetString([.. tokens.Where(token => token != EndOfText).SelectMany(token => _bytes[token])]);

    /// <summary>Merges the pair that was learned first, until there is none.</summary>
    private int[] EncodeWord(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        var symbols = new List<int>(bytes.Length);
        foreach (var value in bytes)
        {
            symbols.Add(value);
        }

        while (true)
        {
            var (first, at) = (int.MaxValue, -1);
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if (_tokens.TryGetValue((symbols[i], symbols[i + 1]), out var token) && token < first)
                {
                    (first, at) = (token, i);
                }
            }

            if (at < 0)
            {
                return [.. symbols];
            }

            symbols[at] = first;
            symbols.RemoveAt(at + 1);
        }
    }
}
