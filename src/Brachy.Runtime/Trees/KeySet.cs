namespace Brachy.Trees;

/// <summary>An immutable, ordered set of names, shared by dictionaries that have the same keys.</summary>
internal sealed class KeySet : IEquatable<KeySet>
{
    private const int LinearSearchLimit = 8;

    private readonly string[] _keys;
    private Dictionary<string, int>? _index;

    private KeySet(string[] keys) => _keys = keys;

    public static KeySet Empty { get; } = new([]);

    /// <summary>Keys that are all different.</summary>
    public static KeySet Of(string[] keys) => keys.Length == 0 ? Empty : new(keys);

    public int Count => _keys.Length;

    public string this[int index] => _keys[index];

    public ReadOnlySpan<string> Keys => _keys;

    public int IndexOf(string key)
    {
        if (_keys.Length > LinearSearchLimit)
        {
            return (_index ??= BuildIndex()).GetValueOrDefault(key, -1);
        }

        for (var i = 0; i < _keys.Length; i++)
        {
            if (ReferenceEquals(_keys[i], key) || string.Equals(_keys[i], key, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    public KeySet With(string key) => new([.. _keys, key]);

    public KeySet Without(int index) => new([.. _keys[..index], .. _keys[(index + 1)..]]);

    public bool Equals(KeySet? other) =>
        ReferenceEquals(this, other) || (other is not null && _keys.AsSpan().SequenceEqual(other._keys));

    public override bool Equals(object? obj) => Equals(obj as KeySet);

    public override int GetHashCode() => _keys.Length == 0 ? 0 : HashCode.Combine(_keys.Length, _keys[0], _keys[^1]);

    public override string ToString() => $"{{{string.Join(", ", _keys)}}}";

    private Dictionary<string, int> BuildIndex()
    {
        var index = new Dictionary<string, int>(_keys.Length, StringComparer.Ordinal);
        for (var i = 0; i < _keys.Length; i++)
        {
            index.Add(_keys[i], i);
        }

        return index;
    }
}
