using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Brachy.Trees;

/// <summary>An open dictionary that keeps the order of insertion. Copies are cheap.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class TreeDictionary<T> : IDictionary<string, T>, IReadOnlyDictionary<string, T>, IOuterStore
{
    private T[] _values;
    private readonly long _stamp;
    private bool _isPartOfNode;

    /// <summary>An empty dictionary.</summary>
    public TreeDictionary()
        : this(KeySet.Empty, [])
    {
    }

    /// <summary>A dictionary with the given entries.</summary>
    /// <exception cref="ArgumentException">A key appears twice.</exception>
    public TreeDictionary(IEnumerable<KeyValuePair<string, T>> entries)
        : this()
    {
        foreach (var (key, value) in entries)
        {
            Add(key, value);
        }
    }

    internal TreeDictionary(KeySet keys, T[] values)
        : this(keys, values, Trace.Stamp)
    {
    }

    /// <param name="keys">The keys.</param>
    /// <param name="values">A value for each of them.</param>
    /// <param name="stamp">When the dictionary counts as made: <see cref="Trace.Stamp"/>.</param>
    internal TreeDictionary(KeySet keys, T[] values, long stamp)
    {
        KeySet = keys;
        _values = values;
        _stamp = stamp;
    }

    /// <summary>The number of entries.</summary>
    public int Count => KeySet.Count;

    /// <summary>The keys in order of insertion.</summary>
    public IReadOnlyList<string> Keys => KeySet.Keys.ToArray();

    /// <summary>The values in order of insertion.</summary>
    public IReadOnlyList<T> Values => _values.AsSpan(0, Count).ToArray();

    internal KeySet KeySet { get; private set; }

    internal ReadOnlySpan<T> ValueSpan => _values.AsSpan(0, Count);

    ICollection<string> IDictionary<string, T>.Keys => KeySet.Keys.ToArray();

    ICollection<T> IDictionary<string, T>.Values => ValueSpan.ToArray();

    IEnumerable<string> IReadOnlyDictionary<string, T>.Keys => Keys;

    IEnumerable<T> IReadOnlyDictionary<string, T>.Values => Values;

    bool ICollection<KeyValuePair<string, T>>.IsReadOnly => false;

    /// <summary>The value of a key; setting a new key appends it.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key; the message lists those there are.</exception>
    /// <exception cref="ArgumentException">
    /// A new key of a node's params, buffers or submodules is empty or has a '.', which separates keys in paths.
    /// </exception>
    public T this[string key]
    {
        get => TryGetValue(key, out var value)
            ? value
            : throw new KeyNotFoundException($"There is no '{key}' here; the keys are {KeySet}.");
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            if (Trace.Current is { IsSymbolic: true } trace)
            {
                trace.OuterStores.Note(this);
            }

            var index = KeySet.IndexOf(key);
            if (index >= 0)
            {
                _values[index] = value;
                TreeEdits.Note();
                return;
            }

            if (_isPartOfNode)
            {
                TreeKey.Require(key);
            }

            var count = Count;
            if (count == _values.Length)
            {
                Array.Resize(ref _values, Math.Max(4, 2 * count));
            }

            _values[count] = value;
            KeySet = KeySet.With(key);
            TreeEdits.Note();
        }
    }

    /// <summary>Appends an entry.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(string key, T value)
    {
        if (ContainsKey(key))
        {
            throw new ArgumentException($"There is a '{key}' already; assign to it by its key to replace it.", nameof(key));
        }

        this[key] = value;
    }

    /// <summary>Whether there is such a key.</summary>
    public bool ContainsKey(string key) => KeySet.IndexOf(key) >= 0;

    /// <summary>Looks a key up.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var index = KeySet.IndexOf(key);
        value = index >= 0 ? _values[index] : default;
        return index >= 0;
    }

    /// <summary>Removes an entry.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string key)
    {
        var index = KeySet.IndexOf(key);
        if (index < 0)
        {
            return false;
        }

        _values = [.. _values[..index], .. _values[(index + 1)..Count]];
        KeySet = KeySet.Without(index);
        TreeEdits.Note();
        return true;
    }

    /// <summary>Removes all entries.</summary>
    public void Clear() => Become(KeySet.Empty, []);

    /// <summary>A dictionary with the same entries, independent of this one.</summary>
    public TreeDictionary<T> Copy() => new(KeySet, ValueSpan.ToArray());

    /// <summary>A dictionary with the same keys and other values.</summary>
    public TreeDictionary<TResult> Map<TResult>(Func<string, T, TResult> function)
    {
        var values = new TResult[Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = function(KeySet[i], _values[i]);
        }

        return new TreeDictionary<TResult>(KeySet, values);
    }

    /// <summary>Makes this a node's params, buffers or submodules, whose keys are parts of paths.</summary>
    /// <exception cref="ArgumentException">A key cannot be a part of a path.</exception>
    internal TreeDictionary<T> AsPartOfNode()
    {
        if (!_isPartOfNode)
        {
            foreach (var key in KeySet.Keys)
            {
                TreeKey.Require(key);
            }

            _isPartOfNode = true;
        }

        return this;
    }

    long IOuterStore.Stamp => _stamp;

    string? IOuterStore.Find(Predicate<Tensor> isWanted)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_values[i] switch
            {
                TreeValue value => value.Any(isWanted),
                StructureTree tree => ((TreeValue)tree).Any(isWanted),
                _ => false,
            })
            {
                return KeySet[i];
            }
        }

        return null;
    }

    Action IOuterStore.Remember()
    {
        var (keys, values) = (KeySet, ValueSpan.ToArray());
        return () => Become(keys, values);
    }

    private void Become(KeySet keys, T[] values)
    {
        (KeySet, _values) = (keys, values);
        TreeEdits.Note();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator()
    {
        var (keys, values) = (KeySet, ValueSpan.ToArray());
        for (var i = 0; i < keys.Count; i++)
        {
            yield return KeyValuePair.Create(keys[i], values[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<string, T>>.Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, T>>.Contains(KeyValuePair<string, T> item) =>
        TryGetValue(item.Key, out var value) && EqualityComparer<T>.Default.Equals(value, item.Value);

    void ICollection<KeyValuePair<string, T>>.CopyTo(KeyValuePair<string, T>[] array, int arrayIndex)
    {
        foreach (var entry in this)
        {
            array[arrayIndex++] = entry;
        }
    }

    bool ICollection<KeyValuePair<string, T>>.Remove(KeyValuePair<string, T> item) => Remove(item.Key);
}
