using System.Runtime.InteropServices;
using System.Text;

namespace LanguageModel;

/// <summary>
/// Learns byte pairs: the two neighbours that are most frequent inside words become one token, again and again. Source: Sennrich et al.,
/// "Neural Machine Translation of Rare Words with Subword Units", 2016. Deterministic: of equally frequent pairs the
/// smaller one comes first.
/// </summary>
internal sealed class BytePairTraining
{
    private readonly List<(int[] Symbols, long Count)> _words = [];
    private readonly Dictionary<(int, int), long> _counts = [];
    private readonly Dictionary<(int, int), HashSet<int>> _places = [];
    private readonly PriorityQueue<(int Left, int Right), (long, int, int)> _queue = new();

    private BytePairTraining(IEnumerable<string> texts)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            foreach (var word in Words.Of(text))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, text.AsSpan(word.Index, word.Length), out _)++;
            }
        }

        foreach (var (word, count) in counts)
        {
            _words.Add((Array.ConvertAll(Encoding.UTF8.GetBytes(word), value => (int)value), count));
        }

        for (var i = 0; i < _words.Count; i++)
        {
            Count(i, sign: 1);
        }

        foreach (var pair in _counts.Keys)
        {
            Enqueue(pair);
        }
    }

    /// <summary>The pairs in the order in which they were merged; pair number i makes token 256 + i.</summary>
    /// <param name="texts">What to learn from.</param>
    /// <param name="merges">How many pairs at most; fewer where no pair comes twice.</param>
    public static List<(int Left, int Right)> Learn(IEnumerable<string> texts, int merges)
    {
        var training = new BytePairTraining(texts);
        var learned = new List<(int, int)>();
        while (learned.Count < merges && training.MostFrequent() is { } pair)
        {
            training.Merge(pair, 256 + learned.Count);
            learned.Add(pair);
        }

        return learned;
    }

    /// <summary>Counts of the queue may be old: a pair whose count has changed goes back with the new one.</summary>
    private (int Left, int Right)? MostFrequent()
    {
        while (_queue.TryDequeue(out var pair, out var priority))
        {
            var count = _counts.GetValueOrDefault(pair);
            if (count == -priority.Item1)
            {
                return count > 1 ? pair : null;
            }

            Enqueue(pair);
        }

        return null;
    }

    private void Merge((int Left, int Right) pair, int symbol)
    {
        var changed = new HashSet<(int, int)>();
        foreach (var place in _places[pair].ToArray())
        {
            Count(place, sign: -1);
            var (symbols, count) = _words[place];
            var merged = new List<int>(symbols.Length);
            for (var i = 0; i < symbols.Length; i++)
            {
                var isPair = i + 1 < symbols.Length && (symbols[i], symbols[i + 1]) == pair;
                merged.Add(isPair ? symbol : symbols[i]);
                i += isPair ? 1 : 0;
            }

            _words[place] = ([.. merged], count);
            Count(place, sign: 1);
            for (var i = 0; i + 1 < merged.Count; i++)
            {
                changed.Add((merged[i], merged[i + 1]));
            }
        }

        foreach (var next in changed)
        {
            Enqueue(next);
        }
    }

    private void Count(int place, int sign)
    {
        var (symbols, count) = _words[place];
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            var pair = (symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += sign * count;
            ref var places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
            places ??= [];
            _ = sign > 0 ? places.Add(place) : places.Remove(place);
        }
    }

    private void Enqueue((int Left, int Right) pair)
    {
        if (_counts.GetValueOrDefault(pair) is var count and > 0)
        {
            _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
        }
    }
}
