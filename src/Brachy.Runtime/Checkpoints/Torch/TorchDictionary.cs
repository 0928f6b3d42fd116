using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Brachy.IO;

/// <summary>A dictionary of Python: keys of any kind in their order, and the same by the texts of its keys.</summary>
internal sealed class TorchDictionary : IReadOnlyDictionary<string, TorchValue>
{
    // Made for the first entry: an empty dictionary takes a single byte of a pickle.
    private List<KeyValuePair<TorchValue, TorchValue>>? _pairs;
    private Dictionary<TorchKey, int>? _places;
    private OrderedDictionary<string, TorchValue>? _byText;

    public IReadOnlyList<KeyValuePair<TorchValue, TorchValue>> Pairs => (IReadOnlyList<KeyValuePair<TorchValue, TorchValue>>?)_pairs ?? [];

    public int Count => Pairs.Count;

    public IEnumerable<string> Keys => ByText.Keys;

    public IEnumerable<TorchValue> Values => Pairs.Select(p => p.Value);

    public TorchValue this[string key] => ByText[key];

    private OrderedDictionary<string, TorchValue> ByText => _byText ??= Spelled();

    public bool TryAdd(TorchValue key, TorchValue value)
    {
        if (!(_places ??= []).TryAdd(new TorchKey(key), Count))
        {
            return false;
        }

        (_pairs ??= []).Add(new(key, value));
        _byText = null;
        return true;
    }

    /// <summary>The value of a key that is equal to one, as Python compares them; null for none.</summary>
    public TorchValue? Find(TorchValue key) =>
        _places is not null && _places.TryGetValue(new TorchKey(key), out var place) ? _pairs![place].Value : null;

    /// <summary>The value of a text that is a key.</summary>
    public TorchValue? Find(string key) => Find(new TorchValue(key));

    public IEnumerable<TorchValue> Children() => Pairs.SelectMany(p => new[] { p.Key, p.Value });

    public bool ContainsKey(string key) => ByText.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TorchValue value) => ByText.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, TorchValue>> GetEnumerator() => ByText.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The entries by text: those of text keys under themselves, and of other keys under what distinguishes them.</summary>
    private OrderedDictionary<string, TorchValue> Spelled()
    {
        var texts = Pairs.Select(p => p.Key.Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var result = new OrderedDictionary<string, TorchValue>(StringComparer.Ordinal);
        foreach (var (key, value) in Pairs)
        {
            result.Add(key.Value as string ?? Spell(key), value);
        }

        return result;

        string Spell(TorchValue key)
        {
            var text = TorchText.Of(key);
            if (texts.Add(text))
            {
                return text;
            }

            text = $"{TorchText.TypeOf(key)}({text})";
            var spelled = text;
            while (!texts.Add(spelled))
            {
                var number = numbers.GetValueOrDefault(text, 1) + 1;
                numbers[text] = number;
                spelled = FormattableString.Invariant($"{text} #{number}");
            }

            return spelled;
        }
    }
}
