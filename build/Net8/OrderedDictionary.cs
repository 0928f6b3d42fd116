using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

/// <summary>.NET 9's dictionary that keeps the order in which keys were added, as far as Brachy uses it.</summary>
internal sealed class OrderedDictionary<TKey, TValue>(IEqualityComparer<TKey>? comparer)
    : IDictionary<TKey, TValue>, IReadOnlyDictionary<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _places = new(comparer);
    private readonly List<KeyValuePair<TKey, TValue>> _pairs = [];

    public TValue this[TKey key]
    {
        get => _pairs[_places[key]].Value;
        set
        {
            if (_places.TryGetValue(key, out var place))
            {
                _pairs[place] = new(_pairs[place].Key, value);
            }
            else
            {
                Add(key, value);
            }
        }
    }

    public int Count => _pairs.Count;

    public bool IsReadOnly => false;

    public ICollection<TKey> Keys => [.. _pairs.Select(pair => pair.Key)];

    public ICollection<TValue> Values => [.. _pairs.Select(pair => pair.Value)];

    IEnumerable<TKey> IReadOnlyDictionary<TKey, TValue>.Keys => Keys;

    IEnumerable<TValue> IReadOnlyDictionary<TKey, TValue>.Values => Values;

    public void Add(TKey key, TValue value)
    {
        _places.Add(key, _pairs.Count);
        _pairs.Add(new(key, value));
    }

    public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    public bool TryAdd(TKey key, TValue value)
    {
        if (_places.ContainsKey(key))
        {
            return false;
        }

        Add(key, value);
        return true;
    }

    public void Clear()
    {
        _places.Clear();
        _pairs.Clear();
    }

    public bool Contains(KeyValuePair<TKey, TValue> item) => _places.TryGetValue(item.Key, out var place) && _pairs[place].Equals(item);

    public bool ContainsKey(TKey key) => _places.ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isKnown = _places.TryGetValue(key, out var place);
        value = isKnown ? _pairs[place].Value : default;
        return isKnown;
    }

    public bool Remove(TKey key)
    {
        if (!_places.Remove(key, out var place))
        {
            return false;
        }

        _pairs.RemoveAt(place);
        for (var i = place; i < _pairs.Count; i++)
        {
            _places[_pairs[i].Key] = i;
        }

        return true;
    }

    public bool Remove(KeyValuePair<TKey, TValue> item) => Contains(item) && Remove(item.Key);

    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex) => _pairs.CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
